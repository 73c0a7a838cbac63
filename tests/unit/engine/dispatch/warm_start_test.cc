// Dispatch from the last solve's basis against dispatch from nothing, over sequences of slots.
#include <gtest/gtest.h>

#include "engine/dispatch/dispatch.h"
#include "engine/dispatch/general_simplex.h"
#include "engine/dispatch/network_simplex.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// Regions and gateways that now and then have nothing, more demand than capacity at times, costs that move a little or
/// all at once; whole numbers in half of the sequences, so that many bases are degenerate and optima tie.
class Sequence {
 public:
  explicit Sequence(int seed) : random_(seed), whole_(DrawInt(&random_, 0, 1) == 1) {
    const int regions = DrawInt(&random_, 1, 9), gateways = DrawInt(&random_, 1, 12);
    std::vector<Region> all_regions(regions);
    std::vector<Gateway> all_gateways(gateways);
    for (int i = 0; i < regions; ++i) all_regions[i].name = std::to_string(i);
    for (int j = 0; j < gateways; ++j) all_gateways[j].name = std::to_string(j);
    Network network = MakeFullNetwork(all_regions, all_gateways);
    const double reach = Draw(&random_, 0.2, 1.2);
    for (int j = 0; j < gateways; ++j) {
      for (int i = 0; i < regions; ++i) network.reachable(j, i) = i == j % regions || Draw(&random_, 0.0, 1.0) < reach;
    }
    if (DrawInt(&random_, 0, 2) == 0) {
      network.variants = {{"large", 1.0, 0.0}, {"small", 0.5, 0.1}};
      network.energy_per_unit = RowMatrix::Ones(regions, 2);
    }
    problem = MakeProblem(network, PublishedObjective(), 1, Vector::Ones(gateways));
    if (DrawInt(&random_, 0, 2) == 0) problem.shed_cost = 12.0;
    slot.demand.resize(gateways);
    slot.capacity.resize(regions);
    cost.resize(problem.num_arcs());
    DrawAmounts();
    for (double& one : cost) one = Amount(-2.0, 20.0);
  }

  void Advance() {
    const int what = DrawInt(&random_, 0, 3);
    if (what >= 1) {
      for (double& one : cost)
        one = what == 1 ? Amount(-2.0, 20.0) : one + (whole_ ? DrawInt(&random_, -1, 1) : Draw(&random_, -1.0, 1.0));
    }
    if (what != 2) DrawAmounts();
  }

  Problem problem;
  Slot slot;
  Vector cost;

 private:
  double Amount(double low, double high) {
    return whole_ ? DrawInt(&random_, static_cast<int>(low), static_cast<int>(high)) : Draw(&random_, low, high);
  }
  void DrawAmounts() {
    for (double& one : slot.demand) one = DrawInt(&random_, 0, 7) == 0 ? 0.0 : Amount(0.0, 4.0);
    for (double& one : slot.capacity) one = DrawInt(&random_, 0, 5) == 0 ? 0.0 : Amount(0.0, 12.0);
  }

  std::mt19937_64 random_;
  bool whole_;
};

/// The decision keeps the slot's constraints, and costs no more than the capacity prices say it must: work only on
/// arcs that are cheapest at the prices, a price only where a region is full.
void ExpectOptimal(const Problem& problem, const Slot& slot, const Vector& cost, const Vector& price,
                   const Allocation& allocation) {
  Vector use;
  EXPECT_LE(Infeasibility(problem, slot, {}, allocation, &use), 1e-9);
  use.setZero(slot.capacity.size());
  for (int j = 0; j < problem.network.num_gateways(); ++j) {
    double least = problem.shed_cost.value_or(kInfinity);
    const int begin = problem.arcs.first_of_gateway[j], end = problem.arcs.first_of_gateway[j + 1];
    const auto unit_cost = [&](int a) {
      const Arc& arc = problem.arcs.arcs[a];
      return cost[a] + price[arc.region] * arc.resource;
    };
    for (int a = begin; a < end; ++a) least = std::min(least, unit_cost(a));
    for (int a = begin; a < end; ++a) {
      use[problem.arcs.arcs[a].region] += allocation.flow[a] * problem.arcs.arcs[a].resource;
      if (allocation.flow[a] > 1e-9) {
        EXPECT_NEAR(unit_cost(a), least, 1e-9) << "gateway " << j << ", arc " << a;
      }
    }
    if (allocation.shed[j] > 1e-9) {
      EXPECT_NEAR(*problem.shed_cost, least, 1e-9) << "gateway " << j;
    }
  }
  for (int i = 0; i < use.size(); ++i) {
    EXPECT_GE(price[i], 0.0);
    if (price[i] > 1e-9) {
      EXPECT_NEAR(use[i], slot.capacity[i], 1e-9) << "region " << i;
    }
  }
}

TEST(WarmStartTest, SequencesCostWhatColdStartsCost) {
  int optimal = 0, infeasible = 0, general = 0;
  long warm_pivots = 0, cold_pivots = 0;
  for (int seed = 1; seed <= Scaled(3000); ++seed) {
    Sequence sequence(seed);
    const Problem& problem = sequence.problem;
    Dispatcher dispatcher(problem);
    general += NetworkSimplex::Fits(problem) ? 0 : 1;
    Allocation warm = MakeAllocation(problem), cold = MakeAllocation(problem);
    for (int t = 0; t < 12; ++t, sequence.Advance()) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", slot " << t);
      const Slot& slot = sequence.slot;
      const DispatchResult from_last = dispatcher.Solve(sequence.cost, slot, &warm, 1.0, DispatchStart::kLastBasis);
      Dispatcher fresh(problem);
      const DispatchResult from_nothing = fresh.Solve(sequence.cost, slot, &cold);
      ASSERT_EQ(from_last.status, from_nothing.status);
      if (from_nothing.status == DispatchStatus::kInfeasible) {
        EXPECT_NEAR(warm.shed.sum(), cold.shed.sum(), 1e-9 * (1.0 + cold.shed.sum()));
        ++infeasible;
        continue;
      }
      ASSERT_EQ(from_last.status, DispatchStatus::kOptimal);
      ++optimal;
      warm_pivots += from_last.pivots;
      cold_pivots += from_nothing.pivots;
      ASSERT_NEAR(from_last.cost, from_nothing.cost, 1e-9 * (1.0 + std::abs(from_nothing.cost)));
      ExpectOptimal(problem, slot, sequence.cost, dispatcher.capacity_price(), warm);
    }
  }
  EXPECT_GT(infeasible, optimal / 20) << "too few slots that cannot be served";
  EXPECT_GT(optimal, infeasible / 2);
  EXPECT_GT(general, Scaled(3000) / 10);
  EXPECT_LT(warm_pivots, cold_pivots);
}

/// A cold start's decision has the same bits whatever was solved before.
TEST(WarmStartTest, ColdStartsForgetThePast) {
  for (int seed = 1; seed <= Scaled(500); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Sequence sequence(seed);
    Dispatcher dispatcher(sequence.problem);
    Allocation first = MakeAllocation(sequence.problem), again = first, other = first;
    dispatcher.Solve(sequence.cost, sequence.slot, &first);
    const Slot slot = sequence.slot;
    const Vector cost = sequence.cost;
    for (int t = 0; t < 4; ++t) {
      sequence.Advance();
      dispatcher.Solve(sequence.cost, sequence.slot, &other, 1.0, DispatchStart::kLastBasis);
    }
    dispatcher.Solve(cost, slot, &again);
    EXPECT_EQ(first.flow, again.flow);
    EXPECT_EQ(first.shed, again.shed);
  }
}

}  // namespace
}  // namespace evenkeel
