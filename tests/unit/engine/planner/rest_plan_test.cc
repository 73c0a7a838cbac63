#include "engine/planner/rest_plan.h"

#include <gtest/gtest.h>

#include "engine/planner/servable.h"
#include "models/base/error.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

// Two regions, one gateway with demand 1 a slot; serving costs 0 in a and 1 in b, and emits 1 in either. With weight 10
// on the larger load L0 + x:
//   L0 = (5, 0): a is ahead whatever happens in two slots: prices (10, 0).
//   L0 = (1, 0), one slot: b, so that both end at 1: any prices with a - b >= 1 that add up to 10.
struct TwoRegions {
  explicit TwoRegions(int slots) : trace(PlainTrace(2, 1, slots)) {
    trace.signals.price.col(1).setOnes();
    trace.signals.carbon_intensity.setOnes();
    problem = ProblemOf(trace, CarbonObjective(10.0, kInfinity));
  }
  RestPlan Plan(double a, double b) { return PlanRest(problem, *MakeSlotSource(trace), {Eigen::Vector2d(a, b)}, 1e-8); }
  Trace trace;
  Problem problem;
};

TEST(RestPlan, StartsFromTheLoadsSoFar) {
  const RestPlan plan = TwoRegions(2).Plan(5.0, 0.0);
  EXPECT_TRUE(plan.converged);
  EXPECT_NEAR(plan.prices[0][0], 10.0, 1e-4);
  EXPECT_NEAR(plan.prices[0][1], 0.0, 1e-4);
}

TEST(RestPlan, BalancesWhatCanBeBalanced) {
  const RestPlan plan = TwoRegions(1).Plan(1.0, 0.0);
  EXPECT_TRUE(plan.converged);
  EXPECT_NEAR(plan.prices[0].sum(), 10.0, 1e-4);
  EXPECT_GE(plan.prices[0][0] - plan.prices[0][1], 1.0 - 1e-4);
}

TEST(RestPlan, ADemandThatCannotBeServedIsAnError) {
  TwoRegions two(2);
  two.trace.signals.demand(1, 0) = 5000.0;
  EXPECT_THROW(two.Plan(0.0, 0.0), InputError);
}

// Both regions have 1,000 each: of a demand of 2,001 or more in the second slot at least 1 is beyond them,
// and a decision that spreads it over the gateway and both regions breaks each by a third. An accuracy of 1e-4 of 2,001
// allows 0.2 each, 0.6 in all; one of 2e-4 allows 1.2.
TEST(CheckTotalCapacity, FindsWhatNoDecisionOfTheAccuracyServes) {
  TwoRegions two(2);
  two.trace.signals.capacity.setConstant(1000.0);
  two.trace.signals.demand(1, 0) = 2001.0;
  const std::unique_ptr<SlotSource> slots = MakeSlotSource(two.trace);
  EXPECT_THROW(CheckTotalCapacity(two.problem, *slots, 1e-4), InputError);
  EXPECT_NO_THROW(CheckTotalCapacity(two.problem, *slots, 2e-4));
  two.problem.shed_cost = 1.0;
  EXPECT_NO_THROW(CheckTotalCapacity(two.problem, *slots, 1e-4));
}

}  // namespace
}  // namespace evenkeel
