#include "engine/dispatch/cheapest_arc.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "engine/planner/instruction_set.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// The first of the least sums that are below.
CheapestArc OneAfterAnother(const std::vector<double>& cost, const std::vector<double>& price,
                            const std::vector<int>& region, double below) {
  CheapestArc cheapest{-1, below};
  for (int a = 0; a < static_cast<int>(cost.size()); ++a) {
    const double unit_cost = cost[a] + price[region[a]];
    if (unit_cost < cheapest.unit_cost) cheapest = {a, unit_cost};
  }
  return cheapest;
}

void ExpectSame(const CheapestArc& found, const CheapestArc& expected) {
  ASSERT_EQ(found.arc, expected.arc);
  if (expected.arc < 0) return;
  EXPECT_EQ(found.unit_cost, expected.unit_cost);
}

/// Whole numbers, so that several arcs are the cheapest, and as many arcs as make every remainder of a vector.
TEST(CheapestArcTest, IsTheSameInAllVectors) {
  for (const std::string& name : InstructionSets()) {
    UseInstructionSet(name);
    int found = 0, none = 0;
    for (int seed = 1; seed <= Scaled(2000); ++seed) {
      SCOPED_TRACE(testing::Message() << name << ", seed " << seed);
      std::mt19937_64 random(seed);
      const int arcs = DrawInt(&random, 0, 70), regions = arcs + DrawInt(&random, 1, 20);
      std::vector<double> cost(arcs), price(regions);
      std::vector<int> region(arcs), in_order(arcs);
      for (double& one : cost) one = DrawInt(&random, -5, 30);
      for (double& one : price) one = DrawInt(&random, 0, 5);
      for (int& one : region) one = DrawInt(&random, 0, regions - 1);
      std::iota(in_order.begin(), in_order.end(), 0);
      const double below = DrawInt(&random, -6, 10);
      ExpectSame(FindCheapestArc(cost.data(), price.data(), arcs, below),
                 OneAfterAnother(cost, price, in_order, below));
      const CheapestArc list = FindCheapestArc(cost.data(), price.data(), region.data(), arcs, below);
      ExpectSame(list, OneAfterAnother(cost, price, region, below));
      ++(list.arc < 0 ? none : found);
    }
    EXPECT_GT(found, Scaled(2000) / 10);
    EXPECT_GT(none, Scaled(2000) / 10);
  }
  UseInstructionSet("");
}

}  // namespace
}  // namespace evenkeel
