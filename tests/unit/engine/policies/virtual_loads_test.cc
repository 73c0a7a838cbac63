#include "engine/policies/virtual_loads.h"

#include <gtest/gtest.h>

#include "engine/planner/offline.h"
#include "engine/policies/greedy.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

Slot At(int t) {
  Slot slot;
  slot.index = t;
  return slot;
}

TEST(VirtualLoadsTest, FadeToNothing) {
  const VirtualLoads loads = FadingLoads({Eigen::Vector2d(4.0, 8.0)}, 4);
  Loads load = {Vector::Zero(2)};
  const double expected[] = {3.0, 2.0, 1.0, 0.0};
  for (int t = 0; t < 4; ++t) {
    loads(At(t), &load);
    EXPECT_EQ(load[0], Vector(Eigen::Vector2d(expected[t], 2.0 * expected[t])));
  }
}

TEST(VirtualLoadsTest, LoadsBehindPricesHaveThemAsGradient) {
  const Loads load = {Eigen::Vector3d(5.0, 10.0, 7.0), Eigen::Vector3d(1.0, 2.0, 3.0)};
  const Prices prices = {Eigen::Vector3d(3.0, 1.0, 0.0), Vector::Zero(3)};
  const Loads behind = LoadsBehindPrices(load, prices, 4.0);
  Vector gradient(3);
  NormGradient(behind[0], 4.0, gradient);
  EXPECT_NEAR(gradient[1] / gradient[0], 1.0 / 3.0, 1e-12);
  EXPECT_NEAR(gradient[2] / gradient[0], 0.01, 1e-12) << "the least";
  EXPECT_DOUBLE_EQ(behind[0][0], 10.0);
  EXPECT_EQ(behind[1], load[1]) << "no prices, the loads as they are";
}

Played PlayWith(const Problem& problem, const Trace& trace, double q, VirtualLoads loads) {
  NormGreedyOptions options;
  options.q = q;
  options.virtual_loads = std::move(loads);
  return Play(problem, *MakeSlotSource(trace), *MakeNormGreedy(problem, options));
}

/// r0 is virtually full: what is free to go anywhere goes to r1.
TEST(VirtualLoadsTest, KeepWorkAwayFromWhatTheyFill) {
  Trace trace = PlainTrace(2, 1, 2);
  trace.signals.carbon_intensity.setOnes();
  const Problem problem = ProblemOf(trace, CarbonObjective(3.0, kInfinity));
  const Played plain = PlayWith(problem, trace, 8.0, {});
  EXPECT_NEAR(plain.decisions[0].flow[0], 0.5, 1e-6);
  EXPECT_FALSE(plain.report.virtual_loads.has_value());
  const Played primed = PlayWith(problem, trace, 8.0, FadingLoads({Eigen::Vector2d(10.0, 0.0)}, 2));
  EXPECT_NEAR(primed.decisions[0].flow[1], 1.0, 1e-6);
  EXPECT_NEAR(primed.report.virtual_loads->start, 3.0 * 5.0, 1e-12);
  EXPECT_EQ(primed.report.virtual_loads->rises, 0.0);
}

/// Theorem 3v on random instances of any norms, V from anywhere: fading, falling at random and rising.
TEST(VirtualLoadsTest, TheBoundHoldsForAnyV) {
  double most_used = 0.0, rises = 0.0;
  for (int seed = 1; seed <= Scaled(200) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    InstanceOptions shape;
    shape.norms = {1.0, 2.0, kInfinity};
    const Instance instance = MakeRandomInstance(static_cast<std::uint64_t>(seed), shape);
    const Problem& problem = instance.problem;
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const OfflineOptimum optimum = SolveOffline(problem, *MakeSlotSource(instance.trace), OfflineOptions());
    const double q = seed % 2 == 0 ? 8.0 : 2.0;
    const double size = std::pow(10.0, Draw(&random, -2.0, 1.5));
    const auto draw = [&](double low) {
      Loads load = ZeroLoads(problem);
      for (int k = 0; k < problem.num_groups(); ++k) {
        const double largest = std::max(1e-6, optimum.ledger.load[k].maxCoeff());
        for (double& entry : load[k]) entry = largest * size * Draw(&random, low, 1.0);
      }
      return load;
    };
    const VirtualLoads falling = [&](const Slot& slot, Loads* load) {
      if (slot.index == 0) *load = draw(0.0);
      for (Vector& entries : *load) entries = entries.unaryExpr([&](double v) { return v * Draw(&random, 0.0, 1.0); });
    };
    const VirtualLoads rising = [&](const Slot&, Loads* load) { *load = draw(0.0); };
    double factor = 1.0, spread = 1.0;
    for (const Group& group : problem.groups) {
      const double buckets = group.num_buckets();
      factor = std::max(factor, std::pow(buckets, 1.0 / group.norm - 1.0 / q));
      spread = std::max(spread, std::pow(buckets, 1.0 - 1.0 / group.norm));
    }
    const VirtualLoads kinds[] = {FadingLoads(draw(0.0), problem.num_slots), falling, rising};
    for (const VirtualLoads& loads : kinds) {
      const Played played = PlayWith(problem, instance.trace, q, loads);
      const VirtualLoadsReport& report = *played.report.virtual_loads;
      if (&loads != &kinds[2]) {
        EXPECT_EQ(report.rises, 0.0);
      }
      rises += report.rises;
      const double value = ShiftedObjectiveValue(problem, played.ledger);
      const double bound = factor * (spread * (optimum.objective + played.ledger.shift) + report.start + report.rises);
      EXPECT_LE(value, bound * (1.0 + 1e-6));
      most_used = std::max(most_used, value / bound);
    }
  }
  EXPECT_GT(rises, 0.0);
  EXPECT_GT(most_used, 0.5) << "the bound means something";
}

/// Both terms at once, as docs/theory.md has it: J tends to N OPT + ||V_1|| as q grows. The first slot may load r1,
/// beside a virtually full r0, or pay next to nothing; the others are theorem 3's example, in the other group.
TEST(VirtualLoadsTest, TheBoundIsTight) {
  constexpr int kRegions = 5;
  constexpr double kFull = 5.0, kQ = 64.0, kDelta = 1e-3;
  Objective objective = PublishedObjective();
  for (EquityGroup& group : objective.groups) group.weight = 1.0;
  objective.shed_cost = 1.0 - kDelta;
  Trace trace = PlainTrace(kRegions, 1, kRegions + 1);
  Signals& signals = trace.signals;
  signals.capacity.setZero();
  signals.capacity(0, 0) = signals.capacity(0, 1) = 1.0;
  signals.price(0, 0) = kFull / kQ;
  signals.carbon_intensity(0, 1) = kFull;
  for (int i = 0; i < kRegions; ++i) {
    signals.capacity(i + 1, i) = 1.0;
    signals.water_intensity(i + 1, i) = 1.0;
  }
  const Problem problem = ProblemOf(trace, objective);
  Vector full = Vector::Zero(kRegions);
  full[0] = kFull;
  const VirtualLoads loads = [&](const Slot& slot, Loads* load) {
    (*load)[0] = slot.index == 0 ? full : Vector::Zero(kRegions).eval();
  };
  const Played played = PlayWith(problem, trace, kQ, loads);
  EXPECT_NEAR(played.report.virtual_loads->start, kFull, 1e-12);
  const double optimum = SolveOffline(problem, *MakeSlotSource(trace), OfflineOptions()).objective;
  const double bound = kRegions * optimum + kFull;
  EXPECT_LE(ObjectiveValue(problem, played.ledger), bound);
  EXPECT_GT(ObjectiveValue(problem, played.ledger), 0.9 * bound);
}

}  // namespace
}  // namespace evenkeel
