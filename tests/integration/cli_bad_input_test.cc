// Bad usage and bad input: exit code 2, a message that says what is wrong and what is allowed, and nothing written.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;
using ::testing::Not;

TEST_F(CliTest, RefusesUnknownCommands) {
  EXPECT_THAT(Refuse({"comapre"}), HasSubstr("unknown command \"comapre\", did you mean \"compare\"?"));
  EXPECT_THAT(Refuse({"trace", "inof", "t.h5"}), HasSubstr("did you mean \"trace info\"?"));
  EXPECT_THAT(Refuse({"trace"}), HasSubstr("generate, import, info or validate is missing"));
  EXPECT_THAT(Refuse({"help", "nothing"}), HasSubstr("unknown command \"nothing\""));
}

TEST_F(CliTest, RefusesUnknownOptionsAndArguments) {
  EXPECT_THAT(Refuse({"compare", "t.h5", "--polcy", "cost"}),
              HasSubstr("unknown option \"--polcy\", did you mean \"--policy\"?"));
  EXPECT_THAT(Refuse({"compare", "t.h5", "--polcy=cost"}), HasSubstr("did you mean \"--policy\"?"));
  EXPECT_THAT(Refuse({"compare", "t.h5", "-q"}), HasSubstr("unknown option"));
  EXPECT_THAT(Refuse({"compare"}), HasSubstr("TRACE.h5 is missing"));
  EXPECT_THAT(Refuse({"compare", "a.h5", "b.h5"}), HasSubstr("unexpected argument \"b.h5\""));
  EXPECT_THAT(Refuse({"trace", "generate"}), HasSubstr("option --out is required"));
  EXPECT_THAT(Refuse({"run", "t.h5"}), HasSubstr("option --policy is required"));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy"}), HasSubstr("--policy"));
  EXPECT_THAT(Refuse({"solve", "t.h5", "--seed", "1", "--seed", "2"}), HasSubstr("--seed"));
}

TEST_F(CliTest, RefusesBadValues) {
  const auto generate = [this](const std::string& option, const std::string& value) {
    return Refuse({"trace", "generate", "--out", "t.h5", option, value});
  };
  EXPECT_THAT(generate("--regions", "0"), AllOf(HasSubstr("regions"), HasSubstr("1000")));
  EXPECT_THAT(generate("--regions", "ten"), HasSubstr("\"ten\" is not an integer"));
  EXPECT_THAT(generate("--slots", "-5"), HasSubstr("slots"));
  EXPECT_THAT(generate("--slots", "99999999999"), HasSubstr("--slots"));
  EXPECT_THAT(generate("--reach", "2"), HasSubstr("reach"));
  EXPECT_THAT(generate("--utilisation", "nan"), HasSubstr("\"nan\" is not a number"));
  EXPECT_THAT(generate("--start", "2023-02-30"), HasSubstr("\"2023-02-30\" is not a UTC time"));
  EXPECT_THAT(generate("--seed", "-1"), HasSubstr("--seed"));
  EXPECT_THAT(generate("--threads", "many"), HasSubstr("--threads"));
}

TEST_F(CliTest, RefusesBadObjectives) {
  Generate("t.h5");
  const auto solve = [this](const std::string& option, const std::string& value) {
    return Refuse({"solve", "t.h5", option, value});
  };
  EXPECT_THAT(solve("--weight", "carbon=-1"), HasSubstr("--weight carbon: \"-1\" is not a number in [0,"));
  EXPECT_THAT(solve("--weight", "carbon"), HasSubstr("has no \"=\""));
  EXPECT_THAT(solve("--weight", "carbno=1"), HasSubstr("did you mean \"carbon\"?"));
  EXPECT_THAT(solve("--weight", "water=inf"), HasSubstr("--weight water"));
  EXPECT_THAT(solve("--norm", "water=0.5"), HasSubstr("--norm water: \"0.5\" is not a number in [1,"));
  EXPECT_THAT(solve("--norm", "performance=2"), HasSubstr("give --weight performance=USD"));
  EXPECT_THAT(solve("--shed-cost", "-1"), HasSubstr("--shed-cost"));
  EXPECT_THAT(solve("--bucket-weight", "water:none.csv"), HasSubstr("none.csv"));
  EXPECT_THAT(Refuse({"solve", "t.h5", "--weight", "water=1", "--weight", "water=2"}), HasSubstr("given twice"));
  Write("w.csv", "bucket,weight\nAtlantis,2\n");
  EXPECT_THAT(solve("--bucket-weight", "water:w.csv"),
              AllOf(HasSubstr("w.csv:2"), HasSubstr("unknown bucket \"Atlantis\"")));
  Write("w.csv", "bucket,heavy\nAtlantis,2\n");
  EXPECT_THAT(solve("--bucket-weight", "water:w.csv"), HasSubstr("weight"));
  Write("w.csv", "bucket,weight\nvirginia,0\n");
  EXPECT_THAT(solve("--bucket-weight", "water:w.csv"), AllOf(HasSubstr("w.csv:2"), HasSubstr("allowed is > 0")));
  Write("w.csv", "bucket,weight\nvirginia,2\n");
  EXPECT_THAT(solve("--bucket-weight", "water:w.csv"),
              AllOf(HasSubstr("no weight for bucket"), HasSubstr("every bucket needs one")));
}

TEST_F(CliTest, RefusesBadPoliciesBeforeAnythingRuns) {
  Generate("t.h5");
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "norm-gredy"}), HasSubstr("did you mean \"norm-greedy\"?"));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "norm-greedy(p=8)"}), HasSubstr("unknown parameter \"p\""));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "norm-greedy(q=0)"}), HasSubstr("allowed is a number in [1, 64]"));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "norm-greedy(q=8"}), HasSubstr("column 16"));
  EXPECT_THAT(Refuse({"compare", "t.h5", "--out", "r.h5", "--policy", "cost", "--policy", "cots"}),
              HasSubstr("\"cots\""));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "fixed-price(file=none.csv)", "--out", "r.h5"}),
              HasSubstr("none.csv"));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "cost", "--allocations"}), HasSubstr("--allocations needs --out"));
}

TEST_F(CliTest, RefusesFilesThatAreNoTraces) {
  Write("text.h5", "not a trace\n");
  for (const char* command : {"info", "validate"}) {
    EXPECT_THAT(Refuse({"trace", command, "text.h5", "--quiet"}), HasSubstr("text.h5"));
    EXPECT_THAT(Refuse({"trace", command, "none.h5", "--quiet"}), HasSubstr("none.h5"));
    EXPECT_THAT(Refuse({"trace", command, ".", "--quiet"}), HasSubstr("."));
  }
  Generate("t.h5");
  Succeed({"run", "t.h5", "--policy", "cost", "--out", "run.h5"});
  EXPECT_THAT(Refuse({"solve", "run.h5"}), HasSubstr("run.h5"));
  std::filesystem::resize_file(folder_ / "t.h5", std::filesystem::file_size(folder_ / "t.h5") / 2);
  EXPECT_THAT(Refuse({"compare", "t.h5", "--out", "r.h5"}), HasSubstr("t.h5"));
  EXPECT_THAT(Refuse({"trace", "import", "eglb", "nowhere", "--out", "e.h5"}), HasSubstr("nowhere"));
  EXPECT_THAT(Refuse({"trace", "import", "csv", ".", "--out", "e.h5"}), HasSubstr("(known: eglb)"));
}

TEST_F(CliTest, NamesTraceSlotAndShortfallWhenDemandCannotBeServed) {
  const std::string data = SourcePath("../shared/data/eglb-2022");
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no published data in " << data;
  std::string only_the_first_region = "1,1,1,1,1,1,1,1,1,1\n";
  for (int row = 1; row < 10; ++row) only_the_first_region += "0,0,0,0,0,0,0,0,0,0\n";
  Write("reach.csv", only_the_first_region);
  Succeed({"trace", "import", "eglb", data, "--reachability", "reach.csv", "--out", "t.h5", "--quiet"});
  for (const char* command : {"solve", "compare"}) {
    EXPECT_THAT(Refuse({command, "t.h5", "--out", "r.h5"}),
                AllOf(HasSubstr("t.h5: slot 0:"), HasSubstr("shortfall 8.97")));
  }
  const std::string errors = Refuse({"trace", "validate", "t.h5"});
  EXPECT_THAT(errors, AllOf(HasSubstr("t.h5: slot 0:"), HasSubstr("t.h5: slot 4:")));
  Succeed({"run", "t.h5", "--policy", "cost", "--shed-cost", "1000"});
}

TEST_F(CliTest, RefusesOutputsThatCannotBeWritten) {
  Generate("t.h5");
  const auto run = [this](const std::string& out) { return Refuse({"run", "t.h5", "--policy", "cost", "--out", out}); };
  EXPECT_THAT(run("none/run.h5"), HasSubstr("none/run.h5"));
  EXPECT_THAT(run("."), HasSubstr("."));
  EXPECT_THAT(run("/dev/full"), HasSubstr("/dev/full"));
  EXPECT_THAT(run("/proc/run.h5"), HasSubstr("/proc/run.h5"));
  EXPECT_THAT(run("./t.h5"), HasSubstr("is read by this command"));
  EXPECT_THAT(run(""), HasSubstr("--out is empty"));
  EXPECT_THAT(Refuse({"solve", "t.h5", "--out", "x", "--prices-out", "./x"}),
              HasSubstr("two outputs have the same path"));
  Succeed({"trace", "validate", "t.h5"});
}

TEST_F(CliTest, LeavesNothingWhenTheDiskFills) {
  Generate("t.h5");
  ProgramLimits full;
  full.file_bytes = 6000;
  EXPECT_THAT(Refuse({"trace", "generate", "--out", "u.h5", "--quiet"}, full), HasSubstr("u.h5"));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "cost", "--out", "r.h5", "--allocations"}, full), HasSubstr("r.h5"));
  EXPECT_THAT(Refuse({"compare", "t.h5", "--out", "r.h5"}, full), HasSubstr("r.h5"));
  ProgramLimits no_output;
  no_output.standard_output = "/dev/full";
  EXPECT_THAT(Refuse({"trace", "info", "t.h5"}, no_output), HasSubstr("standard output: cannot write"));
}

TEST_F(CliTest, LeavesNoHalfFileUnderTheRealNameWhenKilled) {
  Succeed({"trace", "generate", "--regions", "20", "--gateways", "20", "--slots", "20000", "--out", "t.h5", "--quiet"});
  for (int milliseconds : {20, 60, 150, 400}) {
    ProgramLimits killed;
    killed.kill_after_ms = milliseconds;
    const ProgramResult result =
        Run({"run", "t.h5", "--policy", "norm-greedy", "--out", "r.h5", "--allocations"}, killed);
    EXPECT_EQ(result.exit_code, -1) << "finished before it was killed: " << result.err;
    EXPECT_EQ(Files().count("r.h5"), 0u);
  }
}

TEST_F(CliTest, RefusesBadConfigFiles) {
  Generate("t.h5");
  EXPECT_THAT(Refuse({"solve", "t.h5", "--config", "none.ini"}), HasSubstr("none.ini"));
  EXPECT_THAT(Refuse({"solve", "t.h5", "--config", "."}), HasSubstr("it is a directory"));
  Write("c.ini", "wieght = carbon=1\n");
  EXPECT_THAT(Refuse({"solve", "t.h5", "--config", "c.ini"}),
              AllOf(HasSubstr("c.ini"), HasSubstr("did you mean \"--weight\"?")));
  Write("c.ini", "just words\n");
  EXPECT_THAT(Refuse({"solve", "t.h5", "--config", "c.ini"}), AllOf(HasSubstr("c.ini"), HasSubstr("just words")));
  Write("c.ini", "config = d.ini\n");
  EXPECT_THAT(Refuse({"solve", "t.h5", "--config", "c.ini"}), HasSubstr("for the command line only"));
}

TEST_F(CliTest, NothingThatIsReadIsWritten) {
  Generate("t.h5");
  Write("c.ini", "policy = cost\n");
  const std::string trace = Text(folder_ / "t.h5");
  std::filesystem::create_hard_link(folder_ / "t.h5", folder_ / "same.h5");
  std::filesystem::create_symlink("c.ini", folder_ / "link.ini");
  for (const char* out : {"c.ini", "./c.ini", "link.ini", "t.h5", "same.h5"}) {
    EXPECT_THAT(Refuse({"run", "t.h5", "--config", "c.ini", "--out", out}), HasSubstr(out));
  }
  EXPECT_EQ(Text(folder_ / "c.ini"), "policy = cost\n");
  EXPECT_EQ(Text(folder_ / "t.h5"), trace);
}

TEST_F(CliTest, PipesAndDevicesAreNoInputs) {
  Generate("t.h5");
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0666), 0);
  for (const std::string& file : {std::string("pipe"), std::string("/dev/zero"), std::string("/dev/full")}) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"run", "t.h5", "--policy", "cost", "--config", file},
             {"run", "t.h5", "--policy", "fixed-price(file=" + file + ")"},
             {"run", "t.h5", "--policy", "plan(forecast=learned(file=" + file + "))"},
             {"run", "t.h5", "--policy", "plan(forecast=torchscript(file=" + file + "))"},
             {"sweep", file, "--out", "s.h5"},
             {"check", file}}) {
      EXPECT_THAT(Refuse(words), AllOf(HasSubstr(file), HasSubstr("no regular file")));
    }
  }
}

TEST_F(CliTest, TolerancesAreRelativeToWhatIsCompared) {
  Generate("t.h5");
  EXPECT_EQ(SucceedJson({"solve", "t.h5", "--shed-cost", "0"})["checker"]["confirmed"], true);
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "robust(advice=dmd,spend=1e308,rho=1e6)"}), HasSubstr("spend"));
  const auto scale = [&](const std::string& name, const std::string& demand, const std::string& capacity) {
    std::filesystem::copy_file(folder_ / "t.h5", folder_ / name);
    const std::string command = "cd '" + folder_.string() + "' && /usr/bin/python3 -c \"import h5py; f = h5py.File('" +
                                name + "', 'r+'); f['demand'][...] *= " + demand +
                                "; f['capacity'][...] *= " + capacity + "\"";
    ASSERT_EQ(std::system(command.c_str()), 0);
  };
  for (const char* factor : {"1e-9", "1e8"}) {
    const std::string name = std::string("by") + factor + ".h5";
    scale(name, factor, factor);
    Succeed({"trace", "validate", name});
    EXPECT_EQ(SucceedJson({"solve", name})["checker"]["confirmed"], true) << factor;
    SucceedJson({"run", name, "--policy", "robust(advice=dmd)"});
  }
  scale("small_and_too_much.h5", "3e-9", "1e-9");
  EXPECT_THAT(Refuse({"trace", "validate", "small_and_too_much.h5"}), HasSubstr("slot 0"));
  EXPECT_THAT(Refuse({"run", "small_and_too_much.h5", "--policy", "cost"}), HasSubstr("slot 0"));
}

TEST_F(CliTest, NamesAreTextWithoutTricks) {
  for (const char* name : {"b'a\\x1b[31m'", "b'a\\nb'", "b'\\xff\\xfe'", "b' a'", "b'a '"}) {
    std::filesystem::remove(folder_ / "t.h5");
    Generate("t.h5");
    const std::string command = "cd '" + folder_.string() +
                                "' && /usr/bin/python3 -c \"import h5py, numpy; f = h5py.File('t.h5', 'r+'); "
                                "n = f['region'].shape[1]; f['region'][0] = numpy.frombuffer(" +
                                name + ".ljust(n, b'\\0'), 'S1')\"";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    EXPECT_THAT(Refuse({"trace", "info", "t.h5"}), AllOf(HasSubstr("t.h5: region '"), Not(HasSubstr("\x1b"))));
  }
}

TEST_F(CliTest, ATraceOfTextsOfVariableLengthIsReadAndADamagedOneNamed) {
  Generate("t.h5");
  const std::string script =
      "import h5py\n"
      "with h5py.File('t.h5') as old, h5py.File('v.h5', 'w') as new:\n"
      "    for name, value in old.attrs.items():\n"
      "        new.attrs[name] = value.decode() if isinstance(value, bytes) else value\n"
      "    for name, data in old.items():\n"
      "        if name.startswith('text'): continue\n"
      "        values = data[...]\n"
      "        if values.dtype.kind == 'S':\n"
      "            values = [one.decode() for one in values.view(f'S{values.shape[1]}')[:, 0]]\n"
      "            new.create_dataset(name, data=values, dtype=h5py.string_dtype())\n"
      "        else: new[name] = values\n"
      "        new[name].attrs['units'] = data.attrs['units'].decode()\n"
      "data = open('v.h5', 'rb').read()\n"
      "at = data.index(b'GCOL')\n"
      "open('d.h5', 'wb').write(data[:at] + bytes(512) + data[at + 512:])\n";
  Write("make.py", script);
  ASSERT_EQ(std::system(("cd '" + folder_.string() + "' && /usr/bin/python3 make.py").c_str()), 0);
  Json expected = SucceedJson({"run", "t.h5", "--policy", "cost"}),
       found = SucceedJson({"run", "v.h5", "--policy", "cost"});
  EXPECT_EQ(found["objective"], expected["objective"]);
  EXPECT_THAT(Refuse({"run", "d.h5", "--policy", "cost"}), HasSubstr("d.h5"));
}

}  // namespace
}  // namespace evenkeel
