// What norms, variants and plain sums have to do with each other, on random instances.
#include <gtest/gtest.h>

#include "engine/planner/offline.h"
#include "engine/policies/constant_price.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

InstanceOptions Small() {
  InstanceOptions options;
  options.max_slots = 5;
  return options;
}

OfflineOptimum SolveWithNorm(const Instance& instance, double q) {
  Objective objective = instance.objective;
  for (EquityGroup& group : objective.groups) group.norm = q;
  const Problem problem = MakeProblem(instance.trace.header.network, objective, instance.problem.num_slots,
                                      instance.problem.expected_demand);
  return SolveOffline(problem, *MakeSlotSource(instance.trace), {});
}

double Scale(const OfflineOptimum& optimum) { return 1.0 + std::abs(optimum.objective) + optimum.ledger.shift; }

/// sum_k mu_k || L^k ||_q of the optimum's loads.
double WeightedNorms(const Instance& instance, const Loads& load, double q) {
  double value = 0.0;
  for (int k = 0; k < instance.problem.num_groups(); ++k) value += instance.problem.groups[k].weight * Norm(load[k], q);
  return value;
}

/// With norms 1 the objective is linear: dispatch at the full weights is the optimum.
TEST(Equity, NormOneIsThePlainSum) {
  for (int seed = 1; seed <= Scaled(200); ++seed) {
    SCOPED_TRACE(seed);
    const Instance instance = MakeRandomInstance(seed, Small());
    const OfflineOptimum optimum = SolveWithNorm(instance, 1.0);
    ConstantPriceOptions options;
    options.prices = L1Prices(instance.problem);
    const Played greedy =
        Play(instance.problem, *MakeSlotSource(instance.trace), *MakeConstantPrice(instance.problem, options));
    const double plain = greedy.ledger.cost() + WeightedNorms(instance, greedy.ledger.load, 1.0);
    EXPECT_NEAR(optimum.objective, plain, 1e-9 * Scale(optimum));
  }
}

/// A variant that is there twice changes nothing.
TEST(Equity, TwoEqualVariantsAreOne) {
  InstanceOptions options = Small();
  options.max_variants = 1;
  for (int seed = 1; seed <= Scaled(100); ++seed) {
    SCOPED_TRACE(seed);
    Instance instance = MakeRandomInstance(seed, options);
    const double q = seed % 3 == 0 ? kInfinity : seed % 3 == 1 ? 1.0 : 2.0;
    const OfflineOptimum one = SolveWithNorm(instance, q);
    Network& network = instance.trace.header.network;
    network.variants.push_back(network.variants[0]);
    network.variants[1].name = "twin";
    network.energy_per_unit.conservativeResize(Eigen::NoChange, 2);
    network.energy_per_unit.col(1) = network.energy_per_unit.col(0);
    const OfflineOptimum two = SolveWithNorm(instance, q);
    EXPECT_NEAR(one.objective, two.objective, (q == 2.0 ? 1e-6 : 1e-9) * Scale(one));
  }
}

/// With q < p, the optimum for p has at least as large a difference of its q-norm to its p-norm, summed over the groups
/// with their weights: otherwise it would be better for q, or the other one better for p (docs/theory.md, section 1).
/// That is how larger norms even out. The maximum alone may grow, see EquityByHand.
TEST(Equity, LargerNormsEvenOut) {
  const double norms[] = {1.0, 1.5, 2.0, 4.0, 8.0, kInfinity};
  for (int seed = 1; seed <= Scaled(60); ++seed) {
    SCOPED_TRACE(seed);
    const Instance instance = MakeRandomInstance(seed, Small());
    OfflineOptimum last = SolveWithNorm(instance, norms[0]);
    for (std::size_t n = 1; n < std::size(norms); ++n) {
      const double q = norms[n - 1], p = norms[n];
      const OfflineOptimum next = SolveWithNorm(instance, p);
      if (!last.converged || !next.converged) break;
      const auto spread = [&](const OfflineOptimum& optimum) {
        return WeightedNorms(instance, optimum.ledger.load, q) - WeightedNorms(instance, optimum.ledger.load, p);
      };
      EXPECT_GE(spread(next), spread(last) - 1e-6 * Scale(last)) << "norms " << q << " and " << p;
      last = next;
    }
  }
}

/// Without costs the largest norm has the least maximum, the smallest the least sum.
TEST(Equity, WithoutCostsTheExtremesAreExtreme) {
  const double norms[] = {1.0, 2.0, 8.0, kInfinity};
  InstanceOptions options = Small();
  options.network_cost = false;
  options.performance_group = false;
  for (int seed = 1; seed <= Scaled(60); ++seed) {
    SCOPED_TRACE(seed);
    Instance instance = MakeRandomInstance(seed, options);
    instance.trace.signals.price.setZero();
    instance.objective.groups.resize(1);
    instance.problem = MakeProblem(instance.trace.header.network, instance.objective, instance.problem.num_slots,
                                   instance.problem.expected_demand);
    if (instance.problem.groups[0].weight == 0.0) continue;
    const Vector sum = SolveWithNorm(instance, 1.0).ledger.load[0];
    const Vector maximum = SolveWithNorm(instance, kInfinity).ledger.load[0];
    for (double q : norms) {
      const Vector load = SolveWithNorm(instance, q).ledger.load[0];
      EXPECT_GE(load.sum(), sum.sum() * (1.0 - 1e-6) - 1e-12);
      EXPECT_GE(load.maxCoeff(), maximum.maxCoeff() * (1.0 - 1e-6) - 1e-12);
    }
  }
}

}  // namespace
}  // namespace evenkeel
