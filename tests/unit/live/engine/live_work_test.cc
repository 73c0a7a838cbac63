// Work that can wait, live: it arrives as it is said, is released by its deadline, late where there is no room, carried
// into the next month where it is not done, and known after a kill as before.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "live/engine/live_engine.h"
#include "models/base/read_file.h"
#include "tests/reference/live_world.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

using ::testing::Contains;
using ::testing::Field;

constexpr std::int64_t kHour = 3600;

class LiveWorkTest : public ::testing::Test {
 protected:
  LiveWorkTest() { std::filesystem::create_directories(folder_); }
  ~LiveWorkTest() override { std::filesystem::remove_all(folder_); }

  LiveEngineOptions Options(const std::string& name = "", const std::string& policy = kLiveWorkPolicy) const {
    const std::string folder = folder_ + "/" + name;
    std::filesystem::create_directories(folder);
    return LiveOptions(folder, policy, LiveWorkNetwork());
  }

  const std::string folder_ = fmt::format("/dev/shm/evenkeel_work_{}_{}", ::getpid(),
                                          ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

/// What is said 20 s before the slot at `begin`: its signals, and what arrived in the hour that ends.
void SayAndTick(LiveEngine* engine, std::int64_t begin) {
  std::vector<Reading> readings = LiveReadings(begin);
  readings.push_back(LiveArrival(begin - kHour));
  ASSERT_EQ(engine->Observe("test", readings, begin - 20).command.reason, "");
  engine->Tick(begin - 20);
}

TEST_F(LiveWorkTest, AllThatArrivesIsReleasedWithinItsWindow) {
  LiveEngine engine(Options(), kNovember - kHour);
  std::vector<double> arrived = {0.0}, done = {0.0};  // by slot, cumulative
  int waited = 0;
  for (int t = 0; t < 30 * 24; ++t) {
    ASSERT_NO_FATAL_FAILURE(SayAndTick(&engine, kNovember + t * kHour));
    ASSERT_EQ(engine.published()->slot, t);
    ASSERT_EQ(engine.published()->share.rows(), kLiveGateways);
    const RowMatrix& released = engine.published()->released;
    ASSERT_EQ(released.rows(), 1);
    EXPECT_EQ(released(0, 2), 0.0) << "a region that the class may not use";
    arrived.push_back(arrived.back() + LiveArrival(kNovember + (t - 1) * kHour).value);
    done.push_back(done.back() + released.sum());
    const bool is_last = t == 30 * 24 - 1;
    const double due = is_last ? arrived.back() : t >= kLiveDeadline ? arrived[t + 1 - kLiveDeadline] : 0.0;
    EXPECT_GE(done.back(), due - 1e-9 * arrived.back()) << "slot " << t;
    EXPECT_LE(done.back(), arrived.back() * (1.0 + 1e-12)) << "slot " << t;
    waited += done.back() < arrived.back() - 1e-6;
  }
  EXPECT_GT(waited, 300) << "nothing ever waited";
  const LiveStatus status = engine.Status(kNovember + 30 * 24 * kHour);
  EXPECT_NEAR(status.work.at(0).arrived, arrived.back(), 1e-9 * arrived.back());
  EXPECT_NEAR(status.work.at(0).done, done.back(), 1e-9 * arrived.back());
  EXPECT_LE(status.work.at(0).late, 1e-9 * arrived.back());
  EXPECT_EQ(status.gateways.size(), 2u);
  EXPECT_EQ(status.classes, std::vector<std::string>{"training"});
  const BooksReport books = engine.RunOf(kNovember)->books().Report();
  EXPECT_LE(books.objective + books.shift, books.bound * (1.0 + 1e-9));
  EXPECT_LE(books.error, 1e-9 * books.bound) << "everything was known when it was decided";
}

// Nothing was said for two hours, then all of it: the slot that is decided next takes it in, once.
TEST_F(LiveWorkTest, WhatIsSaidLateArrivesLate) {
  LiveEngine engine(Options("", "norm-greedy(q=8)"), kNovember - kHour);  // all at once
  const auto say = [&](std::int64_t time, double amount, std::int64_t now) {
    ASSERT_EQ(engine.Observe("test", {{LiveSignal::kDemand, kLiveGateways, amount, time}}, now).command.reason, "");
  };
  const auto tick = [&](std::int64_t begin) {
    ASSERT_EQ(engine.Observe("test", LiveReadings(begin), begin - 20).command.reason, "");
    engine.Tick(begin - 20);
  };
  tick(kNovember);
  EXPECT_EQ(engine.published()->released.sum(), 0.0);
  tick(kNovember + kHour);
  EXPECT_EQ(engine.published()->released.sum(), 0.0) << "nothing was said, so nothing has arrived";
  say(kNovember, 1.5, kNovember + 2 * kHour - 30);
  say(kNovember + kHour, 0.5, kNovember + 2 * kHour - 30);
  tick(kNovember + 2 * kHour);
  EXPECT_NEAR(engine.published()->released.sum(), 2.0, 1e-12);
  say(kNovember, 1.5, kNovember + 3 * kHour - 30);  // again
  say(kNovember + kHour, 0.75, kNovember + 3 * kHour - 30);
  tick(kNovember + 3 * kHour);
  EXPECT_NEAR(engine.published()->released.sum(), 0.25, 1e-12);
}

MeterReport WorkMeter(const LiveEngine& engine, double done) {
  MeterReport meter;
  meter.begin = engine.published()->begin;
  meter.served = RowMatrix::Zero(kLiveGateways + 1, kLiveRegions);
  const Slot slot = LiveSlotAt(meter.begin);
  for (int j = 0; j < kLiveGateways; ++j) meter.served.row(j) = slot.demand[j] * engine.published()->share.row(j);
  meter.served.row(kLiveGateways) = done * engine.published()->released.row(0);
  return meter;
}

TEST_F(LiveWorkTest, WhatIsNotDoneIsDueAgain) {
  LiveEngine engine(Options(), kNovember - kHour);
  for (int t = 0; t < 20; ++t) {
    SayAndTick(&engine, kNovember + t * kHour);
    const std::int64_t over = kNovember + (t + 1) * kHour;
    ASSERT_EQ(engine.Meter(WorkMeter(engine, t < 10 ? 0.0 : 1.0), over).reason, "");
    if (t == 8) {
      const LiveStatus status = engine.Status(over);
      EXPECT_EQ(status.work.at(0).done, 0.0);
      EXPECT_GT(status.work.at(0).late, 1.0);
      EXPECT_THAT(status.degraded, Contains(Field(&Remark::word, "work_late")));
    }
  }
  const LiveStatus status = engine.Status(kNovember + 20 * kHour);
  EXPECT_LE(status.work.at(0).late, 1e-9) << "once the cluster works it catches up";
  EXPECT_THAT(status.degraded, Not(Contains(Field(&Remark::word, "work_late"))));
  const BooksReport books = engine.RunOf(kNovember)->books().Report();
  EXPECT_LE(books.objective + books.shift, books.bound * (1.0 + 1e-9));
}

// A meter that names no class of work says nothing of it: it counts as done as it was released.
TEST_F(LiveWorkTest, MetersOfABalancerSayNothingOfWork) {
  LiveEngine engine(Options(), kNovember - kHour);
  for (int t = 0; t < 10; ++t) {
    SayAndTick(&engine, kNovember + t * kHour);
    MeterReport meter = WorkMeter(engine, 1.0);
    meter.served.row(kLiveGateways).setConstant(std::nan(""));
    const double before = engine.Status(kNovember).work.at(0).done;
    ASSERT_EQ(engine.Meter(meter, kNovember + (t + 1) * kHour).reason, "");
    EXPECT_EQ(engine.Status(kNovember).work.at(0).done, before);
  }
  EXPECT_GT(engine.Status(kNovember).work.at(0).done, 1.0);
}

// Two of three regions are down for a day; the third cannot do the class's work. Then all comes back.
TEST_F(LiveWorkTest, WorkWithoutRoomIsLateAndDoneOnceThereIsRoom) {
  LiveEngine engine(Options(), kNovember - kHour);
  for (int t = 0; t < 60; ++t) {
    const std::int64_t begin = kNovember + t * kHour;
    const RegionState state = t >= 10 && t < 30 ? RegionState::kDown : RegionState::kUp;
    for (const int region : {0, 1}) ASSERT_TRUE(engine.SetRegionState(region, state, begin - 30).is_done());
    SayAndTick(&engine, begin);
    const LiveStatus status = engine.Status(begin);
    if (t >= 10 && t < 30) {
      EXPECT_EQ(engine.published()->released.sum(), 0.0);
    }
    if (t == 29) {
      EXPECT_GT(status.work.at(0).late, 20.0);
    }
  }
  EXPECT_LE(engine.Status(kNovember + 60 * kHour).work.at(0).late, 1e-9);
}

TEST_F(LiveWorkTest, WhatAMonthLeavesUndoneArrivesInTheNext) {
  const std::int64_t december = kNovember + 30 * 24 * kHour;
  LiveEngine engine(Options(), december - 3 * kHour);
  for (int t = -3; t < 0; ++t) SayAndTick(&engine, december + t * kHour);
  MeterReport meter = WorkMeter(engine, 0.0);  // of the month's last slot, in which all was to be done
  const double lost = engine.published()->released.sum();
  ASSERT_GT(lost, 1.0);
  SayAndTick(&engine, december);
  const double first = LiveArrival(december - kHour).value;
  EXPECT_NEAR(engine.Status(december).work.at(0).arrived, first, 1e-12) << "as far as is known all is done";
  ASSERT_EQ(engine.Meter(meter, december + 60).reason, "");
  SayAndTick(&engine, december + kHour);
  EXPECT_NEAR(engine.Status(december).work.at(0).arrived, first + LiveArrival(december).value + lost, 1e-9);
  SayAndTick(&engine, december + 2 * kHour);
  EXPECT_NEAR(engine.Status(december).work.at(0).arrived,
              first + LiveArrival(december).value + LiveArrival(december + kHour).value + lost, 1e-9);
}

TEST_F(LiveWorkTest, KilledAtAnyInstantItGoesOnAsItsTwinThatWasNot) {
  int kills = 0;
  for (int seed = 1; seed <= Scaled(4) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const std::string mine = fmt::format("mine{}", seed), twins = fmt::format("twin{}", seed);
    std::int64_t begin = kNovember + 28 * 24 * kHour;
    auto engine = std::make_unique<LiveEngine>(Options(mine), begin - 40);
    LiveEngine twin(Options(twins), begin - 40);
    for (int t = 0; t < 96 && !HasFailure(); ++t, begin += kHour) {
      if (DrawInt(&random, 0, 9) == 0) continue;  // nobody is there
      const double done = Draw(&random, 0.0, 1.2);
      const int weather = DrawInt(&random, 0, 5);
      for (LiveEngine* one : {engine.get(), &twin}) {
        SayAndTick(one, begin);
        if (weather > 0) one->Meter(WorkMeter(*one, weather == 1 ? 0.0 : done), begin + kHour);
        if (weather == 2) one->NotApplied(begin, begin + kHour);
      }
      if (DrawInt(&random, 0, 4) == 0) {
        ++kills;
        engine.reset();
        engine = std::make_unique<LiveEngine>(Options(mine), begin + kHour);
      }
      ASSERT_TRUE(engine->published() && twin.published());
      EXPECT_EQ(engine->published()->released, twin.published()->released) << "slot " << t;
      EXPECT_EQ(engine->published()->share, twin.published()->share) << "slot " << t;
      const LiveStatus one = engine->Status(begin), other = twin.Status(begin);
      EXPECT_EQ(one.work.at(0).arrived, other.work.at(0).arrived);
      EXPECT_EQ(one.work.at(0).done, other.work.at(0).done);
      EXPECT_EQ(one.bound, other.bound);
      EXPECT_LE(one.objective, one.bound + 1e-9 * std::abs(one.bound));
    }
    for (const auto& file : std::filesystem::directory_iterator(folder_ + "/" + twins))
      EXPECT_EQ(ReadBytes(file.path()), ReadBytes(folder_ + "/" + mine + "/" + file.path().filename().string()));
  }
  EXPECT_GT(kills, 10 * Scaled(4));
}

}  // namespace
}  // namespace evenkeel
