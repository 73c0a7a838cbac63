// The greedy experts' slots against the planner, an interior-point method that knows no vertices, on networks whose
// optimum mixes many of them.
#include <gtest/gtest.h>

#include "engine/planner/offline.h"
#include "engine/policies/greedy.h"
#include "engine/simulate.h"
#include "models/generate/trace.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

constexpr double kTolerance = 1e-9;

Trace FewSlots(int seed, int slots, double network_cost) {
  GeneratorOptions options;
  options.regions = 60 + 20 * (seed % 4);
  options.gateways = 40 + 10 * (seed % 7);
  options.slots = slots;
  options.seed = static_cast<std::uint64_t>(seed);
  options.reach = 0.3;
  options.network_cost = network_cost;
  return GenerateTrace(options);
}

Problem ProblemOf(const Trace& trace, double norm) {
  Objective objective = PublishedObjective();
  for (auto& group : objective.groups) group.norm = norm;
  return MakeProblem(trace.header.network, objective, trace.signals.num_slots(), TotalDemand(trace));
}

// A period of one slot with norms q is what norm-greedy(q=) solves in its first slot.
TEST(GreedySlotsTest, TheFirstSlotIsThePlannersOptimum) {
  for (int seed = 1; seed <= Scaled(8); ++seed) {
    SCOPED_TRACE(seed);
    const Trace trace = FewSlots(seed, 1, seed % 2 == 0 ? 0.0 : 0.01);
    const double q = seed % 3 == 0 ? 4.0 : 8.0;
    const Problem problem = ProblemOf(trace, q);
    const auto slots = MakeSlotSource(trace);
    const OfflineOptimum optimum = SolveOffline(problem, *slots, {});
    ASSERT_TRUE(optimum.converged) << optimum.gap;
    const auto policy = MakeNormGreedy(problem, {q, kTolerance});
    const Ledger ledger = Simulate(problem, *slots, *slots, *policy, {}).metered;
    const double objective = ObjectiveValue(problem, ledger), size = std::abs(objective) + ledger.shift;
    EXPECT_LE(objective - optimum.lower_bound, (kTolerance + optimum.gap) * size);
    EXPECT_GE(objective, optimum.lower_bound - kTolerance * size);
  }
}

// With network costs a mixture has dozens of vertices while little has accumulated.
TEST(GreedySlotsTest, MixturesOfManyVerticesConverge) {
  for (int seed = 1; seed <= Scaled(4); ++seed) {
    SCOPED_TRACE(seed);
    const Trace trace = FewSlots(seed, 6, 0.01);
    const Problem problem = ProblemOf(trace, kInfinity);
    const auto slots = MakeSlotSource(trace);
    const auto policy = MakeNormGreedy(problem, {8.0, kTolerance});
    Simulate(problem, *slots, *slots, *policy, {});
    const PolicyReport report = policy->Report();
    EXPECT_EQ(report.unconverged_slots, 0);
    EXPECT_LE(report.worst_slot_gap, kTolerance);
  }
}

}  // namespace
}  // namespace evenkeel
