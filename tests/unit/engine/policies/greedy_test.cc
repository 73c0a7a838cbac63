#include "engine/policies/greedy.h"

#include <gtest/gtest.h>

#include "engine/policies/constant_price.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// One gateway with one unit in every slot, r0 at `price0` and r1 at `price1`, one group with h = 1 and weight 1.
struct TwoRegions {
  explicit TwoRegions(double price0, double price1, int slots = 1) : trace(PlainTrace(2, 1, slots)) {
    trace.signals.carbon_intensity.setOnes();
    trace.signals.price.col(0).setConstant(price0);
    trace.signals.price.col(1).setConstant(price1);
    problem = ProblemOf(trace, CarbonObjective(1.0, kInfinity));
  }
  Played PlayNorm(double q) const {
    NormGreedyOptions options;
    options.q = q;
    options.tolerance = 1e-13;
    return Play(problem, *MakeSlotSource(trace), *MakeNormGreedy(problem, options));
  }
  Played PlayPower(double q, double beta) const {
    PowerGreedyOptions options;
    options.q = q;
    options.beta = beta;
    options.tolerance = 1e-13;
    return Play(problem, *MakeSlotSource(trace), *MakePowerGreedy(problem, options));
  }

  Trace trace;
  Problem problem;
};

// y on r1 costs y/2 and leaves the load (1 - y, y). With u = 1/2 - y the norm is s = sqrt(1/2 + 2 u^2), ds/du = 2 u / s
// = 1/2, s = 4 u, u = 1 / sqrt(28).
TEST(NormGreedyTest, OneSlotByHand) {
  const Played played = TwoRegions(0.0, 0.5).PlayNorm(2.0);
  EXPECT_NEAR(played.decisions[0].flow[0], 0.5 + 1.0 / std::sqrt(28.0), 1e-6);
  EXPECT_LE(played.report.worst_slot_gap, 1e-12);
  EXPECT_EQ(played.report.unconverged_slots, 0);
}

// Where r1 costs 1 or more, moving never pays: the norm of (1, 0) falls by 1 per unit at most.
TEST(NormGreedyTest, PaysNoMoreThanTheNormSaves) {
  EXPECT_NEAR(TwoRegions(0.0, 1.5).PlayNorm(8.0).decisions[0].flow[0], 1.0, 1e-9);
  EXPECT_NEAR(TwoRegions(0.0, 0.0).PlayNorm(8.0).decisions[0].flow[0], 0.5, 1e-6) << "free: even loads";
}

// The second slot starts from the loads of the first: with r0 loaded, a free choice between the regions evens the sums
// out. A loop by hand that loads r0 with 1 in slot 0 (r1 shut) leaves 1 for r1 in slot 1.
TEST(NormGreedyTest, EvensOutWhatHasAccumulated) {
  TwoRegions two(0.0, 0.0, 2);
  two.trace.signals.capacity(0, 1) = 0.0;
  EXPECT_NEAR(two.PlayNorm(4.0).decisions[1].flow[1], 1.0, 1e-5);
}

// A region without footprint that costs 1 per unit, against a free one at weight 10: paying is right, nothing is
// loaded, and a solver that sees the norm's kink at zero knows it.
TEST(NormGreedyTest, KnowsTheOptimumWhereNothingIsLoaded) {
  for (double q : {1.0, 2.0, 8.0}) {
    SCOPED_TRACE(q);
    TwoRegions two(1.0, 0.0);
    two.trace.signals.carbon_intensity << 0.0, 1.0;
    two.problem.groups[0].weight = 10.0;
    const Played played = two.PlayNorm(q);
    EXPECT_EQ(played.decisions[0].flow, Eigen::Vector2d(1.0, 0.0));
    EXPECT_EQ(played.report.unconverged_slots, 0) << "certified gap " << played.report.worst_slot_gap;
  }
}

/// One unit over three regions, from nothing.
struct ThreeRegions {
  ThreeRegions(const Eigen::Vector3d& price, const Eigen::Vector3d& carbon, const Eigen::Vector3d& water,
               double carbon_weight, double water_weight)
      : trace(PlainTrace(3, 1, 1)) {
    trace.signals.price = price.transpose();
    trace.signals.carbon_intensity = carbon.transpose();
    trace.signals.water_intensity = water.transpose();
    Objective objective = PublishedObjective();
    objective.groups[0].weight = carbon_weight;
    objective.groups[1].weight = water_weight;
    problem = ProblemOf(trace, objective);
  }
  Trace trace;
  Problem problem;
};

// r1 costs 4 and loads nothing; r0 costs 2 + 3 + 3, r2 costs 3 + 2. A split x over r0, y over r2 costs 4 - 2 x - y +
// ||(3 x, 2 y)|| + 3 x, never less than 4, since ||(3 x, 2 y)||_8 >= 2 y.
TEST(NormGreedyTest, FindsTheRegionThatLoadsNothing) {
  const ThreeRegions three({2, 4, 3}, {3, 0, 2}, {1, 0, 0}, 1.0, 3.0);
  const Played played = Play(three.problem, *MakeSlotSource(three.trace), *MakeNormGreedy(three.problem, {}));
  EXPECT_LE((played.decisions[0].flow - Eigen::Vector3d(0, 1, 0)).cwiseAbs().maxCoeff(), 1e-6)
      << played.decisions[0].flow.transpose();
}

// q = 1 makes the problem linear: the same costs and sums of loads as dispatch at the prices mu (ties may split
// otherwise).
TEST(NormGreedyTest, WithExponentOneIsL1Greedy) {
  for (int seed = 1; seed <= Scaled(200); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Instance instance = MakeRandomInstance(seed, {});
    const Problem& problem = instance.problem;
    NormGreedyOptions options;
    options.q = 1.0;
    const Played greedy = Play(problem, *MakeSlotSource(instance.trace), *MakeNormGreedy(problem, options));
    ConstantPriceOptions prices;
    prices.prices = L1Prices(problem);
    const Played l1 = Play(problem, *MakeSlotSource(instance.trace), *MakeConstantPrice(problem, prices));
    const auto value = [&](const Ledger& ledger) {
      double sum = ledger.cost();
      for (int k = 0; k < problem.num_groups(); ++k) sum += problem.groups[k].weight * ledger.load[k].sum();
      return sum;
    };
    EXPECT_NEAR(value(greedy.ledger), value(l1.ledger), 1e-7 * (1.0 + std::abs(value(l1.ledger)) + l1.ledger.shift));
  }
}

// V = (beta y, 1 - y, y), q = 2: beta^2 y^2 + (1 - y)^2 + y^2 is least at y = 1 / (2 + beta^2).
TEST(PowerGreedyTest, OneSlotByHand) {
  EXPECT_NEAR(TwoRegions(0.0, 1.0).PlayPower(2.0, 1.0).decisions[0].flow[1], 1.0 / 3.0, 1e-6);
  EXPECT_NEAR(TwoRegions(0.0, 1.0).PlayPower(2.0, 2.0).decisions[0].flow[1], 1.0 / 6.0, 1e-6);
  EXPECT_NEAR(TwoRegions(-1.0, 0.0).PlayPower(2.0, 1.0).decisions[0].flow[1], 1.0 / 3.0, 1e-6)
      << "shifted to the same case";
}

// Slot 1 starts from V = (1/3, 2/3, 1/3): (1/3 + z)^2 + (2/3 + 1 - z)^2 + (1/3 + z)^2 is least at z = 1/3 again.
TEST(PowerGreedyTest, TwoSlotsByHand) {
  for (double lower : {0.0, 1.0}) {  // the shift accumulates with the cost
    EXPECT_NEAR(TwoRegions(-lower, 1.0 - lower, 2).PlayPower(2.0, 1.0).decisions[1].flow[1], 1.0 / 3.0, 1e-6) << lower;
  }
}

// Loads 18 x and 9 (1 - x), cost 2 x: nearly balanced at x = 0.323, far better than either end (18 or 9).
TEST(PowerGreedyTest, BalancesWithLargeExponents) {
  TwoRegions two(2.0, 0.0);
  two.trace.signals.carbon_intensity << 2.0, 1.0;
  two.problem.groups[0].weight = 9.0;
  const Played played = two.PlayPower(16.0, 1.0);
  EXPECT_NEAR(played.decisions[0].flow[0], 0.32314, 1e-4);
  EXPECT_EQ(played.report.unconverged_slots, 0) << "certified gap " << played.report.worst_slot_gap;
}

// r1 costs nothing and loads nothing: the norm is 0 there.
TEST(PowerGreedyTest, TakesWhatIsFree) {
  const ThreeRegions three({1, 0, 3}, {3, 0, 2}, {1, 1, 1}, 2.0, 0.0);
  for (double q : {1.5, 2.0, 8.0}) {
    PowerGreedyOptions options;
    options.q = q;
    const Played played = Play(three.problem, *MakeSlotSource(three.trace), *MakePowerGreedy(three.problem, options));
    EXPECT_NEAR(played.decisions[0].flow[1], 1.0, 1e-6) << "q " << q;
  }
}

TEST(PowerGreedyTest, BoundsByHand) {
  EXPECT_DOUBLE_EQ(PowerGreedyBound(2, 10, 2.0, 1.0), 2.0 * std::sqrt(10.0) * std::sqrt(3.0));
  EXPECT_DOUBLE_EQ(PowerGreedyBound(1, 16, 4.0, 1.0), 4.0 * 2.0 * std::pow(2.0, 0.75));
  EXPECT_DOUBLE_EQ(PowerGreedyBound(2, 16, 2.0, 8.0), 2.0 * 8.0 * std::sqrt(2.0 + 1.0 / 64.0)) << "beta above N^(1/q)";
}

}  // namespace
}  // namespace evenkeel
