// Theorems 9 and 10: greedy experts with release rules against the optimum; what no rule can do.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/laws.h"
#include "engine/planner/offline.h"
#include "engine/policies/greedy.h"
#include "engine/policies/release.h"
#include "tests/reference/play.h"
#include "tests/reference/waiting_instances.h"

namespace evenkeel {
namespace {

/// Norms inf, no negative prices, capacity that never binds, nothing that arrives too late to wait its full time.
Instance DrawInstance(std::uint64_t seed) {
  WaitingOptions options;
  options.instance.negative_prices = options.instance.outages = false;
  options.instance.max_slots = 16;
  options.instance.performance_group = false;
  options.max_deadline = 4;
  Instance instance = MakeWaitingInstance(seed, options);
  Signals& signals = instance.trace.signals;
  signals.capacity.setConstant(1e4);
  const Network& network = instance.trace.header.network;
  for (int k = 0; k < network.num_classes(); ++k) {
    const int late = std::min(network.classes[k].deadline, signals.num_slots());
    signals.demand.col(network.num_firm() + k).tail(late).setZero();
  }
  RemakeProblem(&instance);
  return instance;
}

/// All slots' coefficients.
std::vector<Coefficients> CoefficientsOf(const Instance& instance) {
  const auto slots = MakeSlotSource(instance.trace);
  std::vector<Coefficients> all(slots->num_slots());
  Slot slot;
  for (int t = 0; t < slots->num_slots(); ++t) {
    slots->Read(t, &slot);
    EstimateCoefficients(instance.problem, slot, &all[t]);
  }
  return all;
}

/// Largest ratio of two values of a class's arc at most its deadline apart.
double LargestRatio(const Instance& instance) {
  const Problem& problem = instance.problem;
  const std::vector<Coefficients> all = CoefficientsOf(instance);
  const int slots = static_cast<int>(all.size());
  double theta = 1.0;
  const auto compare = [&](double a, double b) {
    if (a != b) theta = std::max(theta, std::max(a, b) / std::min(a, b));
  };
  for (int a = problem.first_class_arc(); a < problem.num_arcs(); ++a) {
    const int deadline = problem.network.classes[problem.arcs.arcs[a].gateway - problem.network.num_firm()].deadline;
    for (int s = 0; s < slots; ++s) {
      for (int t = s + 1; t <= std::min(slots - 1, s + deadline); ++t) {
        compare(all[s].cost[a], all[t].cost[a]);
        for (int g = 0; g < problem.num_groups(); ++g) compare(all[s].load[g][a], all[t].load[g][a]);
      }
    }
  }
  return theta;
}

/// l and u over all classes and slots: the cheapest unit at full weight.
std::pair<double, double> RangeOfPrices(const Instance& instance) {
  const Problem& problem = instance.problem;
  double low = kInfinity, high = 0.0;
  for (const Coefficients& at : CoefficientsOf(instance)) {
    for (int k = 0; k < problem.num_classes(); ++k) {
      const int gateway = problem.network.num_firm() + k;
      double cheapest = kInfinity;
      for (int a = problem.arcs.first_of_gateway[gateway]; a < problem.arcs.first_of_gateway[gateway + 1]; ++a) {
        double price = at.cost[a];
        for (int g = 0; g < problem.num_groups(); ++g) price += problem.groups[g].weight * at.load[g][a];
        cheapest = std::min(cheapest, price);
      }
      low = std::min(low, cheapest);
      high = std::max(high, cheapest);
    }
  }
  return {low, high};
}

double Play(const Instance& instance, bool power, const ReleaseOptions& release) {
  const Problem& problem = instance.problem;
  std::unique_ptr<Policy> greedy = power ? MakePowerGreedy(problem, {}) : MakeNormGreedy(problem, {});
  const std::unique_ptr<Policy> policy = MakeReleasing(problem, std::move(greedy), release);
  return ShiftedObjectiveValue(problem, PlayPolicy(problem, *MakeSlotSource(instance.trace), *policy).ledger);
}

ReleaseOptions Spread(double last) {
  ReleaseOptions options;
  options.rule = ReleaseRule::kSpread;
  options.last = last;
  return options;
}

TEST(Theorem9, BoundsEveryRuleByTheRangeWithinWindows) {
  double tightest = 0.0;
  for (int seed = 1; seed <= Scaled(300) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Instance instance = DrawInstance(static_cast<std::uint64_t>(seed));
    const double theta = LargestRatio(instance),
                 optimum = SolveOffline(instance.problem, *MakeSlotSource(instance.trace), {}).objective;
    const int regions = instance.problem.network.num_regions();
    for (const ReleaseOptions& release : {ReleaseOptions{}, Spread(1.0), Spread(0.5), Spread(0.0)}) {
      for (bool power : {false, true}) {
        const double bound = power ? PowerGreedyBound(instance.problem.num_groups(), regions, 4.0, 1.0) : regions;
        const double value = Play(instance, power, release);
        EXPECT_LE(value, theta * bound * optimum * (1.0 + 1e-6));
        if (optimum > 0.0) tightest = std::max(tightest, value / (theta * optimum));
      }
    }
  }
  EXPECT_GT(tightest, 0.5);
}

TEST(Theorem10, BoundsTheThresholdByAlpha) {
  double without = 0.0;
  for (int seed = 1; seed <= Scaled(300) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Instance instance = DrawInstance(static_cast<std::uint64_t>(seed));
    const auto [low, high] = RangeOfPrices(instance);
    if (!(low > 0.0 && high > low)) continue;
    ReleaseOptions release;
    release.rule = ReleaseRule::kThreshold;
    release.low = low;
    release.high = high;
    const double alpha = ThresholdRatio(high / low);
    const double optimum = SolveOffline(instance.problem, *MakeSlotSource(instance.trace), {}).objective;
    const double value = Play(instance, false, release);
    EXPECT_LE(value, alpha * instance.problem.network.num_regions() * optimum * (1.0 + 1e-6));
    without = std::max(without, value / optimum);
  }
  EXPECT_GT(without, 1.0);
}

/// One region, a unit with D = 1: prices `first`, then `second`. What the rule pays.
double Pay(const ReleaseOptions& release, double first, double second) {
  Trace trace = PlainTrace(1, 1, 2);
  trace.signals.price << first, second;
  Instance instance{trace, Objective{}, {}};
  TakeClassFrom(0, 1.0, 1, &instance);
  instance.trace.header.network.work_energy.setOnes();
  instance.trace.signals.demand.col(0).setZero();
  instance.trace.signals.demand.col(1) << 1.0, 0.0;
  RemakeProblem(&instance);
  return Play(instance, false, release);
}

/// Whoever serves z > 0 of it at price 1 pays z where the optimum pays nothing, and who does not pays M where it pays
/// 1. With prices in [1, theta]: sqrt(theta) first.
TEST(WaitingIsHard, NoRuleIsBelowWhatIsImpossible) {
  ReleaseOptions threshold;
  threshold.rule = ReleaseRule::kThreshold;
  threshold.low = 1.0;
  threshold.high = 100.0;
  for (const ReleaseOptions& release : {ReleaseOptions{}, Spread(1.0), Spread(0.0), threshold}) {
    constexpr double kM = 1e6;
    const bool serves_at_once = Pay(release, 1.0, 0.0) > 0.0;
    if (!serves_at_once) {
      EXPECT_GE(Pay(release, 1.0, kM), kM);
    }
    constexpr double kTheta = 100.0, kFirst = 10.0;
    const double worst = std::max(Pay(release, kFirst, 1.0) / 1.0, Pay(release, kFirst, kTheta) / kFirst);
    EXPECT_GE(worst, 0.5 * (1.0 + kFirst) * (1.0 - 1e-9));
  }
  EXPECT_NEAR(std::max(Pay(Spread(1.0), 10.0, 1.0), Pay(Spread(1.0), 10.0, 100.0) / 10.0), 5.5, 1e-9)
      << "half at once is the best there is";
}

}  // namespace
}  // namespace evenkeel
