// A sweep as its user runs it: on threads, ranks and parts, killed and resumed, with cells that fail.
#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <set>

#include "models/base/journal.h"
#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

/// Twelve cells over four kinds of policy and two levels.
constexpr const char* kConfig = R"(title = a test
trace = trace.h5
policy = norm-greedy(q={q})
policy = robust(advice=random,rho={rho},mode={mode})
policy = plan(forecast=noisy(of=perfect,level={level},seed=3),every=6)
observe = none
observe = gaussian(level=0.2)

[vary]
q = 4, 8
rho = 0.1
mode = line, switch
level = 0, 0.2
)";

class SweepTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    Generate("trace.h5");
    Write("sweep.ini", kConfig);
  }

  std::vector<std::string> Sweep(const std::string& out, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"sweep", "sweep.ini", "--out", out + ".h5", "--csv", out + ".csv", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  std::string Results(const std::string& out) const { return Text(folder_ / (out + ".h5")); }

  /// A column of the CSV, by name.
  std::vector<std::string> Column(const std::string& out, const std::string& name) const {
    std::istringstream lines(Text(folder_ / (out + ".csv")));
    std::string line;
    std::getline(lines, line);
    const std::vector<std::string> header = Fields(line);
    const auto at = static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
    EXPECT_LT(at, header.size()) << name;
    std::vector<std::string> values;
    while (std::getline(lines, line)) values.push_back(Fields(line).at(at));
    return values;
  }
};

TEST_F(SweepTest, RunsEveryCellAndCleansUp) {
  EXPECT_EQ(Succeed(Sweep("s")), "s.h5: 12 cells, 0 found finished, 0 failed\n");
  EXPECT_EQ(Files(), (std::set<std::string>{"s.csv", "s.h5", "s.h5.times.csv", "sweep.ini", "trace.h5"}));
  const std::vector<std::string> policies = Column("s", "policy"), observe = Column("s", "observe");
  EXPECT_EQ(policies.at(0), "norm-greedy(q=4)");
  EXPECT_EQ(policies.at(11), "plan(forecast=noisy(of=perfect,level=0.2,seed=3),every=6)");
  EXPECT_EQ(observe.at(0), "");
  EXPECT_EQ(observe.at(11), "gaussian(level=0.2)");
}

TEST_F(SweepTest, ACellIsWhatItsCommandSays) {
  Succeed(Sweep("s"));
  const std::vector<std::string> objectives = Column("s", "objective");
  const nlohmann::json alone = SucceedJson({"run", "trace.h5", "--policy", "robust(advice=random,rho=0.1,mode=switch)",
                                            "--observe", "gaussian(level=0.2)", "--quiet"});
  EXPECT_EQ(Column("s", "command").at(9),
            "evenkeel run trace.h5 --policy 'robust(advice=random,rho=0.1,mode=switch)' --observe "
            "'gaussian(level=0.2)'");
  EXPECT_EQ(std::stod(objectives.at(9)), alone["objective"].get<double>());
  EXPECT_EQ(std::stod(Column("s", "expert_objective").at(9)), alone["guarantee"]["expert_objective"].get<double>());
}

// Cells with the same forecasts plan together as long as their loads are the same, over two objectives, with what is
// observed apart, and where some forecasts are beyond all capacity.
TEST_F(SweepTest, CellsThatShareAreWhatTheyAreAlone) {
  Write("sweep.ini", R"(trace = trace.h5
weight = carbon={carbon}
observe = none
observe = gaussian(level=0.2)
policy = plan(forecast=noisy(of=persistence,level={level}),every={every})
policy = robust(advice=plan(forecast=noisy(of=persistence,level={level}),every={every}),rho={rho})

[vary]
carbon = 10, 1500
level = 0.1, 0.6
every = 6, 8
rho = 0.02, 1, 2
)");
  Succeed(Sweep("s", {"--threads", "2"}));
  const std::vector<std::string> commands = Column("s", "command"), objectives = Column("s", "objective"),
                                 policies = Column("s", "policy"), weights = Column("s", "carbon_weight"),
                                 observe = Column("s", "observe");
  ASSERT_EQ(commands.size(), 64u);
  for (std::size_t cell = 0; cell < commands.size(); ++cell) {
    std::vector<std::string> alone = {
        "run", "trace.h5", "--policy", policies.at(cell), "--quiet", "--weight", "carbon=" + weights.at(cell)};
    if (!observe.at(cell).empty()) alone.insert(alone.end(), {"--observe", observe.at(cell)});
    EXPECT_EQ(std::stod(objectives.at(cell)), SucceedJson(alone)["objective"].get<double>()) << commands.at(cell);
  }
  // Errors of forecasts do not depend on the objective; they do on what is observed.
  const std::vector<std::string> errors = Column("s", "forecast_mae_carbon");
  std::map<std::string, std::set<std::string>> of_kind;
  for (std::size_t cell = 0; cell < errors.size(); ++cell)
    of_kind[observe.at(cell) + policies.at(cell)].insert(errors.at(cell));
  EXPECT_EQ(of_kind.size(), 32u);
  for (const auto& [kind, values] : of_kind) EXPECT_EQ(values.size(), 1u) << kind;
  EXPECT_EQ(std::set<std::string>(errors.begin(), errors.end()).size(), 8u);
}

TEST_F(SweepTest, ThreadsChangeNothing) {
  Succeed(Sweep("one", {"--threads", "1"}));
  Succeed(Sweep("three", {"--threads", "3"}));
  EXPECT_EQ(Results("one"), Results("three"));
  EXPECT_EQ(Text(folder_ / "one.csv"), Text(folder_ / "three.csv"));
}

TEST_F(SweepTest, PartsMakeTheWhole) {
  Succeed(Sweep("whole"));
  EXPECT_EQ(Succeed(Sweep("s", {"--part", "2/3"})), "s.h5: part 2 of 3 is finished, of 12 cells\n");
  EXPECT_EQ(Files().count("s.h5"), 0u);
  Succeed(Sweep("s", {"--part", "1/3"}));
  EXPECT_EQ(Succeed(Sweep("s")), "s.h5: 12 cells, 8 found finished, 0 failed\n");
  EXPECT_EQ(Results("s"), Results("whole"));
  EXPECT_EQ(Files().count("s.h5.journal-2of3"), 0u);
}

TEST_F(SweepTest, SurvivesKills) {
  Succeed({"trace", "generate", "--regions", "8", "--slots", "240", "--quiet", "--out", "trace.h5"});
  const auto begin = std::chrono::steady_clock::now();
  Succeed(Sweep("whole"));
  const std::chrono::duration<double, std::milli> whole = std::chrono::steady_clock::now() - begin;
  std::mt19937 random(20);
  int resumed = 0;
  for (int trial = 0; trial < 20; ++trial) {
    const std::string out = "s" + std::to_string(trial);
    ProgramLimits limits;
    limits.kill_after_ms = static_cast<int>(whole.count() * static_cast<double>(random() % 1000) / 1000.0);
    const ProgramResult killed = Run(Sweep(out), limits);
    if (killed.exit_code == -1) Run(Sweep(out), limits);  // and again, in what is left
    const std::string message = Succeed(Sweep(out));
    resumed += message.find(" 0 found") == std::string::npos;
    EXPECT_EQ(Results(out), Results("whole")) << limits.kill_after_ms << " ms";
    EXPECT_EQ(Files().count(out + ".h5.journal"), 0u);
  }
  EXPECT_GT(resumed, 3) << "otherwise nothing was tried";
}

TEST_F(SweepTest, AFullDiskLosesNoFinishedCell) {
  Succeed(Sweep("whole"));
  ProgramLimits limits;
  limits.file_bytes = 6000;  // the header and a few cells
  const ProgramResult full = Run(Sweep("s"), limits);
  EXPECT_EQ(full.exit_code, 2);
  EXPECT_EQ(full.err, "evenkeel: error: cannot write s.h5.journal: File too large\n");
  const std::string message = Succeed(Sweep("s"));
  EXPECT_EQ(message.find(" 0 found"), std::string::npos) << message;
  EXPECT_EQ(Results("s"), Results("whole"));
}

TEST_F(SweepTest, ADiskThatIsFullOnlyForTheResultsLosesNoCellEither) {
  Succeed(Sweep("whole"));
  ProgramLimits limits;
  limits.file_bytes = static_cast<long>(Results("whole").size() / 2);
  const ProgramResult full = Run({"sweep", "sweep.ini", "--out", "s.h5", "--quiet"}, limits);
  EXPECT_EQ(full.exit_code, 2);
  EXPECT_EQ(full.err.rfind("evenkeel: error: cannot write s.h5", 0), 0u) << full.err;
  EXPECT_EQ(Files().count("s.h5"), 0u);
  EXPECT_EQ(Succeed(Sweep("s")), "s.h5: 12 cells, 12 found finished, 0 failed\n");
  EXPECT_EQ(Results("s"), Results("whole"));
}

TEST_F(SweepTest, AnOutputThatCannotBeWrittenIsFoundFirst) {
  EXPECT_NE(Refuse(Sweep("/proc/s")).find("/proc/s.h5"), std::string::npos);
  EXPECT_NE(Refuse(Sweep("nowhere/s")).find("nowhere/s.h5"), std::string::npos);
  EXPECT_NE(Refuse({"sweep", "sweep.ini", "--out", "trace.h5"}).find("is read by this command"), std::string::npos);
}

TEST_F(SweepTest, AJournalOfAnotherSweepIsRefused) {
  Succeed(Sweep("s", {"--part", "1/2"}));
  Write("sweep.ini", std::string(kConfig) + "# changed\n");
  EXPECT_NE(Refuse(Sweep("s", {"--part", "1/2"})).find("belongs to another sweep"), std::string::npos);
  Write("sweep.ini", kConfig);
  Generate("trace.h5", {"--seed", "9"});
  EXPECT_NE(Refuse(Sweep("s", {"--part", "1/2"})).find("belongs to another sweep"), std::string::npos);
}

TEST_F(SweepTest, AFailedCellIsNamedAndTheOthersAreKept) {
  Write("sweep.ini", "trace = trace.h5\npolicy = cost\npolicy = faulty(kind=infeasible)\npolicy = water\n");
  for (int time = 0; time < 2; ++time) {
    const ProgramResult result = Run(Sweep("s"));
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.err.rfind("evenkeel: error: cell 1: slot 0: the policy's decision violates", 0), 0u) << result.err;
    EXPECT_NE(result.err.find("evenkeel run trace.h5 --policy 'faulty(kind=infeasible)'"), std::string::npos);
    EXPECT_EQ(result.out, time == 0 ? "s.h5: 3 cells, 0 found finished, 1 failed\n"
                                    : "s.h5: 3 cells, 2 found finished, 1 failed\n");
    EXPECT_EQ(Column("s", "objective").at(1), "");
    EXPECT_NE(Column("s", "objective").at(2), "");
    EXPECT_NE(Column("s", "failure").at(1), "");
  }
}

TEST_F(SweepTest, ADamagedLineOfTheJournalIsComputedAgain) {
  Succeed(Sweep("whole"));
  Succeed(Sweep("s", {"--part", "1/1"}));
  const std::string whole = Text(folder_ / "whole.csv");
  EXPECT_EQ(Text(folder_ / "s.csv"), whole);
  std::filesystem::remove(folder_ / "s.h5");
  Succeed(Sweep("s", {"--part", "1/2"}));
  const std::string journal = Text(folder_ / "s.h5.journal-1of2");
  const std::size_t second = journal.find('\n') + 1,
                    digit = journal.find_first_of("123456789", journal.find("\"values\":[") + 10);
  std::string changed = journal, shorter = journal, zeros = journal;
  changed[digit] = changed[digit] == '9' ? '8' : '9';
  shorter.erase(digit, journal.find(',', digit) + 1 - digit);
  zeros.replace(second, journal.find('\n', second) - second, journal.find('\n', second) - second, '\0');
  for (const std::string& damaged : {changed, shorter, zeros}) {
    Write("s.h5.journal-1of2", damaged);
    const ProgramResult result = Run(Sweep("s"));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.err.find("s.h5.journal-1of2, line 2: "), std::string::npos) << result.err;
    EXPECT_EQ(Text(folder_ / "s.csv"), whole);
  }
}

TEST_F(SweepTest, NamesAndRangesAreCheckedBeforeTheFirstCell) {
  const struct {
    const char *values, *message;
  } bad[] = {{"a/b = cost, dmd", "sweep.ini:4: the name \"a/b\" is not"},
             {"a = -9223372036854775808..9223372036854775807", "longer than 100000 values"},
             {"a = 1..100001", "longer than 100000 values"}};
  for (const auto& [values, message] : bad) {
    const std::string name = std::string(values).substr(0, std::string(values).find(' '));
    Write("sweep.ini", "trace = trace.h5\npolicy = cost\n[vary]\n" + std::string(values) + "\n");
    const ProgramResult result = Run(Sweep("s"));
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
  }
}

TEST_F(SweepTest, FilesBesideTheResultsAreNoOutputsOrLinks) {
  for (const char* csv : {"s.h5.journal", "s.h5.times.csv", "./s.h5", "sweep.ini"}) {
    const ProgramResult result = Run({"sweep", "sweep.ini", "--out", "s.h5", "--csv", csv, "--quiet"});
    EXPECT_EQ(result.exit_code, 2) << csv;
    EXPECT_NE(result.err.find("s"), std::string::npos);
  }
  Write("precious", "precious");
  std::filesystem::create_symlink("precious", folder_ / "s.h5.journal");
  const ProgramResult result = Run(Sweep("s"));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("s.h5.journal: it is a link"), std::string::npos) << result.err;
  EXPECT_EQ(Text(folder_ / "precious"), "precious");
}

TEST_F(SweepTest, ABrokenBoundFailsTheSweep) {
  Succeed(Sweep("s", {"--part", "1/2"}));
  const std::string path = folder_ / "s.h5.journal-1of2";
  std::string header = Text(path);
  header = header.substr(0, header.find('\n'));
  header = header.substr(header.find('{'));
  const JournalContent content = ReadJournal(path, header);
  std::filesystem::remove(path);
  {
    Journal journal(path, header);
    for (JournalLine line : content.lines) {
      const std::string kept = R"("violation":"")";
      line.text.replace(line.text.find(kept), kept.size(), R"("violation":"J ended above its bound")");
      journal.Append(line.text);
    }
  }
  const ProgramResult result = Run(Sweep("s"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("J ended above its bound"), std::string::npos) << result.err;
}

TEST_F(SweepTest, LevelsAreIndependentAndLevelZeroIsNoError) {
  Succeed(Sweep("both"));
  std::string only = kConfig;
  only.replace(only.find("level = 0, 0.2"), 14, "level = 0.2");
  Write("sweep.ini", only);
  Succeed(Sweep("only"));
  const std::vector<std::string> both = Column("both", "objective"), alone = Column("only", "objective");
  EXPECT_EQ(both.at(5), alone.at(4));
  EXPECT_EQ(both.at(11), alone.at(9));
  EXPECT_NE(both.at(4), both.at(5));
  const auto objective = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"run", "trace.h5", "--quiet"});
    return SucceedJson(arguments)["objective"].get<double>();
  };
  EXPECT_EQ(std::stod(both.at(4)), objective({"--policy", "plan(forecast=perfect,every=6)"}));
  EXPECT_EQ(objective({"--policy", "dmd", "--observe", "swap(level=0)"}), objective({"--policy", "dmd"}));
}

/// Errors in forecasts and in observations, four levels of each kind; `lag` and `stale` within half a day, after which
/// a signal comes back to what it was.
constexpr const char* kKindsConfig = R"(trace = trace.h5
policy = plan(forecast=noisy(of=perfect,kind={kind},level={level}),every=12)
policy = plan(forecast=noisy(of=perfect,kind={late},level={slots}),every=12)
policy = plan(forecast=perfect,every=12)
observe = {kind}(level={level})
observe = {late}(level={slots})
observe = none

[vary]
kind = gaussian, bias, ar1, swap, adversarial, dropout
level = 0, 0.2, 0.5, 1
late = lag, stale
slots = 0, 1, 3, 6
)";

TEST_F(SweepTest, EveryKindsErrorGrowsWithItsLevelAndIsNoneAtZero) {
  Succeed({"trace", "generate", "--regions", "6", "--slots", "72", "--quiet", "--out", "trace.h5"});
  Write("sweep.ini", kKindsConfig);
  Succeed(Sweep("s"));
  const std::vector<std::string> objective = Column("s", "objective"), observe = Column("s", "observe_kind"),
                                 forecast = Column("s", "forecast_kind");
  for (const char* of : {"forecast", "observe"}) {
    const bool forecasts = std::string(of) == "forecast";
    const std::vector<std::string>&kind = forecasts ? forecast : observe, &other = forecasts ? observe : forecast;
    const std::vector<std::string> level = Column("s", std::string(of) + "_level"),
                                   error = Column("s", forecasts ? "forecast_mae_carbon" : "observed_mae_carbon");
    std::map<std::string, std::vector<std::pair<double, double>>> grows;  // by kind: level, error
    std::string exact;
    for (std::size_t cell = 0; cell < kind.size(); ++cell) {
      if (other[cell].empty() && kind[cell].empty()) exact = objective[cell];
    }
    for (std::size_t cell = 0; cell < kind.size(); ++cell) {
      if (!other[cell].empty() || kind[cell].empty()) continue;
      grows[kind[cell]].emplace_back(std::stod(level[cell]), std::stod(error[cell]));
      if (std::stod(level[cell]) == 0.0) {
        EXPECT_EQ(objective[cell], exact) << of << " " << kind[cell];
      }
    }
    EXPECT_EQ(grows.size(), 8u);
    for (const auto& [name, points] : grows) {
      EXPECT_EQ(points.size(), 4u) << of << " " << name;
      EXPECT_EQ(points[0], std::make_pair(0.0, 0.0)) << of << " " << name;
      for (std::size_t k = 1; k < points.size(); ++k) {
        EXPECT_GT(points[k].second, points[k - 1].second) << of << " " << name << " " << points[k].first;
      }
    }
  }
}

/// Behind its horizon a plan uses no forecast of its predictor, so that the truth there is no merit of its.
TEST_F(SweepTest, ErrorsAreThoseOfTheForecastsThatPlansUse) {
  Write("sweep.ini",
        "trace = trace.h5\npolicy = plan(forecast=perfect,every=12,horizon={steps})\n[vary]\nsteps = 0, 1, 12\n");
  Succeed(Sweep("s"));
  const std::vector<std::string> error = Column("s", "forecast_mae_carbon");
  ASSERT_EQ(error.size(), 3u);
  EXPECT_EQ(std::stod(error[0]), 0.0);
  EXPECT_GT(std::stod(error[2]), 0.0);
  EXPECT_GT(std::stod(error[1]), std::stod(error[2]));
}

#ifdef EVENKEEL_MPI
TEST_F(SweepTest, RanksChangeNothing) {
  if (std::system("command -v mpirun >/dev/null") != 0) GTEST_SKIP() << "no mpirun";
  Succeed(Sweep("alone"));
  for (const char* ranks : {"2", "3"}) {
    const std::string command = "cd " + folder_.string() + " && mpirun --allow-run-as-root --oversubscribe -n " +
                                ranks + " " + ProgramPath() + " sweep sweep.ini --out r.h5 --quiet >out.txt 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << Text(folder_ / "out.txt");
    EXPECT_EQ(Text(folder_ / "out.txt"), "r.h5: 12 cells, 0 found finished, 0 failed\n");
    EXPECT_EQ(Results("r"), Results("alone")) << ranks << " ranks";
  }
}
#endif

/// What is wrong with a file, and where it is said to be.
struct BadConfig {
  const char* text;
  const char* message;
};

TEST_F(SweepTest, BadFilesAreRefusedWithTheirLine) {
  const BadConfig bad[] = {
      {"trace = trace.h5\npolcy = cost\n", "bad.ini:2: unknown key \"polcy\", did you mean \"policy\"?"},
      {"trace = trace.h5\n", "bad.ini:1: the file ends without a \"policy\""},
      {"trace = trace.h5\npolicy = cost\n[vray]\n", "bad.ini:3: unknown section [vray]"},
      {"trace = trace.h5\npolicy = cost\nwords\n", "bad.ini:3: "},
      {"trace = trace.h5\n\npolicy = norm-greedy(q={q})\n[vary]\nq =\n", "bad.ini:5: the values of \"q\" are an empty"},
      {"trace = trace.h5\npolicy = norm-greedy(q={q})\n[vary]\nq = 1,,2\n",
       "bad.ini:4: the values of \"q\" are an empty"},
      {"trace = trace.h5\npolicy = norm-greedy(q={q})\n[vary]\nq = 1, 1\n", "bad.ini:4: \"q\" has the value 1 twice"},
      {"trace = trace.h5\npolicy = norm-greedy(q={q})\n[vary]\np = 1\n", "bad.ini:2: {q} has no values"},
      {"trace = trace.h5\npolicy = cost\n[vary]\np = 1\n", "bad.ini:4: \"p\" is used nowhere"},
      {"trace = trace.h5\npolicy = norm-greedy(q={q)\n", "bad.ini:2: \"norm-greedy(q={q)\" has a brace without"},
      {"trace = trace.h5\npolicy = norm-greedy(q={q})\n[vary]\nq = 8, 99\n",
       "bad.ini:2: policy \"norm-greedy\": parameter \"q\" is 99"},
      {"trace = trace.h5\npolicy = plan(forecast=noisy(kind=lag,level=0.5))\n", "bad.ini:2: error \"lag\": the level"},
      {"trace = trace.h5\npolicy = fixed-price(file=no.csv)\n", "bad.ini:2: "},
      {"trace = no.h5\npolicy = cost\n", "bad.ini:1: "},
      {"trace = trace.h5\nperiod = 2023-01-01\npolicy = cost\n",
       "bad.ini:2: period: \"2023-01-01\" is neither all nor"},
      {"trace = trace.h5\nperiod = 2023-01-01 2099-01-01\npolicy = cost\n", "bad.ini:2: option --to"},
      {"trace = trace.h5\nweight = carbn=1\npolicy = cost\n", "bad.ini:2: option --weight: unknown group"},
      {"trace = trace.h5\nobserve = gausian(level=1)\npolicy = cost\n", "bad.ini:2: unknown error \"gausian\""},
      {"trace = trace.h5\nobserve = gaussian(level=1,signals=demand)\npolicy = cost\n",
       "bad.ini:2: error \"gaussian\""},
      {"trace = trace.h5\nevent = outage(region=atlantis,from=2023-01-01,to=2023-01-02)\npolicy = cost\n",
       "bad.ini:2: event \"outage\": unknown region \"atlantis\""},
      {"trace = trace.h5\nevent = outage(region=all,from=2023-01-01,to=2023-01-02)\npolicy = cost\n",
       "bad.ini:2: slot 0"},
      {"trace = trace.h5\nseed = x\npolicy = cost\n", "bad.ini:2: seed"},
      {"trace = trace.h5\noptimum = maybe\npolicy = cost\n", "bad.ini:2: optimum"},
      {"trace = trace.h5\nseed = 1\nseed = 2\npolicy = cost\n", "bad.ini:3: \"seed\" is given twice"},
  };
  for (const BadConfig& config : bad) {
    Write("bad.ini", config.text);
    const std::string message = Refuse({"sweep", "bad.ini", "--out", "s.h5", "--quiet"});
    EXPECT_EQ(message.rfind(std::string("evenkeel: error: ") + config.message, 0), 0u) << config.text << message;
  }
}

}  // namespace
}  // namespace evenkeel
