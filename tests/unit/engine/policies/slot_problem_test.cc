#include "engine/policies/slot_problem.h"

#include <gtest/gtest.h>

#include "tests/reference/hand_case.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// Cost outside of any norm with `linear`, or inside one norm with everything else for linear = 0.
StackedObjective DrawObjective(int buckets, double linear, double q, std::mt19937_64* random) {
  StackedObjective objective;
  objective.linear = linear;
  objective.scale.resize(1 + buckets);
  for (double& scale : objective.scale) scale = Draw(random, 0.2, 5.0);
  if (linear > 0.0) {
    objective.terms = {{1, buckets, Draw(random, 0.5, 20.0), q}};
  } else {
    objective.terms = {{0, 1 + buckets, 1.0, q}};
  }
  return objective;
}

// 2 * 5 + 3 ||(1 * 3, 2 * 2)||_2 = 10 + 15; gradient 2 for the cost, 3 * scale * (3, 4) / 5 for the loads.
TEST(SlotProblemTest, ValueAndGradientByHand) {
  StackedObjective objective;
  objective.linear = 2.0;
  objective.scale = Eigen::Vector3d(1.0, 1.0, 2.0);
  objective.terms = {{1, 2, 3.0, 2.0}};
  const Eigen::Vector3d z(5.0, 3.0, 2.0);
  EXPECT_DOUBLE_EQ(StackedValue(objective, z), 25.0);
  Vector gradient;
  StackedGradient(objective, z, &gradient);
  EXPECT_TRUE(gradient.isApprox(Eigen::Vector3d(2.0, 1.8, 4.8), 1e-14)) << gradient.transpose();
}

TEST(SlotProblemTest, GradientMatchesFiniteDifferences) {
  for (int seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const int buckets = DrawInt(&random, 1, 6);
    const double q = std::vector<double>{1.0, 1.2, 2.0, 4.0, 8.0, 64.0}[DrawInt(&random, 0, 5)];
    const StackedObjective objective = DrawObjective(buckets, DrawInt(&random, 0, 1), q, &random);
    Vector z(1 + buckets), gradient;
    for (double& entry : z) entry = Draw(&random, 1.0, 3.0);
    StackedGradient(objective, z, &gradient);
    for (int b = 0; b <= buckets; ++b) {
      const double step = 1e-5;
      Vector above = z, below = z;
      above[b] += step;
      below[b] -= step;
      const double slope = (StackedValue(objective, above) - StackedValue(objective, below)) / (2.0 * step);
      EXPECT_NEAR(gradient[b], slope, 1e-5 * (1.0 + std::abs(slope))) << "entry " << b << ", q " << q;
    }
  }
}

/// Two regions with room for everyone, one gateway, costs and loads at random, after a random past.
struct TwoRegionSlot {
  explicit TwoRegionSlot(int seed) : random(seed), trace(PlainTrace(2, 1, 1)) {
    for (int i = 0; i < 2; ++i) {
      trace.signals.price(0, i) = Draw(&random, 0.0, 10.0);
      trace.signals.carbon_intensity(0, i) = DrawInt(&random, 0, 5) == 0 ? 0.0 : Draw(&random, 0.1, 3.0);
    }
    trace.signals.demand(0, 0) = Draw(&random, 0.5, 3.0);
    problem = ProblemOf(trace, CarbonObjective(1.0, kInfinity));
    MakeSlotSource(trace)->Read(0, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    base = Eigen::Vector3d(Draw(&random, 0.0, 20.0), Draw(&random, 0.0, 5.0), Draw(&random, 0.0, 5.0));
  }
  double ValueAt(const StackedObjective& objective, double on_r0) const {
    const Eigen::Vector2d flow(on_r0, slot.demand[0] - on_r0);
    return StackedValue(objective,
                        base + Eigen::Vector3d(coefficients.cost.dot(flow), coefficients.load[0][0] * flow[0],
                                               coefficients.load[0][1] * flow[1]));
  }
  /// Least value on a grid of 2,000 points, sharpened by ternary search around the best.
  double BruteForce(const StackedObjective& objective) const {
    const double step = slot.demand[0] / 2000.0;
    int best = 0;
    for (int k = 1; k <= 2000; ++k) {
      if (ValueAt(objective, k * step) < ValueAt(objective, best * step)) best = k;
    }
    double low = std::max(0.0, (best - 1) * step), high = std::min(slot.demand[0], (best + 1) * step);
    for (int round = 0; round < 60; ++round) {
      const double left = low + (high - low) / 3.0, right = high - (high - low) / 3.0;
      (ValueAt(objective, left) < ValueAt(objective, right) ? high : low) =
          ValueAt(objective, left) < ValueAt(objective, right) ? right : left;
    }
    return ValueAt(objective, 0.5 * (low + high));
  }

  std::mt19937_64 random;
  Trace trace;
  Problem problem;
  Slot slot;
  Coefficients coefficients;
  Vector base;
};

TEST(SlotProblemTest, CertifiedGapBoundsTheDistanceToBruteForce) {
  double worst = 0.0, loosest = 0.0;
  int unsolved = 0, solved = 0;
  for (int seed = 1; seed <= Scaled(300); ++seed) {
    TwoRegionSlot two(seed);
    for (double q : {1.0, 1.5, 2.0, 4.0, 16.0}) {
      for (double tolerance : {1e-1, 1e-3, 1e-9}) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << ", q " << q << ", tolerance " << tolerance);
        const StackedObjective objective = DrawObjective(2, DrawInt(&two.random, 0, 1), q, &two.random);
        SlotSolver solver(two.problem, objective, tolerance);
        Allocation allocation = MakeAllocation(two.problem);
        const SlotSolution solution = solver.Solve(two.slot, two.coefficients, two.base, &allocation);
        const double value = two.ValueAt(objective, allocation.flow[0]), optimum = two.BruteForce(objective);
        EXPECT_NEAR(allocation.flow.sum(), two.slot.demand[0], 1e-12);
        EXPECT_LE(value - optimum, solution.gap * value + 1e-12 * value)
            << "value " << value << ", optimum " << optimum;
        EXPECT_EQ(solution.converged, solution.gap <= tolerance);
        (solution.converged ? solved : unsolved) += 1;
        if (tolerance == 1e-9 && solution.converged) worst = std::max(worst, (value - optimum) / value);
        loosest = std::max(loosest, solution.gap);
      }
    }
  }
  EXPECT_EQ(unsolved, 0) << "of " << solved + unsolved << " slots, largest certified gap " << loosest;
  RecordProperty("worst_distance_at_1e-9", testing::PrintToString(worst));
}

}  // namespace
}  // namespace evenkeel
