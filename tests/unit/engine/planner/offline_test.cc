#include "engine/planner/offline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "tests/reference/clp_period.h"
#include "tests/reference/random_instances.h"
#include "tests/reference/two_region_periods.h"

namespace evenkeel {
namespace {

OfflineOptimum SolveTwoRegions(double norm, double lower = 0.0) {
  const Trace trace = TwoRegionTrace(lower);
  return SolveOffline(ProblemOf(trace, CarbonObjective(10.0, norm)), *MakeSlotSource(trace), {});
}

void ExpectOptimum(const OfflineOptimum& optimum, double objective, const Eigen::Vector2d& load,
                   const Eigen::Vector2d& prices) {
  EXPECT_TRUE(optimum.converged);
  EXPECT_NEAR(optimum.objective, objective, 1e-7);
  EXPECT_NEAR(optimum.lower_bound, objective, 1e-7);
  EXPECT_LE(optimum.lower_bound, optimum.objective + 1e-12);
  EXPECT_LE((optimum.ledger.load[0] - load).cwiseAbs().maxCoeff(), 1e-4) << optimum.ledger.load[0].transpose();
  EXPECT_LE((optimum.prices[0] - prices).cwiseAbs().maxCoeff(), 1e-4) << optimum.prices[0].transpose();
}

TEST(OfflineTest, NormInfinity) { ExpectOptimum(SolveTwoRegions(kInfinity), 14.0, {1, 1}, {7, 3}); }

TEST(OfflineTest, NormOne) { ExpectOptimum(SolveTwoRegions(1.0), 20.0, {2, 0}, {10, 10}); }

TEST(OfflineTest, NormTwo) {
  const double u = std::sqrt(2.0 / 23.0);
  ExpectOptimum(SolveTwoRegions(2.0), 4.0 + 46.0 * u, {1 + u, 1 - u}, {2 * (1 + u) / u, 2 * (1 - u) / u});
}

TEST(OfflineTest, NegativePricesLowerTheObjectiveAndSetTheShift) {
  const OfflineOptimum optimum = SolveTwoRegions(kInfinity, 1.0);
  ExpectOptimum(optimum, 12.0, {1, 1}, {7, 3});
  EXPECT_EQ(optimum.ledger.shift, 2.0);
}

// Leaving a unit unserved costs 1, serving it at least 5 in the long run: everything is left.
TEST(OfflineTest, ShedsWhatCostsMoreThanShedding) {
  const Trace trace = TwoRegionTrace();
  Objective objective = CarbonObjective(10.0, kInfinity);
  objective.shed_cost = 1.0;
  const OfflineOptimum optimum = SolveOffline(ProblemOf(trace, objective), *MakeSlotSource(trace), {});
  EXPECT_NEAR(optimum.objective, 2.0, 1e-7);
  EXPECT_NEAR(optimum.ledger.shed, 2.0, 1e-6);
}

// theta 3 on r1: 4 y + 10 max(2 - y, 3 y) falls until 2 - y = 3 y, y = 1/2: J = 2 + 15 = 17. Prices of the weighted
// loads: g0 + g1 = 10 and g0 = 4 + 3 g1.
TEST(OfflineTest, BucketWeights) {
  const Trace trace = TwoRegionTrace();
  Objective objective = CarbonObjective(10.0, kInfinity);
  objective.groups[0].bucket_weight = Eigen::Vector2d(1.0, 3.0);
  const OfflineOptimum optimum = SolveOffline(ProblemOf(trace, objective), *MakeSlotSource(trace), {});
  ExpectOptimum(optimum, 17.0, {1.5, 1.5}, {8.5, 1.5});
}

TEST(OfflineTest, NothingToServeCostsNothing) {
  Trace trace = TwoRegionTrace();
  trace.signals.demand.setZero();
  const OfflineOptimum optimum =
      SolveOffline(ProblemOf(trace, CarbonObjective(10.0, kInfinity)), *MakeSlotSource(trace), {});
  EXPECT_NEAR(optimum.objective, 0.0, 1e-9);
  EXPECT_NEAR(optimum.lower_bound, 0.0, 1e-9);
}

TEST(OfflineTest, UnservableDemandNamesTheSlot) {
  Trace trace = TwoRegionTrace();
  trace.signals.demand(1, 0) = 2.5;
  const Problem problem = ProblemOf(trace, CarbonObjective(10.0, kInfinity));
  try {
    SolveOffline(problem, *MakeSlotSource(trace), {});
    FAIL() << "served the unservable";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(),
                testing::AllOf(testing::HasSubstr("slot 1"), testing::HasSubstr("g0"), testing::HasSubstr("0.5")));
  }
}

// Finite norms on networks beyond three by three, single slots and mixed norms among them.
TEST(OfflineTest, ConvergesOnFiniteNorms) {
  int failed = 0;
  double worst = 0.0;
  std::string first;
  const int instances = Scaled(600);
  for (int seed = 1; seed <= instances; ++seed) {
    InstanceOptions options;
    options.norms = {1.0, 1.2, 1.5, 2.0, 4.0, 8.0, kInfinity};
    options.max_slots = seed % 3 == 0 ? 1 : 8;
    const Instance instance = MakeRandomInstance(seed, options);
    const OfflineOptimum optimum = SolveOffline(instance.problem, *MakeSlotSource(instance.trace), {});
    const double scale = 1.0 + optimum.objective + optimum.ledger.shift;
    const double gap = (optimum.objective - optimum.lower_bound) / scale;
    if (gap <= 1e-6) continue;  // what the planner promises for finite norms
    if (failed++ == 0) first = "seed " + std::to_string(seed);
    worst = std::max(worst, gap);
  }
  EXPECT_EQ(failed, 0) << "of " << instances << " instances, worst gap " << worst << ", the first: " << first;
}

}  // namespace
}  // namespace evenkeel
