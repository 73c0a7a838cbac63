// The planner with classes of work that can wait, against CLP and against itself.
#include <gtest/gtest.h>

#include "engine/certificate.h"
#include "engine/deferral_prices.h"
#include "engine/planner/offline.h"
#include "engine/policy.h"
#include "tests/reference/clp_period.h"
#include "tests/reference/random_work.h"

namespace evenkeel {
namespace {

Instance MakeInstance(int seed, InstanceOptions options, const WorkOptions& work = {}) {
  Instance instance = MakeRandomInstance(static_cast<std::uint64_t>(seed), options);
  AddRandomWork(static_cast<std::uint64_t>(seed), work, &instance);
  return instance;
}

InstanceOptions LinearOptions(int seed) {
  InstanceOptions options;
  options.norms = {kInfinity, kInfinity, 1.0};
  options.max_slots = seed % 10 == 0 ? 40 : 8;
  return options;
}

/// Slot after slot within the release windows.
void ExpectFeasible(const Problem& problem, SlotSource& slots, const OfflineOptimum& optimum) {
  Vector work_done = Vector::Zero(problem.num_classes()), use;
  Slot slot;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    EXPECT_LE(Infeasibility(problem, slot, work_done, optimum.allocations[t], &use), AllowedViolation(slot));
    for (int k = 0; k < problem.num_classes(); ++k) work_done[k] += Released(problem, optimum.allocations[t], k);
  }
}

void ExpectAgreement(const Instance& instance, double tolerance) {
  const auto slots = MakeSlotSource(instance.trace);
  const ClpPeriodOptimum reference =
      SolvePeriodWithClp(instance.problem, *slots, ClpMethod::kDualSimplex, tolerance / 10.0);
  ASSERT_TRUE(reference.converged) << reference.objective << ", bound " << reference.lower_bound;
  const OfflineOptimum optimum = SolveOffline(instance.problem, *slots, {});
  const double scale = 1.0 + std::abs(reference.objective);
  EXPECT_LE(std::abs(optimum.objective - reference.objective) / scale, tolerance)
      << optimum.objective << " against " << reference.objective << ", gap " << optimum.gap;
  ExpectFeasible(instance.problem, *slots, optimum);
  const Certificate certificate =
      CheckCertificate(instance.problem, *slots, [&](int t) -> const Allocation& { return optimum.allocations[t]; },
                       optimum.prices, optimum.deferral_prices);
  EXPECT_LE(certificate.infeasibility, tolerance);
  EXPECT_LE(std::abs(certificate.objective - certificate.lower_bound) / scale, tolerance);
}

TEST(WaitingOfflineTest, AgreesWithClpOnAThousandRandomInstances) {
  for (int seed = 1; seed <= Scaled(1000); ++seed) {
    SCOPED_TRACE(seed);
    Instance instance = MakeInstance(seed, LinearOptions(seed));
    if (seed % 4 == 0) instance.problem.shed_cost = 50.0;
    ExpectAgreement(instance, 1e-8);
    if (HasFatalFailure()) return;
  }
}

TEST(WaitingOfflineTest, AgreesWithClpsCuttingPlanesOnFiniteNorms) {
  for (int seed = 1; seed <= Scaled(100); ++seed) {
    SCOPED_TRACE(seed);
    InstanceOptions options;
    options.max_regions = options.max_gateways = 3;
    options.norms = {1.5, 2.0, 4.0, kInfinity};
    ExpectAgreement(MakeInstance(seed, options), 1e-6);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace evenkeel
