// Theorem 8 (docs/theory.md) on random instances: what gateways that route by themselves offer to regions.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/dispatch/dispatch.h"
#include "engine/dispatch/smooth_dispatch.h"
#include "models/world/footprint.h"
#include "models/world/ledger.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// A message and the slot that it was made in.
struct Sent {
  Instance instance;
  Slot slot;
  Vector cost;
  double temperature = 0.0, headroom = 0.0;
  SmoothFlow flow;
  const Problem& problem() const { return instance.problem; }
};

/// Flows that use no more than the solver's tolerance beyond the planned capacity, or nothing.
std::optional<Sent> DrawMessage(std::uint64_t seed, bool with_headroom) {
  InstanceOptions options;
  options.max_slots = 1;
  Sent sent;
  sent.instance = MakeRandomInstance(seed, options);
  if (seed % 4 == 0) sent.instance.problem.shed_cost = 50.0;
  std::mt19937_64 random(seed);
  MakeSlotSource(sent.instance.trace)->Read(0, &sent.slot);
  Coefficients coefficients;
  EstimateCoefficients(sent.problem(), sent.slot, &coefficients);
  sent.cost = coefficients.cost;
  sent.temperature = std::pow(10.0, Draw(&random, -2.0, 1.0)) * std::max(1e-3, sent.cost.cwiseAbs().mean());
  sent.headroom = with_headroom ? Draw(&random, 0.0, 0.3) : 0.0;
  Slot planned = sent.slot;
  planned.capacity *= 1.0 - sent.headroom;
  Dispatcher dispatcher(sent.problem());
  Allocation exact = MakeAllocation(sent.problem());
  if (dispatcher.Solve(sent.cost, planned, &exact).status != DispatchStatus::kOptimal) return std::nullopt;
  const Vector start = dispatcher.capacity_price();
  if (!SmoothDispatch(sent.problem(), planned, sent.cost, sent.temperature, &sent.flow, &start)) return std::nullopt;
  return sent;
}

Vector UseOf(const Problem& problem, const Vector& flow) {
  Vector use = Vector::Zero(problem.network.num_regions());
  for (int a = 0; a < problem.num_arcs(); ++a)
    use[problem.arcs.arcs[a].region] += problem.arcs.arcs[a].resource * flow[a];
  return use;
}

/// sum_j d_j log(1 / u_j), shedding among the ways.
double LargestEntropy(const Sent& sent) {
  double sum = 0.0;
  for (int j = 0; j < sent.slot.demand.size(); ++j) {
    double total = sent.problem().shed_cost ? sent.slot.capacity.maxCoeff() : 0.0, least = kInfinity;
    if (total > 0.0) least = total;
    for (int a = sent.problem().arcs.first_of_gateway[j]; a < sent.problem().arcs.first_of_gateway[j + 1]; ++a) {
      const Arc& arc = sent.problem().arcs.arcs[a];
      const double weight = sent.slot.capacity[arc.region] / arc.resource;
      if (!(weight > 0.0)) continue;
      total += weight;
      least = std::min(least, weight);
    }
    if (sent.slot.demand[j] > 0.0) sum += sent.slot.demand[j] * std::log(total / least);
  }
  return sum;
}

TEST(Routing, CostsAtMostTheEntropyMoreThanDispatch) {
  int checked = 0;
  for (int seed = 1; seed <= Scaled(500); ++seed) {
    const std::optional<Sent> sent = DrawMessage(static_cast<std::uint64_t>(seed), false);
    if (!sent) continue;
    ++checked;
    SmoothFlow routed;
    ASSERT_TRUE(
        RouteAtPrices(sent->problem(), sent->slot, sent->cost, sent->temperature, sent->flow.capacity_price, &routed));
    Vector use;
    EXPECT_LE(Infeasibility(sent->problem(), sent->slot, {}, {routed.flow, routed.shed}, &use),
              2e-9 * sent->slot.demand.sum())
        << "seed " << seed;
    Dispatcher dispatcher(sent->problem());
    Allocation exact = MakeAllocation(sent->problem());
    const double least = DispatchOrThrow(sent->problem(), sent->cost, sent->slot, &dispatcher, &exact).cost;
    const double cost = sent->cost.dot(routed.flow) + sent->problem().shed_cost.value_or(0.0) * routed.shed.sum();
    const double size = sent->slot.demand.sum() * std::max(1e-3, sent->cost.cwiseAbs().maxCoeff());
    EXPECT_LE(cost, least + sent->temperature * LargestEntropy(*sent) + 1e-7 * size) << "seed " << seed;
    EXPECT_GE(cost, least - 1e-7 * size) << "seed " << seed;
  }
  EXPECT_GE(checked, Scaled(480));
}

TEST(Routing, OffersNoMoreThanDemandsAndCostsHaveMoved) {
  int checked = 0, tight = 0;
  for (int seed = 1; seed <= Scaled(2000); ++seed) {
    const std::optional<Sent> sent = DrawMessage(static_cast<std::uint64_t>(seed), true);
    if (!sent) continue;
    ++checked;
    std::mt19937_64 random(seed);
    const double growth = Draw(&random, 0.0, 0.5);
    const double moved = seed % 2 == 0 ? 0.0 : Draw(&random, 0.0, 2.0) * sent->temperature;
    Slot slot = sent->slot;
    for (double& demand : slot.demand) demand *= seed % 3 == 0 ? 1.0 + growth : Draw(&random, 0.0, 1.0 + growth);
    Vector cost = sent->cost;
    for (double& one : cost) one += Draw(&random, -moved, moved);
    SmoothFlow routed;
    ASSERT_TRUE(RouteAtPrices(sent->problem(), slot, cost, sent->temperature, sent->flow.capacity_price, &routed));
    const double allowed = std::exp(2.0 * moved / sent->temperature) * (1.0 + growth) * (1.0 - sent->headroom);
    const Vector use = UseOf(sent->problem(), routed.flow);
    for (Eigen::Index i = 0; i < use.size(); ++i) {
      EXPECT_LE(use[i], allowed * slot.capacity[i] + 4e-9 * slot.demand.sum()) << "seed " << seed << " region " << i;
      tight += use[i] >= 0.999 * allowed * slot.capacity[i] && slot.capacity[i] > 0.0 ? 1 : 0;
    }
  }
  EXPECT_GE(checked, Scaled(1500));
  EXPECT_GE(tight, Scaled(100));  // (b) is met with equality by regions that are full
}

}  // namespace
}  // namespace evenkeel
