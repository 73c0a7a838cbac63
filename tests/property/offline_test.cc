// The planner against CLP, and its certificate, on random instances with every feature.
#include <gtest/gtest.h>

#include "engine/certificate.h"
#include "engine/planner/interior_point.h"
#include "engine/planner/offline.h"
#include "engine/planner/slot_batch.h"
#include "models/generate/trace.h"
#include "tests/reference/clp_period.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

void ExpectAgreement(const Instance& instance, double tolerance, double gap) {
  const auto slots = MakeSlotSource(instance.trace);
  const ClpPeriodOptimum reference =
      SolvePeriodWithClp(instance.problem, *slots, ClpMethod::kDualSimplex, tolerance / 10.0);
  ASSERT_TRUE(reference.converged) << "CLP did not converge: " << reference.objective << ", bound "
                                   << reference.lower_bound;
  const OfflineOptimum optimum = SolveOffline(instance.problem, *slots, {});
  const double scale = 1.0 + std::abs(reference.objective);
  EXPECT_LE(std::abs(optimum.objective - reference.objective) / scale, tolerance)
      << optimum.objective << " against " << reference.objective << ", gap " << optimum.gap;
  const Certificate certificate = CheckCertificate(
      instance.problem, *slots, [&](int t) -> const Allocation& { return optimum.allocations[t]; }, optimum.prices);
  EXPECT_LE(certificate.infeasibility, gap);  // units of workload; demands are about 1
  EXPECT_LE((certificate.objective - certificate.lower_bound) / scale, gap);
  EXPECT_GE((certificate.objective - certificate.lower_bound) / scale, -gap);
}

TEST(OfflineTest, AgreesWithClpOnAThousandRandomInstances) {
  for (int seed = 1; seed <= Scaled(1000); ++seed) {
    SCOPED_TRACE(seed);
    InstanceOptions options;
    options.norms = {kInfinity, kInfinity, 1.0};
    options.max_slots = seed % 10 == 0 ? 40 : 8;
    Instance instance = MakeRandomInstance(seed, options);
    if (seed % 4 == 0) instance.problem.shed_cost = 50.0;
    ExpectAgreement(instance, 1e-8, 1e-8);
    if (HasFatalFailure()) return;
  }
}

// Many regions, few gateways, little reach: what slots add to the coupling comes from an inverse
// (engine/planner/slot_inverse-inl.h).
TEST(OfflineTest, AgreesWithClpWhereActivitiesMeetFewNodes) {
  for (int seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    GeneratorOptions options;
    options.regions = seed % 2 == 0 ? 20 : 160;
    options.gateways = seed % 2 == 0 ? 160 : 20;
    options.slots = 4;
    options.seed = static_cast<std::uint64_t>(seed);
    options.reach = 0.08;
    options.network_cost = 0.01;
    options.variants = seed == 3 ? 3 : 1;
    Instance instance;
    instance.trace = GenerateTrace(options);
    instance.problem =
        MakeProblem(instance.trace.header.network, PublishedObjective(), options.slots, TotalDemand(instance.trace));
    const auto slots = MakeSlotSource(instance.trace);
    const PeriodData data = AssemblePeriod(instance.problem, *slots, 0, ZeroPrices(instance.problem));
    EXPECT_EQ(SlotShape(data).few_meetings, seed % 2 == 1) << data.num_arcs << " arcs";
    ExpectAgreement(instance, 1e-8, 1e-8);
    if (HasFatalFailure()) return;
  }
}

Instance MakeSparseInstance(int seed, double norm) {
  GeneratorOptions options;
  options.regions = 140 + 20 * (seed % 3);
  options.gateways = 18 + seed % 5;
  options.slots = 1 + 7 * (seed % 5);
  options.seed = static_cast<std::uint64_t>(seed);
  options.reach = seed % 6 == 0 ? 0.12 : 0.08;
  options.network_cost = 0.01;
  options.variants = seed % 7 == 0 ? 3 : 1;
  Instance instance;
  instance.trace = GenerateTrace(options);
  Objective objective = PublishedObjective();
  for (std::size_t g = 0; g < objective.groups.size(); ++g) {
    if (g % 2 == 1 || std::isinf(norm)) objective.groups[g].norm = norm;
  }
  instance.problem = MakeProblem(instance.trace.header.network, objective, options.slots, TotalDemand(instance.trace));
  return instance;
}

// Few loads seen in full (engine/planner/coupling.h), and all of them.
TEST(OfflineTest, ChosenLoadsLeadToTheSameOptimum) {
  int chose = 0;
  for (int seed = 1; seed <= Scaled(40); ++seed) {
    SCOPED_TRACE(seed);
    const Instance instance = MakeSparseInstance(seed, seed % 4 == 0 ? 3.0 : kInfinity);
    const auto slots = MakeSlotSource(instance.trace);
    const PeriodData data = AssemblePeriod(instance.problem, *slots, 0, ZeroPrices(instance.problem));
    if (!SlotShape(data).few_meetings) continue;
    ++chose;
    InteriorPointOptions some, all;
    some.many_loads = 1;
    all.many_loads = data.num_loads + 1;
    const InteriorPointResult left = SolveInteriorPoint(data, some), right = SolveInteriorPoint(data, all);
    const bool digits_do = right.gap <= 1e-9;  // otherwise all loads were tried as well
    EXPECT_LE(left.gap, digits_do ? 1e-9 : 2.0 * right.gap);
    EXPECT_NEAR(left.objective, right.objective, 1e-8 * std::abs(right.objective));
    EXPECT_LE(left.iterations, (digits_do ? 1.2 : 2.4) * right.iterations + 5.0);
    some.threads = 3;
    const InteriorPointResult threads = SolveInteriorPoint(data, some);
    EXPECT_EQ(threads.objective, left.objective);
    EXPECT_EQ(threads.price, left.price);
    EXPECT_EQ(threads.flow, left.flow);
  }
  EXPECT_GE(chose, Scaled(40) / 4);
}

TEST(OfflineTest, AgreesWithClpsCuttingPlanesOnFiniteNorms) {
  for (int seed = 1; seed <= Scaled(100); ++seed) {
    SCOPED_TRACE(seed);
    InstanceOptions options;
    options.max_regions = options.max_gateways = 3;
    options.norms = {1.5, 2.0, 4.0, kInfinity};
    ExpectAgreement(MakeRandomInstance(seed, options), 1e-6, 1e-6);
    if (HasFatalFailure()) return;
  }
}

TEST(OfflineTest, ResultsDoNotDependOnTheNumberOfThreads) {
  InstanceOptions options;
  options.max_slots = 300;
  for (int seed = 1; seed <= 5; ++seed) {
    const Instance instance = MakeRandomInstance(seed, options);
    const auto slots = MakeSlotSource(instance.trace);
    OfflineOptions one, three;
    three.threads = 3;
    const OfflineOptimum a = SolveOffline(instance.problem, *slots, one),
                         b = SolveOffline(instance.problem, *slots, three);
    EXPECT_EQ(a.objective, b.objective);
    for (std::size_t k = 0; k < a.prices.size(); ++k) EXPECT_EQ(a.prices[k], b.prices[k]);
  }
}

}  // namespace
}  // namespace evenkeel
