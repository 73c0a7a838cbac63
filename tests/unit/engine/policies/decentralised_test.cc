#include "engine/policies/decentralised.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/policies/constant_price.h"
#include "engine/policies/nearest.h"
#include "models/base/error.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

// Two regions and one gateway with demand 12; capacities 10 and 30, prices 1 and 3.
Trace FullRegionTrace() {
  Trace trace = PlainTrace(2, 1, 1);
  trace.signals.demand << 12.0;
  trace.signals.capacity << 10.0, 30.0;
  trace.signals.price << 1.0, 3.0;
  return trace;
}

/// Three slots in which prices swap: (1, 1 + 2 log 3), the other way round, as the first; demand 4, then 8, then 4.
Trace SwapTrace() {
  Trace trace = PlainTrace(2, 1, 3);
  const double dear = 1.0 + 2.0 * std::log(3.0);
  trace.signals.demand << 4.0, 8.0, 4.0;
  trace.signals.capacity << 10.0, 30.0, 10.0, 30.0, 10.0, 30.0;
  trace.signals.price << 1.0, dear, dear, 1.0, 1.0, dear;
  return trace;
}

std::unique_ptr<Policy> Cost(const Problem& problem) {
  ConstantPriceOptions options;
  options.prices = ZeroPrices(problem);
  return MakeConstantPrice(problem, options);
}

Problem CostProblem(const Trace& trace) { return ProblemOf(trace, CarbonObjective(1e-9, kInfinity)); }

Played PlayWith(const Trace& trace, const DecentralisedOptions& options) {
  const Problem problem = CostProblem(trace);
  return Play(problem, *MakeSlotSource(trace), *MakeDecentralised(problem, Cost(problem), options));
}

// nu = (2, 0) makes both regions cost 3: at temperature 0 all 12 go to the first, which refuses 2 of them, 20 % of its
// capacity. The second takes those.
TEST(DecentralisedTest, RefusedWorkGoesWhereThereIsRoom) {
  DecentralisedOptions options;
  options.temperature = 0.0;
  const Played played = PlayWith(FullRegionTrace(), options);
  EXPECT_TRUE(played.decisions[0].flow.isApprox(Eigen::Vector2d(10.0, 2.0), 1e-12));
  ASSERT_TRUE(played.report.overshoot.has_value());
  EXPECT_NEAR(played.report.overshoot->share, 2.0 / 12.0, 1e-12);
  EXPECT_NEAR(played.report.overshoot->worst_region, 0.2, 1e-12);
  EXPECT_EQ(played.report.overshoot->slots, 1);
  EXPECT_EQ(played.report.overshoot->central_slots, 0);
}

// At any temperature above, present prices are such that nothing is refused.
TEST(DecentralisedTest, PresentPricesFillRegionsExactly) {
  for (const double temperature : {1e-3, 0.1, 1.0}) {
    DecentralisedOptions options;
    options.temperature = temperature;
    const Played played = PlayWith(FullRegionTrace(), options);
    EXPECT_EQ(played.report.overshoot->share, 0.0) << temperature;
    EXPECT_EQ(played.report.unconverged_slots, 0) << temperature;
    if (temperature <= 0.1) {
      EXPECT_NEAR(played.decisions[0].flow[0], 10.0, 1e-6) << temperature;
    }
  }
}

// tau = 2: shares 10 : 30/3, so half and half, where the first region is the cheap one; 10/3 : 30, so a tenth, where it
// is the dear one.
TEST(DecentralisedTest, MessagesAreLate) {
  const auto first_region = [](const DecentralisedOptions& options) {
    const Played played = PlayWith(SwapTrace(), options);
    return Eigen::Vector3d(played.decisions[0].flow[0], played.decisions[1].flow[0], played.decisions[2].flow[0]);
  };
  DecentralisedOptions options;
  options.temperature = 2.0;
  EXPECT_TRUE(first_region(options).isApprox(Eigen::Vector3d(2.0, 0.8, 2.0), 1e-12));
  options.delay = 1;  // sent costs: those of the slot before
  EXPECT_TRUE(first_region(options).isApprox(Eigen::Vector3d(2.0, 4.0, 0.4), 1e-12));
  options.message = Message::kPrices;  // signals are fresh; nothing is full, so that nu is 0
  EXPECT_TRUE(first_region(options).isApprox(Eigen::Vector3d(2.0, 0.8, 2.0), 1e-12));
  options.message = Message::kWeights;  // all of it where it was cheapest in the slot before
  EXPECT_TRUE(first_region(options).isApprox(Eigen::Vector3d(4.0, 8.0, 0.0), 1e-12));
  options.message = Message::kCosts;
  options.delay = 0;
  options.every = 2;
  EXPECT_TRUE(first_region(options).isApprox(Eigen::Vector3d(2.0, 4.0, 2.0), 1e-12));
  options.delay = 1;  // the message of slot 2 comes after the period
  EXPECT_TRUE(first_region(options).isApprox(Eigen::Vector3d(2.0, 4.0, 2.0), 1e-12));
  options.delay = 5;  // until one arrives they have that of the first slot
  EXPECT_TRUE(first_region(options).isApprox(Eigen::Vector3d(2.0, 4.0, 2.0), 1e-12));
}

// With a quarter left free, 7.5 of 12 may go to the first region, and demand may grow by a third.
TEST(DecentralisedTest, HeadroomIsForDemandThatGrows) {
  Trace trace = PlainTrace(2, 1, 2);
  trace.signals.demand << 12.0, 16.0;
  trace.signals.capacity << 10.0, 30.0, 10.0, 30.0;
  trace.signals.price << 1.0, 300.0, 1.0, 300.0;
  DecentralisedOptions options;
  options.delay = 1;
  EXPECT_NEAR(PlayWith(trace, options).report.overshoot->worst_region, 1.0 / 3.0, 1e-6);
  options.headroom = 0.25;
  const Played played = PlayWith(trace, options);
  EXPECT_NEAR(played.decisions[0].flow[0], 7.5, 1e-6);
  EXPECT_NEAR(played.decisions[1].flow[0], 10.0, 1e-6);
  EXPECT_NEAR(played.report.overshoot->worst_region, 0.0, 1e-6);
}

// g0 reaches r0 alone, g1 both; r0 has room for 5, which both want. It takes half of each offer, and g0 has nowhere to
// go with the rest: the coordinator's own decision sends all of g1's to r1.
TEST(DecentralisedTest, TheCoordinatorDecidesWhereRetriesAreStuck) {
  Trace trace = PlainTrace(2, 2, 1);
  trace.header.network.reachable(0, 1) = 0;
  trace.signals.demand << 5.0, 5.0;
  trace.signals.capacity << 5.0, 30.0;
  trace.signals.price << 1.0, 3.0;
  DecentralisedOptions options;
  options.temperature = 0.0;
  const Played played = PlayWith(trace, options);
  EXPECT_TRUE(played.decisions[0].flow.isApprox(Eigen::Vector3d(5.0, 0.0, 5.0), 1e-12));
  EXPECT_EQ(played.report.overshoot->central_slots, 1);
  EXPECT_NEAR(played.report.overshoot->share, 0.5, 1e-12);
}

TEST(DecentralisedTest, PricesHaveToBeStated) {
  const Trace trace = FullRegionTrace();
  const Problem problem = CostProblem(trace);
  DecentralisedOptions options;
  EXPECT_THROW(Play(problem, *MakeSlotSource(trace), *MakeDecentralised(problem, MakeNearest(problem), options)),
               InputError);
  options.message = Message::kWeights;
  EXPECT_NO_THROW(Play(problem, *MakeSlotSource(trace), *MakeDecentralised(problem, MakeNearest(problem), options)));
}

}  // namespace
}  // namespace evenkeel
