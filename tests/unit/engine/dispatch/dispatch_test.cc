#include "engine/dispatch/dispatch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/dispatch/general_simplex.h"
#include "engine/dispatch/network_simplex.h"
#include "models/base/error.h"
#include "tests/reference/clp_slot.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

Problem TwoByTwo(std::vector<Variant> variants = {Variant{}}) {
  std::vector<Region> regions(2);
  std::vector<Gateway> gateways(2);
  regions[0].name = "west";
  regions[1].name = "east";
  gateways[0].name = "first";
  gateways[1].name = "second";
  Network network = MakeFullNetwork(regions, gateways);
  network.variants = std::move(variants);
  network.energy_per_unit = RowMatrix::Ones(2, network.num_variants());
  return MakeProblem(network, PublishedObjective(), 1, Vector::Ones(2));
}

Slot SlotOf(Vector demand, Vector capacity) {
  Slot slot;
  slot.index = 7;
  slot.demand = std::move(demand);
  slot.capacity = std::move(capacity);
  return slot;
}

TEST(DispatchTest, EveryGatewayTakesItsCheapestRegionWhenThereIsRoom) {
  const Problem problem = TwoByTwo();
  Dispatcher dispatcher(problem);
  Allocation allocation = MakeAllocation(problem);
  // Arcs: first->west, first->east, second->west, second->east.
  const DispatchResult result =
      dispatcher.Solve(Eigen::Vector4d(3, 1, 2, 5), SlotOf(Eigen::Vector2d(1, 2), Eigen::Vector2d(9, 9)), &allocation);
  EXPECT_EQ(result.status, DispatchStatus::kOptimal);
  EXPECT_EQ(allocation.flow, Eigen::Vector4d(0, 1, 2, 0));
  EXPECT_EQ(result.cost, 5.0);
  EXPECT_EQ(dispatcher.capacity_price(), Eigen::Vector2d(0, 0));
}

// Both want west, which has room for 2 of the 3 units. Moving `first` east costs 4 per unit, moving `second` costs 1:
// so `second` gives way with 1 of its 2 units. Cost 1*1 + 1*2 + 1*3 = 6, and a further unit of room in west would
// save 1.
TEST(DispatchTest, TheOneWhoLosesLeastGivesWay) {
  const Problem problem = TwoByTwo();
  Dispatcher dispatcher(problem);
  Allocation allocation = MakeAllocation(problem);
  const DispatchResult result =
      dispatcher.Solve(Eigen::Vector4d(1, 5, 2, 3), SlotOf(Eigen::Vector2d(1, 2), Eigen::Vector2d(2, 9)), &allocation);
  EXPECT_EQ(result.status, DispatchStatus::kOptimal);
  EXPECT_EQ(allocation.flow, Eigen::Vector4d(1, 0, 1, 1));
  EXPECT_DOUBLE_EQ(result.cost, 6.0);
  EXPECT_EQ(dispatcher.capacity_price(), Eigen::Vector2d(1, 0));
}

// One region of capacity 1 reachable at a price, a large model (r = 1, cost 1) and a small one (r = 1/2, cost 3), 1.5
// units of demand and no other region with room: l + s = 1.5 and l + s/2 = 1 give l = 1/2, s = 1, cost 3.5.
TEST(DispatchTest, SmallVariantsShareCapacity) {
  const Problem problem = TwoByTwo({{"large", 1.0, 0.0}, {"small", 0.5, 0.1}});
  Dispatcher dispatcher(problem);
  Allocation allocation = MakeAllocation(problem);
  Vector cost(8);  // first: west large, west small, east large, east small; second alike
  cost << 1, 3, 9, 9, 1, 3, 9, 9;
  const DispatchResult result =
      dispatcher.Solve(cost, SlotOf(Eigen::Vector2d(1.5, 0), Eigen::Vector2d(1, 0)), &allocation);
  EXPECT_EQ(result.status, DispatchStatus::kOptimal);
  EXPECT_DOUBLE_EQ(allocation.flow[0], 0.5);
  EXPECT_DOUBLE_EQ(allocation.flow[1], 1.0);
  EXPECT_DOUBLE_EQ(result.cost, 3.5);
}

TEST(DispatchTest, ShortfallIsAnErrorThatNamesSlotGatewaysAndAmount) {
  const Problem problem = TwoByTwo();
  Dispatcher dispatcher(problem);
  Allocation allocation = MakeAllocation(problem);
  const Slot slot = SlotOf(Eigen::Vector2d(1, 2), Eigen::Vector2d(1, 0.5));
  try {
    DispatchOrThrow(problem, Vector::Ones(4), slot, &dispatcher, &allocation);
    FAIL() << "served the unservable";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("slot 7"), testing::HasSubstr("shortfall 1.5"),
                                             testing::HasSubstr("second")));
  }
}

TEST(DispatchTest, ShedsWhatCostsMoreThanShedding) {
  Problem problem = TwoByTwo();
  problem.shed_cost = 4.0;
  Dispatcher dispatcher(problem);
  Allocation allocation = MakeAllocation(problem);
  const DispatchResult result =
      dispatcher.Solve(Eigen::Vector4d(1, 5, 2, 5), SlotOf(Eigen::Vector2d(1, 2), Eigen::Vector2d(2, 9)), &allocation);
  EXPECT_EQ(result.status, DispatchStatus::kOptimal);
  EXPECT_EQ(allocation.shed.sum(), 1.0);
  EXPECT_DOUBLE_EQ(result.cost, 1.0 + 2.0 + 4.0);
}

/// Zero prices, equal costs, whole amounts: ties everywhere, and pivots that do not move.
TEST(DispatchTest, TiesDoNotCycle) {
  std::vector<Region> regions(12);
  std::vector<Gateway> gateways(12);
  for (int i = 0; i < 12; ++i) regions[i].name = gateways[i].name = std::to_string(i);
  for (int seed = 1; seed <= Scaled(2000); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Network network = MakeFullNetwork(regions, gateways);
    for (int j = 0; j < 12; ++j) {
      for (int i = 0; i < 12; ++i) network.reachable(j, i) = i == j || DrawInt(&random, 0, 1) == 0;
    }
    const Problem problem = MakeProblem(network, PublishedObjective(), 1, Vector::Ones(12));
    Vector cost(problem.num_arcs());
    for (double& one : cost) one = DrawInt(&random, -1, 1);
    Slot slot = SlotOf(Vector::Ones(12), Vector::Ones(12));
    Dispatcher dispatcher(problem);
    Allocation allocation = MakeAllocation(problem);
    const DispatchResult result = dispatcher.Solve(cost, slot, &allocation);
    ASSERT_EQ(result.status, DispatchStatus::kOptimal);
    EXPECT_NEAR(result.cost, ClpSlotOptimum(problem, cost, slot), 1e-9);
  }
}

TEST(DispatchTest, EqualsClpOnTenThousandRandomSlots) {
  Vector cost;
  Coefficients coefficients;
  Slot slot;
  int slots = 0, pivots = 0, networks = 0;
  double worst = 0.0;
  for (std::uint64_t seed = 1; slots < Scaled(10000); ++seed) {
    SCOPED_TRACE(seed);
    InstanceOptions options;
    options.max_regions = seed % 7 == 0 ? 20 : 6;
    options.max_gateways = seed % 5 == 0 ? 25 : 6;
    Instance instance = MakeRandomInstance(seed, options);
    if (seed % 4 == 0) instance.problem.shed_cost = 30.0;
    std::mt19937_64 random(seed);
    Prices prices = ZeroPrices(instance.problem);
    for (Vector& price : prices) {
      for (double& one : price) one = DrawInt(&random, 0, 1) ? 0.0 : Draw(&random, 0.0, 100.0);
    }
    Dispatcher dispatcher(instance.problem);
    Allocation allocation = MakeAllocation(instance.problem);
    const auto source = MakeSlotSource(instance.trace);
    Vector use;
    for (int t = 0; t < source->num_slots(); ++t, ++slots) {
      source->Read(t, &slot);
      if (seed % 10 == 0) slot.capacity *= 0.9;  // often too little
      EstimateCoefficients(instance.problem, slot, &coefficients);
      PricedCost(instance.problem, coefficients, 1.0, prices, &cost);
      const double reference = ClpSlotOptimum(instance.problem, cost, slot);
      const DispatchResult result = dispatcher.Solve(cost, slot, &allocation);
      pivots += result.pivots;
      if (std::isinf(reference)) {
        EXPECT_EQ(result.status, DispatchStatus::kInfeasible);
        EXPECT_GT(allocation.shed.sum(), 0.0);
        continue;
      }
      ASSERT_EQ(result.status, DispatchStatus::kOptimal);
      EXPECT_LE(Infeasibility(instance.problem, slot, {}, allocation, &use), 1e-9);
      const double error = std::abs(result.cost - reference) / (1.0 + std::abs(reference));
      worst = std::max(worst, error);
      ASSERT_LE(error, 1e-9) << "slot " << t << ": " << result.cost << " against " << reference;
      const double dual = DualValue(instance.problem, cost, slot, dispatcher.capacity_price());
      ASSERT_NEAR(dual, reference, 1e-9 * (1.0 + std::abs(reference))) << "slot " << t << ": capacity prices";
      // One variant's problems go to the method for networks; the general one has to agree.
      GeneralSimplex general(instance.problem);
      ASSERT_NEAR(general.Solve(cost, slot, &allocation, 1.0).cost, reference, 1e-9 * (1.0 + std::abs(reference)));
      networks += NetworkSimplex::Fits(instance.problem);
    }
  }
  EXPECT_GT(pivots, slots / 2) << "the instances are too easy to mean anything";
  EXPECT_GT(networks, slots / 10);
  EXPECT_LT(networks, slots * 9 / 10);
  RecordProperty("worst_relative_error", std::to_string(worst));
}

}  // namespace
}  // namespace evenkeel
