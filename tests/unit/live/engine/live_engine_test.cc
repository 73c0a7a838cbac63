// The live engine in simulated time: what it decides is what `run` decides, and what it knows is what its journal says.
#include "live/engine/live_engine.h"
#include "live/engine/recorded_period.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>

#include "engine/simulate.h"
#include "models/base/read_file.h"
#include "models/base/utc_time.h"
#include "tests/reference/live_world.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kHour = 3600;

class LiveEngineTest : public ::testing::Test {
 protected:
  LiveEngineTest() { std::filesystem::create_directories(folder_); }
  ~LiveEngineTest() override { std::filesystem::remove_all(folder_); }

  std::string Folder(const std::string& name) {
    const std::string path = folder_ + "/" + name;
    std::filesystem::create_directories(path);
    return path;
  }
  std::string Journal(const std::string& month = "2026-11") { return folder_ + "/" + month + ".journal"; }

  // In memory: a thousand slots are synced one by one.
  const std::string folder_ = fmt::format("/dev/shm/evenkeel_live_{}_{}", ::getpid(),
                                          ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

void SayAndTick(LiveEngine* engine, std::int64_t begin) {
  ASSERT_EQ(engine->Observe("test", LiveReadings(begin), begin - 20).command.reason, "");
  engine->Tick(begin - 20);
}

void ExpectSameBits(const Ledger& a, const Ledger& b) {
  EXPECT_EQ(a.energy_cost, b.energy_cost);
  EXPECT_EQ(a.shift, b.shift);
  for (std::size_t k = 0; k < a.load.size(); ++k) EXPECT_TRUE((a.load[k].array() == b.load[k].array()).all());
}

TEST_F(LiveEngineTest, DecidesARecordedMonthToTheSameBitsAsRun) {
  LiveEngineOptions options = LiveOptions(folder_);
  LiveEngine engine(options, kNovember - kHour);
  std::vector<Slot> recorded;
  for (int t = 0; t < 30 * 24; ++t) {
    recorded.push_back(LiveSlotAt(kNovember + t * kHour));
    SayAndTick(&engine, kNovember + t * kHour);
  }
  const PeriodRun* live = engine.RunOf(kNovember);
  ASSERT_NE(live, nullptr);
  ASSERT_TRUE(live->is_over());

  const PeriodSetup setup = options.make_period({{kNovember, 1.0}, 30 * 24, {}, {}});
  SlotList source(recorded);
  long taken = 0;
  const RunLedgers run = Simulate(*setup.problem, source, source, *setup.policy, [&](const SlotRecord& record) {
    const SlotEntry& entry = live->books().entry(record.slot.index);
    EXPECT_TRUE((entry.decision.flow.array() == record.allocation.flow.array()).all()) << record.slot.index;
    EXPECT_EQ(entry.verdict, DecisionsOf(*setup.policy)->last().verdict) << record.slot.index;
    taken += entry.verdict == Verdict::kTaken;
  });
  EXPECT_GT(taken, 0);
  EXPECT_LT(taken, 30 * 24) << "every advice was taken: the books were never looked at";
  ExpectSameBits(live->books().own(), run.metered);
  const GuaranteeReport guarantee = DecisionsOf(*setup.policy)->guarantee();
  EXPECT_EQ(live->books().Report().expert_objective, guarantee.expert_objective);
  EXPECT_EQ(live->books().Report().error, 0.0);
}

/// What happens in the world, the same for the engine that is killed and for its twin that is not.
struct Happening {
  std::int64_t now = 0;
  int kind = 0;
  std::int64_t begin = 0;
  int revision = 1;
};

std::vector<Happening> DrawHappenings(std::mt19937_64* random, int hours) {
  std::vector<Happening> happenings;
  std::int64_t clock = kNovember + 28 * 24 * kHour + 1800;  // so that a month ends on the way
  for (int t = 0; t < hours; ++t) {
    const int weather = DrawInt(random, 0, 19);
    if (weather == 0) clock -= kHour;                          // somebody sets the clock back
    if (weather == 1) clock += DrawInt(random, 2, 5) * kHour;  // or forth, or the machine sleeps
    const std::int64_t begin = (clock + 20) / kHour * kHour;
    if (weather != 2) happenings.push_back({clock, 0, begin});  // services say something
    happenings.push_back({clock, 1});
    if (weather == 3) happenings.push_back({clock, 4, DrawInt(random, 0, 2), DrawInt(random, 0, 2)});
    for (int meters = DrawInt(random, 0, 2); meters > 0; --meters)  // late, twice, in any order
      happenings.push_back({clock + 60, 2, begin - DrawInt(random, 0, 8) * kHour, DrawInt(random, 1, 3)});
    if (weather == 4) happenings.push_back({clock + 60, 3});
    clock += kHour;
  }
  return happenings;
}

void Play(LiveEngine* engine, const Happening& happening) {
  switch (happening.kind) {
    case 0:
      engine->Observe("test", LiveReadings(happening.begin), happening.now);
      break;
    case 1:
      engine->Tick(happening.now);
      break;
    case 2:
      engine->Meter(LiveMeter(happening.begin, RowMatrix::Constant(2, 3, 1.0 / 3.0), happening.revision),
                    happening.now);
      break;
    case 3:
      if (engine->published()) engine->NotApplied(engine->published()->begin, happening.now);
      break;
    default:
      engine->SetRegionState(static_cast<int>(happening.begin), static_cast<RegionState>(happening.revision),
                             happening.now);
  }
}

void ExpectSame(const LiveEngine& engine, const LiveEngine& twin, std::int64_t now) {
  ASSERT_EQ(engine.published().has_value(), twin.published().has_value());
  if (!engine.published()) return;
  EXPECT_EQ(engine.published()->begin, twin.published()->begin);
  EXPECT_TRUE((engine.published()->share.array() == twin.published()->share.array()).all());
  for (const std::int64_t time : {now, now - 48 * kHour}) {
    const PeriodRun* one = engine.RunOf(time);
    const PeriodRun* other = twin.RunOf(time);
    ASSERT_EQ(one == nullptr, other == nullptr);
    if (one == nullptr) continue;
    ASSERT_EQ(one->next_slot(), other->next_slot());
    ExpectSameBits(one->books().own(), other->books().own());
    ExpectSameBits(one->books().expert(), other->books().expert());
    EXPECT_EQ(one->books().Report().error, other->books().Report().error);
    const BooksReport report = one->books().Report();
    EXPECT_LE(report.objective + report.shift, report.bound * (1.0 + 1e-9));
  }
}

TEST_F(LiveEngineTest, KilledAtAnyInstantItGoesOnAsItsTwinThatWasNot) {
  int kills = 0, periods = 0;
  for (int seed = 1; seed <= Scaled(6) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const std::string mine = Folder(fmt::format("mine{}", seed)), twins = Folder(fmt::format("twin{}", seed));
    const std::vector<Happening> happenings = DrawHappenings(&random, 96);
    auto engine = std::make_unique<LiveEngine>(LiveOptions(mine), happenings[0].now);
    LiveEngine twin(LiveOptions(twins), happenings[0].now);
    for (const Happening& happening : happenings) {
      Play(engine.get(), happening);
      Play(&twin, happening);
      if (DrawInt(&random, 0, 9) == 0) {
        ++kills;
        engine.reset();  // nothing of it is written when it ends: what is on disk was before
        engine = std::make_unique<LiveEngine>(LiveOptions(mine), happening.now);
      }
      ExpectSame(*engine, twin, happening.now);
      if (HasFailure()) break;
    }
    periods += static_cast<int>(std::distance(std::filesystem::directory_iterator(twins), {}));
    for (const auto& file : std::filesystem::directory_iterator(twins))
      EXPECT_EQ(ReadBytes(file.path()), ReadBytes(mine + "/" + file.path().filename().string()));
  }
  EXPECT_GT(kills, 100 * Scaled(6) / 6);
  EXPECT_EQ(periods, 3 * Scaled(6)) << "two months, and what was said before the first slot";
}

TEST_F(LiveEngineTest, WhatIsCutOffWasNeverSaid) {
  std::mt19937_64 random(7);
  LiveOptions(folder_);
  auto engine = std::make_unique<LiveEngine>(LiveOptions(folder_), kNovember);
  for (int t = 0; t < 12; ++t) SayAndTick(engine.get(), kNovember + t * kHour);
  engine.reset();
  const std::string whole = ReadBytes(Journal());
  for (int attempt = 0; attempt < 20; ++attempt) {
    const auto size = static_cast<std::size_t>(DrawInt(&random, 200, static_cast<int>(whole.size())));
    std::ofstream(Journal(), std::ios::binary) << whole.substr(0, size);
    if (whole.substr(0, size).find('\n') == std::string::npos) continue;
    LiveEngine again(LiveOptions(folder_), kNovember + 11 * kHour);
    again.Tick(kNovember + 11 * kHour - 20);
    const PeriodRun* run = again.RunOf(kNovember);
    ASSERT_NE(run, nullptr);
    EXPECT_LE(run->next_slot(), 12);
  }
}

// Of the month's journal a crash left the head and the mode; what was said before the first slot is there.
TEST_F(LiveEngineTest, AFirstSlotThatWasLostIsMissed) {
  {
    LiveEngine engine(LiveOptions(folder_), kNovember);
    SayAndTick(&engine, kNovember);
  }
  const std::string whole = ReadBytes(Journal());
  std::ofstream(Journal(), std::ios::binary) << whole.substr(0, whole.find('\n', whole.find('\n') + 1) + 1);
  LiveEngine again(LiveOptions(folder_), kNovember + 3 * kHour);
  again.Tick(kNovember + 3 * kHour);
  const PeriodRun* run = again.RunOf(kNovember);
  ASSERT_NE(run, nullptr);
  ASSERT_EQ(run->next_slot(), 3);
  for (int t = 0; t < 3; ++t) {
    EXPECT_TRUE(run->books().entry(t).missed);
    EXPECT_EQ(run->books().entry(t).slot.demand, LiveSlotAt(kNovember).demand);
  }
}

TEST_F(LiveEngineTest, NothingIsPublishedBeforeItIsOnDisk) {
  LiveEngine engine(LiveOptions(folder_), kNovember);
  SayAndTick(&engine, kNovember);
  ASSERT_EQ(engine.published()->slot, 0);
  ASSERT_EQ(engine.Observe("test", LiveReadings(kNovember + kHour), kNovember + kHour - 20).command.reason, "");

  ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit before = {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  struct rlimit full = before;
  full.rlim_cur = static_cast<rlim_t>(std::filesystem::file_size(Journal()) + 100);  // half a line fits
  ::setrlimit(RLIMIT_FSIZE, &full);
  engine.Tick(kNovember + kHour - 20);
  const int while_full = engine.published()->slot;
  const LiveStatus status = engine.Status(kNovember + kHour);
  const std::string refused = engine.Observe("test", LiveReadings(kNovember + kHour), kNovember + kHour).command.reason;
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(while_full, 0);
  EXPECT_THAT(refused, HasSubstr("2026-11.journal"));
  ASSERT_EQ(status.not_ready.size(), 1u);
  EXPECT_EQ(status.not_ready[0].word, "journal");
  EXPECT_GE(status.journal_failures, 1);

  engine.Tick(kNovember + kHour);
  EXPECT_EQ(engine.published()->slot, 1);
  EXPECT_TRUE(engine.Status(kNovember + kHour).not_ready.empty());
}

TEST_F(LiveEngineTest, GapsAreMissedAndDecidedSlotsStay) {
  LiveEngine engine(LiveOptions(folder_), kNovember);
  SayAndTick(&engine, kNovember);
  SayAndTick(&engine, kNovember + 4 * kHour);  // three hours are lost, of which the last one is not over
  engine.Tick(kNovember + 4 * kHour);
  const PeriodRun* run = engine.RunOf(kNovember);
  ASSERT_EQ(run->next_slot(), 5);
  for (int t = 1; t <= 3; ++t) EXPECT_TRUE(run->books().entry(t).missed && run->books().entry(t).same_flow) << t;
  EXPECT_FALSE(run->books().entry(4).missed);

  const RowMatrix share = engine.published()->share;
  engine.Tick(kNovember + 2 * kHour);  // the clock goes back
  SayAndTick(&engine, kNovember + 4 * kHour);
  EXPECT_EQ(run->next_slot(), 5);
  EXPECT_TRUE((engine.published()->share.array() == share.array()).all());
  EXPECT_EQ(engine.Status(kNovember + 4 * kHour).verdicts.at("missed"), 3);
}

TEST_F(LiveEngineTest, SilentServicesTurnTheAdviceOffAndThenNothingIsDecided) {
  LiveEngineOptions options = LiveOptions(folder_);
  options.store.capacity = Vector::Constant(3, 8.0);
  LiveEngine engine(options, kNovember);
  // A day is known; then silence. Values are held for their max_age, then the same hours of the day before serve.
  for (int t = 0; t < 24; ++t) SayAndTick(&engine, kNovember + t * kHour);
  for (int t = 24; t < 36; ++t) engine.Tick(kNovember + t * kHour);
  const PeriodRun* run = engine.RunOf(kNovember);
  ASSERT_EQ(run->next_slot(), 36);
  EXPECT_NE(run->books().entry(23).verdict, Verdict::kRejected);
  EXPECT_EQ(run->books().entry(35).verdict, Verdict::kRejected);
  EXPECT_EQ(run->books().entry(35).slot.price[0], LiveSlotAt(kNovember + 11 * kHour).price[0]);

  LiveEngine fresh(LiveOptions(Folder("fresh")), kNovember);
  std::vector<Reading> readings = LiveReadings(kNovember);
  readings.erase(readings.begin());  // demand of the first gateway
  ASSERT_EQ(fresh.Observe("test", readings, kNovember).command.reason, "");
  fresh.Tick(kNovember);
  EXPECT_FALSE(fresh.published());
  const LiveStatus status = fresh.Status(kNovember);
  ASSERT_EQ(status.not_ready.size(), 1u);
  EXPECT_THAT(status.not_ready[0].text, HasSubstr("demand of berlin"));
}

TEST_F(LiveEngineTest, ARegionThatIsDownGetsNothingFromTheNextSlotOn) {
  LiveEngine engine(LiveOptions(folder_), kNovember);
  SayAndTick(&engine, kNovember);
  ASSERT_EQ(engine.SetRegionState(1, RegionState::kDown, kNovember + 60).reason, "");
  SayAndTick(&engine, kNovember + kHour);
  EXPECT_EQ(engine.published()->share.col(1).sum(), 0.0);
  ASSERT_EQ(engine.SetRegionState(1, RegionState::kUp, kNovember + kHour + 60).reason, "");
  ASSERT_EQ(engine.SetRegionState(0, RegionState::kDrain, kNovember + kHour + 60).reason, "");
  SayAndTick(&engine, kNovember + 2 * kHour);
  EXPECT_EQ(engine.published()->share.col(0).sum(), 0.0);
  EXPECT_GT(engine.published()->share.col(1).sum(), 0.0);
}

TEST_F(LiveEngineTest, ARegionThatFailsItsChecksHasNoCapacityAlsoAfterARestart) {
  const auto reasons = [](const LiveEngine& engine) {
    std::vector<std::string> words;
    for (const Remark& remark : engine.Status(kNovember + kHour).degraded) words.push_back(remark.word);
    return words;
  };
  {
    LiveEngine engine(LiveOptions(folder_), kNovember);
    SayAndTick(&engine, kNovember);
    EXPECT_GT(engine.published()->share.col(1).sum(), 0.0);
    ASSERT_EQ(engine.SetServing(1, false, kNovember + 60).reason, "");
    SayAndTick(&engine, kNovember + kHour);
    EXPECT_EQ(engine.published()->share.col(1).sum(), 0.0);
    EXPECT_THAT(reasons(engine), testing::ElementsAre("region_down"));
    EXPECT_EQ(engine.Status(kNovember + kHour).region[1].state, RegionState::kDown);
  }
  LiveEngine engine(LiveOptions(folder_), kNovember + kHour + 60);
  EXPECT_THAT(reasons(engine), testing::ElementsAre("region_down"));
  ASSERT_EQ(engine.SetServing(1, true, kNovember + kHour + 120).reason, "");
  EXPECT_THAT(reasons(engine), testing::IsEmpty());
  SayAndTick(&engine, kNovember + 2 * kHour);
  EXPECT_GT(engine.published()->share.col(1).sum(), 0.0);
}

// For three hours nobody says anything: decided on what was said last, and on past days where that is too old; every
// slot is decided.
TEST_F(LiveEngineTest, ThreeSilentHoursAreDecidedAndSaid) {
  LiveEngine engine(LiveOptions(folder_), kNovember);
  for (int t = 0; t < 30; ++t) SayAndTick(&engine, kNovember + t * kHour);
  for (int t = 30; t < 33; ++t) {
    engine.Tick(kNovember + t * kHour - 20);
    ASSERT_EQ(engine.published()->begin, kNovember + t * kHour);
    std::vector<std::string> words;
    for (const Remark& remark : engine.Status(kNovember + t * kHour).degraded) words.push_back(remark.word);
    if (t > 30) {
      EXPECT_THAT(words, testing::ElementsAre("readings", "advice_off")) << t;
    }
  }
  SayAndTick(&engine, kNovember + 33 * kHour);
  EXPECT_THAT(engine.Status(kNovember + 33 * kHour).degraded, testing::IsEmpty());
}

// A plan alone decides by what was before its month. A restart in January decides December again, which began with the
// last days of November.
TEST_F(LiveEngineTest, APlanIsDecidedAgainWithThePastThatItsMonthBeganWith) {
  constexpr std::int64_t kBegin = kNovember + 27 * 24 * kHour, kJanuary = kNovember + 61 * 24 * kHour;
  const LiveEngineOptions options = LiveOptions(folder_, "plan(forecast=seasonal-naive,every=24)");
  RowMatrix share;
  {
    LiveEngine engine(options, kBegin);
    for (std::int64_t begin = kBegin; begin < kJanuary + 30 * kHour; begin += kHour) SayAndTick(&engine, begin);
    share = engine.published()->share;
  }
  LiveEngine engine(options, kJanuary + 29 * kHour);
  EXPECT_EQ(engine.published()->share, share);
}

// Read without an engine: the month before is read for its slots, whatever its advice said.
TEST_F(LiveEngineTest, ASecondMonthIsReadBehindTheFirstOne) {
  constexpr std::int64_t kBegin = kNovember + 29 * 24 * kHour, kDecember = kNovember + 30 * 24 * kHour;
  const LiveEngineOptions options = LiveOptions(folder_);
  LiveEngine engine(options, kBegin);
  for (std::int64_t begin = kBegin; begin < kDecember + 30 * kHour; begin += kHour) SayAndTick(&engine, begin);
  ASSERT_GT(engine.Status(kDecember).verdicts.count("taken") + engine.Status(kDecember).verdicts.count("pulled"), 0u);
  const RecordedPeriod recorded = ReadRecordedPeriod(options, Journal("2026-12"));
  EXPECT_EQ(recorded.run->next_slot(), 30);
  ExpectSameBits(recorded.run->books().own(), engine.RunOf(kDecember)->books().own());
}

TEST_F(LiveEngineTest, DemandAboveCapacityIsSharedByCapacity) {
  LiveEngine engine(LiveOptions(folder_), kNovember);
  std::vector<Reading> readings = LiveReadings(kNovember);
  readings[0].value = 1000.0;  // of 3 x 8 that can be served
  ASSERT_EQ(engine.Observe("test", readings, kNovember).command.reason, "");
  engine.Tick(kNovember);
  ASSERT_TRUE(engine.published());
  for (int i = 0; i < 3; ++i) EXPECT_DOUBLE_EQ(engine.published()->share(0, i), 1.0 / 3.0);
  LiveEngine again(LiveOptions(Folder("again")), kNovember);
}

TEST_F(LiveEngineTest, MetersAreRefusedWhereTheyCannotBeRight) {
  LiveEngine engine(LiveOptions(folder_), kNovember);
  for (int t = 0; t < 3; ++t) SayAndTick(&engine, kNovember + t * kHour);
  const RowMatrix share = engine.published()->share;
  const std::int64_t now = kNovember + 2 * kHour;
  EXPECT_EQ(engine.Meter(LiveMeter(kNovember, share), now).reason, "");
  EXPECT_THAT(engine.Meter(LiveMeter(kNovember + 2 * kHour, share), now).reason,
              HasSubstr("2026-11-01 02:00:00 UTC is not over"));
  EXPECT_THAT(engine.Meter(LiveMeter(kNovember + 1, share), now).reason, HasSubstr("is no begin of a slot"));
  EXPECT_THAT(engine.Meter(LiveMeter(kNovember - kHour, share), now).reason, HasSubstr("closed, or not begun"));
  MeterReport wrong = LiveMeter(kNovember, share, 2);
  wrong.served(1, 2) = -1.0;
  EXPECT_THAT(engine.Meter(wrong, now).reason, HasSubstr("served of gateway madrid in region west is -1"));
}

TEST_F(LiveEngineTest, APeriodClosesAndMetersOfItAreLate) {
  LiveEngineOptions options = LiveOptions(folder_);
  options.close_after = 10 * kHour;
  LiveEngine engine(options, kNovember + 29 * 24 * kHour);
  for (int t = 29 * 24; t < 30 * 24 + 15; ++t) {
    SayAndTick(&engine, kNovember + t * kHour);
    const MeterReport meter = LiveMeter(kNovember + 29 * 24 * kHour, engine.published()->share, t);
    const std::string why = engine.Meter(meter, kNovember + t * kHour).reason;
    if (t >= 30 * 24 + 11) {
      EXPECT_THAT(why, HasSubstr("closed")) << t;
    } else if (t > 29 * 24 && t < 30 * 24 + 10) {
      EXPECT_EQ(why, "") << t;
    }
  }
  EXPECT_TRUE(std::filesystem::exists(Journal("2026-12")));
  EXPECT_EQ(engine.Status(kNovember + (30 * 24 + 15) * kHour).period, "2026-12");
}

TEST_F(LiveEngineTest, AJournalOfSomethingElseIsRefused) {
  {
    LiveEngine engine(LiveOptions(folder_), kNovember);
    for (int t = 0; t < 3; ++t) SayAndTick(&engine, kNovember + t * kHour);
  }
  const auto take_up = [&](const LiveEngineOptions& options) -> std::string {
    try {
      LiveEngine engine(options, kNovember + 3 * kHour);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(take_up(LiveOptions(folder_)), "");
  EXPECT_THAT(take_up(LiveOptions(folder_, "norm-greedy(q=8)")), HasSubstr("another network, policy, objective"));
  const std::string good = ReadBytes(Journal());
  std::string damaged = good;
  damaged[damaged.find("\"decision\"") + 20] ^= 1;
  std::ofstream(Journal(), std::ios::binary) << damaged;
  EXPECT_THAT(take_up(LiveOptions(folder_)), HasSubstr("2026-11.journal: line 3 is damaged"));
}

TEST_F(LiveEngineTest, TheModeOutlivesARestartUntilTheConfigurationChanges) {
  LiveEngineOptions options = LiveOptions(folder_);
  {
    LiveEngine engine(options, kNovember);
    SayAndTick(&engine, kNovember);
    ASSERT_EQ(engine.SetMode(LiveMode::kActive, kNovember + 60).reason, "");
  }
  EXPECT_EQ(LiveEngine(options, kNovember + 120).mode(), LiveMode::kActive);
  options.mode = LiveMode::kCanary;
  EXPECT_EQ(LiveEngine(options, kNovember + 120).mode(), LiveMode::kCanary);
}

}  // namespace
}  // namespace evenkeel
