// A month that was decided live, read again by the program: replayed, exported, checked, and learned from.
#include <gmock/gmock.h>

#include "experiments/run/run_check.h"
#include "experiments/serve/recorded.h"
#include "models/base/checksum.h"
#include "models/base/error.h"
#include "models/base/read_file.h"
#include "models/files/trace_file.h"
#include "tests/integration/cli_program.h"
#include "tests/reference/hdf5_places.h"
#include "tests/reference/live_world.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kHour = 3600;
constexpr int kDays = 30;

/// Days of the live world's signals before `end`, and of what arrives where the network has a class of work.
Trace RecordedTrace(int days, std::int64_t end = kNovember, const Network& network = LiveNetwork()) {
  Trace trace;
  trace.header.network = network;
  Signals& signals = trace.signals;
  const int slots = 24 * days;
  signals.demand.resize(slots, network.num_gateways());
  for (RowMatrix* signal : {&signals.capacity, &signals.price, &signals.carbon_intensity, &signals.water_intensity})
    signal->resize(slots, kLiveRegions);
  for (int t = 0; t < slots; ++t) {
    const Slot slot = LiveSlotAt(end + (t - slots) * kHour);
    signals.time.push_back(slot.time);
    signals.demand.row(t).head(kLiveGateways) = slot.demand.transpose();
    if (network.num_classes() > 0) signals.demand(t, kLiveGateways) = LiveArrival(slot.time).value;
    signals.capacity.row(t) = slot.capacity;
    signals.price.row(t) = slot.price;
    signals.carbon_intensity.row(t) = slot.carbon_intensity;
    signals.water_intensity.row(t) = slot.water_intensity;
  }
  return trace;
}

class LiveJournalTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    WriteTrace(RecordedTrace(60), folder_ / "network.h5");
    std::filesystem::create_directory(folder_ / "state");
    WriteConfig("serve.ini", kLivePolicy);
  }

  void WriteConfig(const std::string& name, const std::string& policy, const std::string& more = "") const {
    Write(name, fmt::format("network = {}\nstate = {}\npolicy = {}\n{}\n[source push]\nkind = watttime\n"
                            "password-file = /nowhere\n",
                            (folder_ / "network.h5").string(), (folder_ / "state").string(), policy, more));
  }

  LiveEngineOptions EngineOptions() const { return ReadEngineOptions(ReadIniFile(folder_ / "serve.ini")); }

  /// Meters come two hours late, twice for some slots, with all signals for some, never for others; hours are lost, a
  /// region goes down and comes back, some weights are not applied.
  void Play(LiveEngine* engine, int slots) const {
    for (int t = 0; t < slots; ++t) {
      const std::int64_t begin = kNovember + t * kHour, now = begin - 20;
      if (t % 97 == 60 || t % 97 == 61) continue;  // evenkeel is down: a slot is missed, the next one decided late
      ASSERT_EQ(engine->Observe("test", LiveReadings(begin), now).command.reason, "");
      engine->Tick(now);
      shares_.push_back(engine->published()->share);
      if (t == 200) engine->SetRegionState(1, RegionState::kDown, now + 40);
      if (t == 230) engine->SetRegionState(1, RegionState::kUp, now + 40);
      if (t == 100) engine->SetMode(LiveMode::kActive, now + 40);
      if (t % 50 == 7) engine->NotApplied(begin, now + 60);
      if (t < 3 || t % 31 == 0) continue;
      MeterReport meter = LiveMeter(begin - 3 * kHour, shares_[shares_.size() - 4]);
      if (t % 4 == 0) meter.price = Vector::Constant(kLiveRegions, 75.0 + t % 9);
      if (t % 5 == 0) {
        meter.energy_mwh = 1.01 * meter.served.colwise().sum().transpose();
        (*meter.energy_mwh)[1] = std::numeric_limits<double>::quiet_NaN();
      }
      ASSERT_EQ(engine->Meter(meter, now).reason, "") << t;
      meter.revision = 2;
      meter.served *= 1.01;
      if (t % 7 == 0) {
        ASSERT_EQ(engine->Meter(meter, now + 60).reason, "") << t;
      }
    }
  }

  /// The journal with a line put in the place of another, checksum included.
  void ReplaceInLine(const std::string& name, int line, const std::string& what, const std::string& with) const {
    std::istringstream lines(Text(folder_ / "state/2026-11.journal"));
    std::string all, text;
    for (int number = 1; std::getline(lines, text); ++number) {
      if (number == line) {
        std::string content = text.substr(text.find(' ', text.find(' ') + 1) + 1);
        const std::size_t at = content.find(what);
        ASSERT_NE(at, std::string::npos);
        content.replace(at, what.size(), with);
        text = fmt::format("{} {} {}", content.size(), ChecksumText(Crc32(content)), content);
      }
      all += text + "\n";
    }
    Write(name, all);
  }

  /// Number and text of the first line that holds this.
  std::pair<int, std::string> FindLine(const std::string& what, int after = 0) const {
    std::istringstream lines(Text(folder_ / "state/2026-11.journal"));
    std::string text;
    for (int number = 1; std::getline(lines, text); ++number) {
      if (number > after && text.find(what) != std::string::npos) return {number, text};
    }
    return {0, ""};
  }

  std::string Fail(const std::vector<std::string>& arguments) const {
    const std::set<std::string> before = Files();
    const ProgramResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_EQ(Files(), before);
    return result.err;
  }

  const std::string journal_ = "state/2026-11.journal";
  mutable std::vector<RowMatrix> shares_;
};

TEST_F(LiveJournalTest, AMonthIsReplayedExportedCheckedAndLearnedFrom) {
  LiveEngine engine(EngineOptions(), kNovember);
  ASSERT_NO_FATAL_FAILURE(Play(&engine, 24 * kDays));
  const LiveStatus status = engine.Status(kNovember + 24 * kDays * kHour);

  // The engine still has it locked.
  const auto replay = SucceedJson({"serve", "replay", "serve.ini", journal_});
  EXPECT_EQ(replay["period"], "2026-11");
  EXPECT_EQ(replay["slots"]["over"], 24 * kDays);
  EXPECT_EQ(replay["slots"]["missed"], status.verdicts.at("missed"));
  EXPECT_GT(replay["slots"]["missed"], 5);
  EXPECT_GT(replay["slots"]["not_applied"], 10);
  EXPECT_GT(replay["slots"]["metered"], 600);
  EXPECT_GT(replay["verdicts"]["taken"], 0);
  EXPECT_EQ(replay["objective"], status.objective);
  EXPECT_EQ(replay["expert_objective"], status.expert_objective);
  EXPECT_EQ(replay["bound"], status.bound);
  EXPECT_EQ(replay["error"], status.bound_error);
  EXPECT_EQ(replay["budget"], status.budget);
  ASSERT_EQ(replay["modes"].size(), 2u);
  EXPECT_EQ(replay["modes"][1]["mode"], "active");
  for (int i = 0; i < kLiveRegions; ++i) {
    EXPECT_NEAR(replay["regions"][i]["carbon"].get<double>() * 1000.0, status.region[i].carbon_kg, 1e-6);
    EXPECT_NEAR(replay["regions"][i]["water"].get<double>() * 1000.0, status.region[i].water_liters, 1e-5);
  }
  EXPECT_THAT(Succeed({"serve", "replay", "serve.ini", journal_}), HasSubstr("came out to the bit"));

  Succeed({"serve", "export", "serve.ini", journal_, "--out", "run.h5", "--trace", "trace.h5"});
  const auto check = SucceedJson({"check", "run.h5"});
  EXPECT_EQ(check["confirmed"], true);
  EXPECT_EQ(check["live_books_recomputed"], true);
  EXPECT_NEAR(check["objective"].get<double>(), status.objective, 1e-9 * status.objective);
  EXPECT_THAT(Succeed({"check", "run.h5"}), HasSubstr("Everything holds"));

  EXPECT_THAT(Succeed({"trace", "validate", "trace.h5"}), HasSubstr("720 slots"));
  EXPECT_EQ(SucceedJson({"run", "trace.h5", "--policy", "norm-greedy(q=8)", "--out", "expert.h5"})["slots"], 720);
  Succeed({"run", "trace.h5", "--policy", "robust(advice=plan(forecast=seasonal-naive),rho=0.05)"});
  Succeed({"compare", "trace.h5", "--policy", "nearest", "--policy", "norm-greedy(q=8)"});
  Succeed({"backtest", "trace.h5", "--predictor", "ridge"});
  // Validation takes a month behind every forecast: that month and the one before, behind what was trained on.
  Succeed({"serve", "export", "serve.ini", journal_, "--out", "run.h5", "--trace", "trace.h5", "--after", "network.h5",
           "--joined", "three.h5"});
  EXPECT_THAT(Succeed({"trace", "validate", "three.h5"}), HasSubstr("2160 slots"));
  WriteTrace(RecordedTrace(60, kNovember - 60 * 24 * kHour), folder_ / "early.h5");
  const ProgramResult gap = Run({"serve", "export", "serve.ini", journal_, "--out", "run.h5", "--trace", "trace.h5",
                                 "--after", "early.h5", "--joined", "no.h5"});
  EXPECT_EQ(gap.exit_code, 2);
  EXPECT_THAT(gap.err, HasSubstr("early.h5: its slots before 2026-11-01 00:00:00 UTC, when the period begins, end at"));
  const ProgramResult trained = Run({"train", "--predictor", "dlinear", "--train", "early.h5", "--valid", "three.h5",
                                     "--out", "model.h5", "--epochs", "1", "--samples", "64"});
  EXPECT_TRUE(trained.exit_code == 0 || trained.err.find("LibTorch") != std::string::npos) << trained.err;
  if (trained.exit_code == 0) Succeed({"backtest", "trace.h5", "--predictor", "learned(file=model.h5)"});
  EXPECT_EQ(Run({"report", "run.h5", "expert.h5", "--out", "page.html"}).exit_code, 0);
  EXPECT_THAT(Text(folder_ / "page.html"), HasSubstr("norm-greedy"));
}

// With a class of work: what a cluster did of it is metered now and then, too little of it in the second week.
TEST_F(LiveJournalTest, AMonthWithWorkThatCanWait) {
  WriteTrace(RecordedTrace(60, kNovember, LiveWorkNetwork()), folder_ / "network.h5");
  WriteConfig("serve.ini", kLiveWorkPolicy);
  LiveEngine engine(EngineOptions(), kNovember);
  for (int t = 0; t < 24 * kDays; ++t) {
    const std::int64_t begin = kNovember + t * kHour, now = begin - 20;
    if (t % 97 == 60) continue;
    std::vector<Reading> readings = LiveReadings(begin);
    readings.push_back(LiveArrival(begin - kHour));
    ASSERT_EQ(engine.Observe("test", readings, now).command.reason, "");
    engine.Tick(now);
    if (t % 50 == 7) engine.NotApplied(begin, now + 60);
    if (t % 3 == 0) continue;
    MeterReport meter;
    meter.begin = begin;
    meter.served = RowMatrix::Constant(kLiveGateways + 1, kLiveRegions, std::nan(""));
    meter.served.topRows(kLiveGateways) = LiveMeter(begin, engine.published()->share).served;
    if (t % 3 == 1) meter.served.row(kLiveGateways) = (t / 168 == 1 ? 0.8 : 1.0) * engine.published()->released;
    if (t % 5 == 0)
      meter.energy_mwh =
          1.02 * (meter.served.topRows(kLiveGateways).colwise().sum() + meter.served.row(kLiveGateways)).transpose();
    MeterReport alone = meter;  // a scheduler says what was done, before a balancer's requests are counted
    alone.served.topRows(kLiveGateways).setConstant(std::nan(""));
    alone.energy_mwh.reset();
    if (t % 6 == 1) {
      ASSERT_EQ(engine.Meter(alone, begin + kHour).reason, "") << t;
      meter.served.row(kLiveGateways).setConstant(std::nan(""));
      if (t % 12 == 1) continue;
    }
    ASSERT_EQ(engine.Meter(meter, begin + kHour).reason, "") << t;
  }
  const LiveStatus status = engine.Status(kNovember + 24 * kDays * kHour);
  const auto replay = SucceedJson({"serve", "replay", "serve.ini", journal_});
  EXPECT_EQ(replay["objective"], status.objective);
  EXPECT_EQ(replay["bound"], status.bound);
  EXPECT_GT(replay["verdicts"]["taken"], 0);
  EXPECT_NEAR(replay["work"][0]["arrived"], status.work[0].arrived, 1e-9 * status.work[0].arrived);
  EXPECT_NEAR(replay["work"][0]["done"], status.work[0].done, 1e-9 * status.work[0].arrived);
  EXPECT_THAT(Succeed({"serve", "replay", "serve.ini", journal_}), HasSubstr("training"));
  Succeed({"serve", "export", "serve.ini", journal_, "--out", "run.h5", "--trace", "trace.h5"});
  const auto check = SucceedJson({"check", "run.h5"});
  EXPECT_EQ(check["confirmed"], true) << check.dump();
  EXPECT_EQ(check["live_books_recomputed"], true);
  // The month as a trace, by other policies.
  Succeed(
      {"compare", "trace.h5", "--policy", "norm-greedy(q=8)", "--policy", "norm-greedy(q=8,release=spread(last=0.5))"});
  EXPECT_EQ(Run({"report", "run.h5", "--out", "page.html"}).exit_code, 0);
}

// Who may not have it, and what of it cannot be.
TEST_F(LiveJournalTest, WorkThatCanWaitIsNobodysRequests) {
  WriteTrace(RecordedTrace(2, kNovember, LiveWorkNetwork()), folder_ / "network.h5");
  const auto refused = [&](const std::string& more, const std::string& sections = "") {
    WriteConfig("serve.ini", kLiveWorkPolicy, more);
    const std::string text = Text(folder_ / "serve.ini");
    Write("serve.ini", text.substr(0, text.find("[source")) + sections);
    const ProgramResult result = Run({"serve", "serve.ini", "--check"});
    EXPECT_EQ(result.exit_code, 2);
    return result.err;
  };
  EXPECT_THAT(refused("mode = canary\ncanary = training"), HasSubstr("canary names training, a class of work"));
  EXPECT_THAT(refused("slot = 5h"), HasSubstr("slot"));
  EXPECT_THAT(refused("slot = 4h"), HasSubstr("work_deadline of training"));
  const std::string source =
      "[source jobs]\nkind = prometheus\nquery = increase(work_submitted_total[1h])\n"
      "signal = demand\nplace = training:training\nshift = 1h\n";
  EXPECT_THAT(refused("", source), HasSubstr("expected align = DURATION"));
  EXPECT_THAT(refused("", "[haproxy one]\nbackend = training:jobs\n"),
              HasSubstr("backend names training, a class of work"));
  EXPECT_THAT(refused("", source + "align = 1h\n[haproxy one]\nbackend = training:jobs\n"), Not(HasSubstr("align")));
}

TEST_F(LiveJournalTest, WhatDoesNotReplayIsNamedAndNothingIsWritten) {
  {
    LiveEngine engine(EngineOptions(), kNovember);
    ASSERT_NO_FATAL_FAILURE(Play(&engine, 30));
  }
  const auto replay = [&](const std::string& config, const std::string& journal) {
    const std::string replayed = Fail({"serve", "replay", config, journal});
    EXPECT_EQ(Fail({"serve", "export", config, journal, "--out", "x.h5"}), replayed);
    return replayed;
  };
  // A digit of a decision, with a right checksum.
  const auto [line, text] = FindLine("\"event\":\"decided\"", 20);
  const std::size_t at = text.find("\"decision\":[") + 12;
  const std::string first = text.substr(at, text.find(',', at) - at);
  ReplaceInLine("digit.journal", line, "\"decision\":[" + first, "\"decision\":[1.25");
  EXPECT_THAT(replay("serve.ini", "digit.journal"), HasSubstr(fmt::format("digit.journal: line {}: slot ", line)));
  EXPECT_THAT(replay("serve.ini", "digit.journal"), HasSubstr("decision from berlin to north is 1.25 in the journal"));
  ReplaceInLine("verdict.journal", line, "\"slack\":", "\"slack\":1");
  EXPECT_THAT(replay("serve.ini", "verdict.journal"), HasSubstr("slack is 1"));
  const auto failed = nlohmann::json::parse(Run({"serve", "replay", "serve.ini", "digit.journal", "--json"}).out);
  EXPECT_EQ(failed["replays"], false);
  EXPECT_THAT(failed["difference"].get<std::string>(), HasSubstr(fmt::format("line {}", line)));

  // A damaged line, and one that is not there.
  std::string damaged = Text(folder_ / journal_);
  damaged[damaged.find("\"decision\":[") + 13] ^= 1;
  Write("damaged.journal", damaged);
  EXPECT_THAT(replay("serve.ini", "damaged.journal"), HasSubstr("damaged.journal: line "));
  EXPECT_THAT(replay("serve.ini", "damaged.journal"), HasSubstr("its checksum is wrong"));

  // Others' journals.
  WriteConfig("policy.ini", "norm-greedy(q=8)");
  EXPECT_THAT(replay("policy.ini", journal_),
              HasSubstr("of another network, policy, objective or slot length (policy"));
  WriteConfig("weight.ini", kLivePolicy, "weight = carbon=1000");
  EXPECT_THAT(replay("weight.ini", journal_), HasSubstr("of another network, policy, objective or slot length"));
  Write("nothing.journal", "hello\n");
  EXPECT_THAT(replay("serve.ini", "nothing.journal"), HasSubstr("line 1 is damaged, or this is no journal"));
  EXPECT_THAT(replay("serve.ini", "state/waiting.journal"), HasSubstr("the journal of no period"));
  Refuse({"serve", "replay", "serve.ini", "missing.journal"});
  Refuse({"serve", "export", "serve.ini", journal_, "--out", journal_});
  Refuse({"serve", "export", "missing.ini", journal_, "--out", "x.h5"});

  // A last line that is being written.
  const std::string whole = Text(folder_ / journal_);
  Write("cut.journal", whole.substr(0, whole.size() - 7));
  EXPECT_EQ(SucceedJson({"serve", "replay", "serve.ini", "cut.journal"})["lines"].get<int>() + 1,
            SucceedJson({"serve", "replay", "serve.ini", journal_})["lines"].get<int>());
}

/// Every value and attribute of a live log, changed one at a time: by a part in a million, and to what is no number.
TEST_F(LiveJournalTest, NoForgedLogIsConfirmed) {
  {
    LiveEngine engine(EngineOptions(), kNovember);
    ASSERT_NO_FATAL_FAILURE(Play(&engine, 70));
  }
  Succeed({"serve", "export", "serve.ini", journal_, "--out", "run.h5"});
  const std::string log = folder_ / "run.h5", trace = folder_ / "run.trace.h5";
  const auto check = [&]() -> std::string {
    try {
      RunLogReader reader(log);
      return CheckRun(&reader, trace, "").difference;
    } catch (const InputError& error) {
      return error.what();
    }
  };
  ASSERT_EQ(check(), "");
  const std::string good = ReadBytes(log);
  const auto places = Hdf5Places(log);
  // A prime: all datasets come in all columns.
  const std::size_t every = places.size() > 1500 ? 211 : 1;
  std::string unseen;
  int changes = 0;
  for (std::size_t p = 0; p < places.size(); ++p) {
    if (places[p].index >= 0 && p % every != 0) continue;
    for (const double relative : {1e-6, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
      std::ofstream(log, std::ios::binary) << good;
      ChangeHdf5(log, places[p], relative);
      ++changes;
      if (check().empty()) unseen += fmt::format("{} by {}\n", places[p].Text(), relative);
      if (places[p].index < 0) break;
    }
  }
  EXPECT_EQ(unseen, "");
  EXPECT_GT(changes, 300);
}

// Checksums, which a forger can make, don't stand in for the books.
TEST_F(LiveJournalTest, BooksAreKeptAgain) {
  {
    LiveEngine engine(EngineOptions(), kNovember);
    ASSERT_NO_FATAL_FAILURE(Play(&engine, 70));
  }
  const LiveEngineOptions options = EngineOptions();
  RecordedPeriod period = ReadRecordedPeriod(options, folder_ / journal_);
  const std::string log = folder_ / "run.h5", trace = folder_ / "trace.h5";
  WriteTrace(KnownTrace(period, {}), trace);
  const auto check = [&] {
    WriteLiveLog(period, log, trace, "");
    RunLogReader reader(log);
    return CheckRun(&reader, trace, "").difference;
  };
  ASSERT_EQ(check(), "");
  // A slot that was not applied, logged as one that was: the expert's books are others.
  int turned = -1;
  for (int t = 0; t < 70 && turned < 0; ++t) {
    const SlotEntry& entry = period.run->books().entry(t);
    if (period.slots[t].not_applied && entry.verdict != Verdict::kExpert && entry.verdict != Verdict::kRejected &&
        entry.meter)
      turned = t;
  }
  ASSERT_GE(turned, 0);
  period.slots[turned].not_applied = false;
  EXPECT_THAT(check(), HasSubstr(fmt::format("slot {}: expert_allocation", turned)));
  period.slots[turned].not_applied = true;
  // An advice that nobody gave.
  int taken = -1;
  for (int t = 0; t < 70 && taken < 0; ++t) {
    if (period.run->books().entry(t).verdict == Verdict::kTaken) taken = t;
  }
  ASSERT_GE(taken, 0);
  period.slots[taken].answer->allocation.flow *= 0.5;
  EXPECT_THAT(check(), HasSubstr("the verdict is"));
}

TEST_F(LiveJournalTest, APolicyWithoutAdviceAndAMonthAfterAnother) {
  WriteConfig("serve.ini", "plan(forecast=seasonal-naive,every=6)", "weight = performance=100");
  LiveEngine engine(EngineOptions(), kNovember + 28 * 24 * kHour);
  for (int t = 28 * 24; t < 33 * 24; ++t) {
    const std::int64_t begin = kNovember + t * kHour;
    ASSERT_EQ(engine.Observe("test", LiveReadings(begin), begin - 20).command.reason, "");
    engine.Tick(begin - 20);
  }
  for (const char* month : {"state/2026-11.journal", "state/2026-12.journal"}) {
    const auto replay = SucceedJson({"serve", "replay", "serve.ini", month});
    EXPECT_EQ(replay["verdicts"], nullptr);
    Succeed({"serve", "export", "serve.ini", month, "--out", "run.h5"});
    EXPECT_EQ(SucceedJson({"check", "run.h5"})["objective"], replay["objective"]);
  }
}

}  // namespace
}  // namespace evenkeel
