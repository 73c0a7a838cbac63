// Theorems 1 to 3 of docs/theory.md on random instances. Their adversaries are in theorem_adversaries_test.cc.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/certificate.h"
#include "engine/planner/offline.h"
#include "engine/policies/greedy.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// The theorems are about norms inf; LB(gamma) <= OPT is about all of them.
InstanceOptions InstancesWithNorms(std::vector<double> norms) {
  InstanceOptions options;
  options.norms = std::move(norms);
  return options;
}

Instance DrawInstance(int seed, const InstanceOptions& options) {
  Instance instance = MakeRandomInstance(static_cast<std::uint64_t>(seed), options);
  if (seed % 4 == 0) instance.problem.shed_cost = 50.0;
  return instance;
}

OfflineOptimum SolveChecked(const Problem& problem, SlotSource& slots) {
  OfflineOptimum optimum = SolveOffline(problem, slots, {});
  EXPECT_LE(optimum.objective - optimum.lower_bound, 1e-6 * (1.0 + optimum.objective + optimum.ledger.shift));
  return optimum;
}

/// Random prices of very different sizes, many of them zero, on the boundary of the dual set or inside of it.
Prices DrawPrices(const Problem& problem, std::mt19937_64* random) {
  Prices prices = ZeroPrices(problem);
  for (int k = 0; k < problem.num_groups(); ++k) {
    const double scale = problem.groups[k].weight * std::pow(10.0, Draw(random, -2.0, 1.0));
    for (double& price : prices[k]) price = DrawInt(random, 0, 2) == 0 ? 0.0 : Draw(random, 0.0, scale);
  }
  ScaleIntoDualSet(problem, &prices);
  return prices;
}

TEST(Theorem1, NoPricesInTheDualSetBoundAboveTheOptimum) {
  double tightest = 0.0;
  for (int seed = 1; seed <= Scaled(400); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Instance instance = DrawInstance(seed, InstancesWithNorms({1.0, 1.5, 2.0, 4.0, kInfinity}));
    const auto slots = MakeSlotSource(instance.trace);
    const OfflineOptimum optimum = SolveChecked(instance.problem, *slots);
    const double shift = optimum.ledger.shift, shifted = optimum.objective + shift;
    std::mt19937_64 random(seed);
    for (int draw = 0; draw < 5; ++draw) {
      const double bound = LowerBound(instance.problem, *slots, DrawPrices(instance.problem, &random)) + shift;
      EXPECT_LE(bound, shifted * (1.0 + 1e-9) + 1e-9);
      if (shifted > 0.0) tightest = std::max(tightest, bound / shifted);
    }
  }
  EXPECT_GT(tightest, 0.99) << "the prices are too poor to mean anything";
  RecordProperty("largest_bound_over_optimum", fmt::format("{:.9f}", tightest));
}

TEST(Theorem1, HoldsForEveryPrefixOfTheSlots) {
  for (int seed = 1; seed <= Scaled(60); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Instance instance = DrawInstance(seed, InstancesWithNorms({1.0, 2.0, kInfinity}));
    std::mt19937_64 random(seed);
    PrefixBound bound(instance.problem, DrawPrices(instance.problem, &random));
    const auto slots = MakeSlotSource(instance.trace);
    Slot slot;
    Coefficients coefficients;
    for (int t = 0; t < slots->num_slots(); ++t) {
      slots->Read(t, &slot);
      EstimateCoefficients(instance.problem, slot, &coefficients);
      bound.Add(slot, coefficients);
      const Trace prefix = FirstSlots(instance.trace, t + 1);
      const OfflineOptimum optimum = SolveChecked(instance.problem, *MakeSlotSource(prefix));
      const double scale = std::abs(optimum.objective) + optimum.ledger.shift;
      EXPECT_LE(bound.value(), optimum.objective + 1e-9 * (1.0 + scale)) << "after slot " << t;
    }
  }
}

int LargestGroup(const Problem& problem) {
  int buckets = 0;
  for (const Group& group : problem.groups) buckets = std::max(buckets, group.num_buckets());
  return buckets;
}

/// What is left of the bound, as a share of it, once the slots' certified gaps are accounted for. Negative: the theorem
/// is broken.
///
/// Theorem 2 sums <grad Psi(V_t), Delta(x_t) - Delta(x*_t)> <= gap ||V_t||^q over T slots instead of <= 0, and ends
/// with J <= bound / (1 - q T gap) OPT. Theorem 3 sums F_t(x_t) <= F_t(x*_t) + gap F_T, and ends with J <= N / (1 - T
/// gap) OPT.
double RoomBelow(double bound, double tolerance_factor, double ratio) {
  return 1.0 - ratio * (1.0 - tolerance_factor) / bound;
}

struct Worst {
  double ratio = 0.0, room = kInfinity, gap = 0.0;
  void Add(double the_ratio, double the_room, double the_gap) {
    ratio = std::max(ratio, the_ratio);
    room = std::min(room, the_room);
    gap = std::max(gap, the_gap);
  }
  std::string Text() const { return fmt::format("ratio {:.4f}, least room {:.4f}, slot gap {:.2g}", ratio, room, gap); }
};

/// Only small gaps are accounted for: with a large one the bound, as for exact decisions, would say nothing.
double AccountableGap(const PolicyReport& report) {
  return report.worst_slot_gap <= 1e-6 ? report.worst_slot_gap : 0.0;
}

/// Plays the policy and returns J / OPT, both shifted, or nothing when both are zero.
double PlayedRatio(const Instance& instance, const OfflineOptimum& optimum, Policy& policy, double* slot_gap) {
  const Played played = Play(instance.problem, *MakeSlotSource(instance.trace), policy);
  *slot_gap = AccountableGap(played.report) * instance.trace.signals.num_slots();
  const double value = ShiftedObjectiveValue(instance.problem, played.ledger),
               best = optimum.objective + optimum.ledger.shift;
  if (best <= 1e-9) {
    EXPECT_LE(value, 1e-6);
    return 1.0;
  }
  return value / best;
}

// What theorems 2 and 3 assume: every slot's problem solved to the tolerance that the experts promise.
TEST(Theorems2And3, SlotProblemsAreSolvedToTheirTolerance) {
  int runs = 0, unsolved = 0;
  double worst = 0.0;
  std::string first;
  for (int seed = 1; seed <= Scaled(100); ++seed) {
    const Instance instance = DrawInstance(seed, InstancesWithNorms({kInfinity}));
    const auto play = [&](Policy& policy, const std::string& name) {
      const PolicyReport report = Play(instance.problem, *MakeSlotSource(instance.trace), policy).report;
      ++runs;
      if (report.unconverged_slots == 0 && report.worst_slot_gap <= 1e-9) return;
      if (unsolved++ == 0) first = fmt::format("{} on seed {}", name, seed);
      worst = std::max(worst, report.worst_slot_gap);
    };
    for (double q : {1.0, 2.0, 4.0, 8.0, 16.0, 64.0}) {
      NormGreedyOptions norm_options;
      norm_options.q = q;
      play(*MakeNormGreedy(instance.problem, norm_options), fmt::format("norm-greedy(q={})", q));
      PowerGreedyOptions power_options;
      power_options.q = q == 1.0 ? 1.2 : q;
      play(*MakePowerGreedy(instance.problem, power_options), fmt::format("power-greedy(q={})", power_options.q));
    }
  }
  EXPECT_EQ(unsolved, 0) << "of " << runs << " runs, worst certified gap " << worst << ", the first: " << first;
}

TEST(Theorem2, PowerGreedyKeepsItsBoundOnRandomInstances) {
  Worst worst;
  for (int seed = 1; seed <= Scaled(150); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Instance instance = DrawInstance(seed, InstancesWithNorms({kInfinity}));
    const OfflineOptimum optimum = SolveChecked(instance.problem, *MakeSlotSource(instance.trace));
    for (double q : {1.1, 1.5, 2.0, 4.0, 16.0}) {
      for (double beta : {0.05, 1.0, 20.0}) {
        SCOPED_TRACE(testing::Message() << "q " << q << ", beta " << beta);
        PowerGreedyOptions options;
        options.q = q;
        options.beta = beta;
        double gap = 0.0;
        const double ratio = PlayedRatio(instance, optimum, *MakePowerGreedy(instance.problem, options), &gap);
        const double bound = PowerGreedyBound(instance.problem.num_groups(), LargestGroup(instance.problem), q, beta);
        const double room = RoomBelow(bound, q * gap, ratio);
        EXPECT_GE(room, -1e-8) << "J / OPT " << ratio << ", bound " << bound;
        worst.Add(ratio, room, gap);
      }
    }
  }
  RecordProperty("worst", worst.Text());
}

TEST(Theorem3, NormGreedyKeepsItsBoundOnRandomInstances) {
  Worst worst;
  for (int seed = 1; seed <= Scaled(300); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    InstanceOptions instances = InstancesWithNorms({kInfinity});
    instances.max_slots = seed % 5 == 0 ? 40 : 8;
    const Instance instance = DrawInstance(seed, instances);
    const OfflineOptimum optimum = SolveChecked(instance.problem, *MakeSlotSource(instance.trace));
    for (double q : {1.0, 1.5, 2.0, 8.0, 64.0}) {
      SCOPED_TRACE(testing::Message() << "q " << q);
      NormGreedyOptions options;
      options.q = q;
      double gap = 0.0;
      const double ratio = PlayedRatio(instance, optimum, *MakeNormGreedy(instance.problem, options), &gap);
      const double room = RoomBelow(LargestGroup(instance.problem), gap, ratio);
      EXPECT_GE(room, -1e-8) << "J / OPT " << ratio;
      worst.Add(ratio, room, gap);
    }
  }
  RecordProperty("worst", worst.Text());
}

// The table of docs/theory.md: best q = ln(N / (K + 1)) for K = 2, beta = 1.
TEST(Theorem2, BoundsOfTheTheoryPage) {
  struct Row {
    int buckets;
    double best_q, best, at_four;
  };
  for (const Row& row : {Row{10, 1.2, 9.8, 16.2}, Row{100, 3.5, 28.6, 28.8}, Row{1000, 5.8, 47.4, 51.3}}) {
    EXPECT_NEAR(std::log(row.buckets / 3.0), row.best_q, 0.0501);
    EXPECT_NEAR(PowerGreedyBound(2, row.buckets, std::log(row.buckets / 3.0), 1.0), row.best, 0.0501);
    EXPECT_NEAR(PowerGreedyBound(2, row.buckets, 4.0, 1.0), row.at_four, 0.0501);
  }
}

}  // namespace
}  // namespace evenkeel
