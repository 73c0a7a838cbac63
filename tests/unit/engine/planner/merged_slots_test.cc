#include "engine/planner/merged_slots.h"

#include <gtest/gtest.h>

#include "engine/planner/rest_plan.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

// One region and gateway, seven slots, the first two as they are, season 2: slots 2, 4, 6 become one, 3 and 5 another.
//   demand 1, 1, 2 at prices 10, 20, 40: demand 4, price (10 + 20 + 2 * 40) / 4 = 27.5
TEST(MergedSlots, AddsWorkloadAndAveragesPrices) {
  Trace trace = PlainTrace(1, 1, 7);
  trace.signals.demand.col(0) << 5, 5, 1, 3, 1, 3, 2;
  trace.signals.price.col(0) << 1, 2, 10, 7, 20, 9, 40;
  trace.signals.carbon_intensity = 0.5 * trace.signals.price;
  trace.signals.water_intensity = 0.25 * trace.signals.price;
  const auto source = MakeSlotSource(trace);
  const auto merged = MakeMergedSlots(*source, 2, 2);
  ASSERT_EQ(merged->num_slots(), 4);
  Slot slot;
  merged->Read(1, &slot);
  EXPECT_EQ(slot.demand[0], 5.0);
  EXPECT_EQ(slot.capacity[0], 1000.0);
  merged->Read(2, &slot);
  EXPECT_DOUBLE_EQ(slot.demand[0], 4.0);
  EXPECT_DOUBLE_EQ(slot.capacity[0], 3000.0);
  EXPECT_DOUBLE_EQ(slot.price[0], 27.5);
  EXPECT_DOUBLE_EQ(slot.carbon_intensity[0], 13.75);
  EXPECT_DOUBLE_EQ(slot.water_intensity[0], 6.875);
  merged->Read(3, &slot);
  EXPECT_DOUBLE_EQ(slot.demand[0], 6.0);
  EXPECT_DOUBLE_EQ(slot.price[0], 8.0);
}

TEST(MergedSlots, FewerSlotsThanASeasonStayAsTheyAre) {
  Trace trace = PlainTrace(1, 1, 5);
  const auto source = MakeSlotSource(trace);
  EXPECT_EQ(MakeMergedSlots(*source, 2, 24)->num_slots(), 5);
  EXPECT_EQ(MakeMergedSlots(*source, 9, 24)->num_slots(), 5);
}

/// Days that are equal up to a factor of demand and capacity merge without loss: the prices are those of all slots.
TEST(MergedSlots, EqualDaysHaveTheSamePlan) {
  constexpr int kDay = 4, kDays = 6;
  for (int seed = 1; seed <= Scaled(50); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Trace trace = PlainTrace(3, 3, kDay * kDays);
    trace.signals.capacity.setConstant(1.5);
    for (int t = 0; t < kDay * kDays; ++t) {
      for (RowMatrix* signal :
           {&trace.signals.price, &trace.signals.carbon_intensity, &trace.signals.water_intensity}) {
        for (int i = 0; i < 3; ++i) (*signal)(t, i) = t < kDay ? Draw(&random, 1.0, 9.0) : (*signal)(t - kDay, i);
      }
    }
    for (int d = 0; d < kDays; ++d) {
      const double size = Draw(&random, 0.5, 2.0);
      trace.signals.demand.middleRows(d * kDay, kDay) *= size;
      trace.signals.capacity.middleRows(d * kDay, kDay) *= size;
    }
    const Problem problem = ProblemOf(trace, CarbonObjective(5.0, kInfinity));
    const auto all = MakeSlotSource(trace);
    const auto merged = MakeMergedSlots(*all, kDay, kDay);
    ASSERT_EQ(merged->num_slots(), 2 * kDay);
    const Loads load = {Vector::Zero(3)};
    const RestPlan plan = PlanRest(problem, *all, load, 1e-10);
    const RestPlan coarse = PlanRest(problem, *merged, load, 1e-10);
    EXPECT_LE((plan.prices[0] - coarse.prices[0]).cwiseAbs().maxCoeff(), 1e-3);
  }
}

}  // namespace
}  // namespace evenkeel
