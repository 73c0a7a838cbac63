#include "models/files/period.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "models/files/trace_file.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;

/// Six hourly slots with demand 1, 2, 3, .. and carbon 10.
Trace CountingTrace() {
  Trace trace = PlainTrace(2, 1, 6);
  for (int t = 0; t < 6; ++t) trace.signals.demand(t, 0) = 1.0 + t;
  trace.signals.carbon_intensity.setConstant(10.0);
  return trace;
}

PeriodDescription InMemory(const Trace& trace) {
  PeriodDescription description;
  description.trace = "counting";
  description.loaded = std::make_shared<const Trace>(trace);
  return description;
}

std::string Message(const PeriodDescription& description) {
  try {
    MakePeriod(description);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

Vector DemandOf(SlotSource& slots) {
  Vector demand(slots.num_slots());
  Slot slot;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    demand[t] = slot.demand[0];
  }
  return demand;
}

TEST(Period, WithoutMoreItIsTheWholeTrace) {
  const Trace trace = CountingTrace();
  const Period period = MakePeriod(InMemory(trace));
  EXPECT_EQ(period.problem.num_slots, 6);
  EXPECT_EQ(period.problem.groups.size(), 2u);
  EXPECT_EQ(period.time.start, trace.signals.time[0]);
  EXPECT_EQ(OpenHistory(period)->num_slots(), 0);
  EXPECT_FALSE(period.is_observed_apart());
}

TEST(Period, APartHasItsOwnTimeBaseDemandAndPast) {
  const Trace trace = CountingTrace();
  PeriodDescription description = InMemory(trace);
  description.slots = SlotRange{2, 3};
  const Period period = MakePeriod(description);
  EXPECT_EQ(period.time.start, trace.signals.time[2]);
  EXPECT_EQ(period.time.time(2), trace.signals.time[4]);
  EXPECT_EQ(period.problem.expected_demand[0], 3.0 + 4.0 + 5.0);
  EXPECT_EQ(DemandOf(*OpenMetered(period)), Eigen::Vector3d(3.0, 4.0, 5.0));
  EXPECT_EQ(DemandOf(*OpenHistory(period)), Eigen::Vector2d(1.0, 2.0));
}

TEST(Period, SlotsThatTheTraceDoesNotHaveAreRefused) {
  PeriodDescription description = InMemory(CountingTrace());
  for (const SlotRange slots : {SlotRange{-1, 2}, SlotRange{4, 3}, SlotRange{2, 0}}) {
    description.slots = slots;
    EXPECT_THAT(Message(description), HasSubstr("counting: slots ")) << slots.first;
  }
}

// Events happen to the world, errors to what is seen of it.
TEST(Period, EventsReachAllAndErrorsWhatIsSeen) {
  const Trace trace = CountingTrace();
  PeriodDescription description = InMemory(trace);
  description.slots = SlotRange{2, 2};
  description.events = {{EventKind::kSurge, 0, 2.0, trace.signals.time[3], trace.signals.time[5]}};
  description.observe_error = SignalError{ErrorKind::kBias, 0.5};
  const Period period = MakePeriod(description);
  EXPECT_EQ(period.problem.expected_demand[0], 3.0 + 8.0);
  EXPECT_EQ(DemandOf(*OpenMetered(period)), Eigen::Vector2d(3.0, 8.0));
  EXPECT_TRUE(period.is_observed_apart());
  Slot slot;
  OpenMetered(period)->Read(0, &slot);
  EXPECT_EQ(slot.carbon_intensity[0], 10.0);
  OpenObserved(period)->Read(0, &slot);
  EXPECT_EQ(slot.carbon_intensity[0], 15.0);
  OpenHistory(period)->Read(0, &slot);
  EXPECT_EQ(slot.carbon_intensity[0], 15.0);
}

TEST(Period, OnDiskIsAsInMemory) {
  const Trace trace = CountingTrace();
  const std::string path = testing::TempDir() + "period_test.h5";
  WriteTrace(trace, path);
  PeriodDescription description;
  description.trace = path;
  description.slots = SlotRange{1, 4};
  const Period disk = MakePeriod(description);
  description.loaded = std::make_shared<const Trace>(trace);
  const Period memory = MakePeriod(description);
  EXPECT_EQ(DemandOf(*OpenMetered(disk)), DemandOf(*OpenMetered(memory)));
  EXPECT_EQ(disk.time.start, memory.time.start);
  EXPECT_EQ(disk.time.step(), memory.time.step());
  EXPECT_EQ(disk.problem.expected_demand, memory.problem.expected_demand);
  std::remove(path.c_str());
}

TEST(Period, AnObservedTraceMustFit) {
  Trace trace = CountingTrace();
  const std::string metered = testing::TempDir() + "period_metered.h5", seen = testing::TempDir() + "period_seen.h5";
  WriteTrace(trace, metered);
  trace.signals.demand(1, 0) += 1.0;
  WriteTrace(trace, seen);
  PeriodDescription description;
  description.trace = metered;
  description.observed = seen;
  EXPECT_THAT(Message(description), HasSubstr("demand of slot 1"));
  std::remove(metered.c_str());
  std::remove(seen.c_str());
}

}  // namespace
}  // namespace evenkeel
