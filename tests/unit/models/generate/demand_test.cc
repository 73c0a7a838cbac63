// What is asked for can be served.
#include "models/generate/demand.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "models/generate/trace.h"
#include "tests/reference/generator_options.h"

namespace evenkeel {
namespace {

/// Largest amount of the demand that the regions can serve: augmenting paths, one breadth-first search each.
double MaxFlow(const Network& network, const Vector& demand, const Vector& capacity) {
  const int gateways = network.num_gateways(), nodes = gateways + network.num_regions() + 2;
  const int source = nodes - 2, sink = nodes - 1;
  RowMatrix residual = RowMatrix::Zero(nodes, nodes);
  for (int j = 0; j < gateways; ++j) {
    residual(source, j) = demand[j];
    for (int i = 0; i < network.num_regions(); ++i)
      residual(j, gateways + i) = network.reachable(j, i) ? demand.sum() : 0.0;
  }
  for (int i = 0; i < network.num_regions(); ++i) residual(gateways + i, sink) = capacity[i];
  double flow = 0.0;
  for (;;) {
    std::vector<int> parent(nodes, -1), queue = {source};
    for (std::size_t n = 0; n < queue.size() && parent[sink] < 0; ++n) {
      for (int v = 0; v < nodes; ++v) {
        if (parent[v] >= 0 || v == source || residual(queue[n], v) <= 1e-13) continue;
        parent[v] = queue[n];
        queue.push_back(v);
      }
    }
    if (parent[sink] < 0) return flow;
    double step = std::numeric_limits<double>::infinity();
    for (int v = sink; v != source; v = parent[v]) step = std::min(step, residual(parent[v], v));
    for (int v = sink; v != source; v = parent[v]) {
      residual(parent[v], v) -= step;
      residual(v, parent[v]) += step;
    }
    flow += step;
  }
}

void ExpectEverySlotServable(const GeneratorOptions& options) {
  const Trace trace = GenerateTrace(options);
  const Signals& s = trace.signals;
  for (int t = 0; t < s.num_slots(); ++t) {
    const Vector demand = s.demand.row(t), capacity = s.capacity.row(t) * options.slot_hours;
    ASSERT_GT(demand.minCoeff(), 0.0) << "slot " << t;
    ASSERT_NEAR(MaxFlow(trace.header.network, demand, capacity), demand.sum(), 1e-9) << "slot " << t;
  }
}

TEST(MaxFlow, FindsABottleneck) {
  // Both gateways reach region 0 only; region 1 is idle.
  Network network = MakeFullNetwork({{"a", 1.0, 0.0, 0.0}, {"b", 1.0, 0.0, 90.0}}, {{"x", 0.0, 0.0}, {"y", 0.0, 0.0}});
  network.reachable << 1, 0, 1, 0;
  EXPECT_DOUBLE_EQ(MaxFlow(network, Vector::Constant(2, 0.75), Vector::Ones(2)), 1.0);
  network.reachable << 1, 0, 1, 1;
  EXPECT_DOUBLE_EQ(MaxFlow(network, Vector::Constant(2, 0.75), Vector::Ones(2)), 1.5);
}

TEST(Generate, UtilisationIsMetOnAverage) {
  for (const double utilisation : {0.3, 0.65}) {
    GeneratorOptions options = Options(10, 10, 2016);
    options.utilisation = utilisation;
    const Signals s = GenerateTrace(options).signals;
    EXPECT_NEAR(s.demand.sum() / s.capacity.sum(), utilisation, 0.02 * utilisation);
  }
}

TEST(Generate, EverySlotIsServableWithFullReach) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    for (const int gateways : {1, 10, 50}) {
      GeneratorOptions options = Options(10, gateways, 500, seed);
      options.utilisation = 0.9;
      options.slot_hours = 0.5;
      const Signals s = GenerateTrace(options).signals;
      for (int t = 0; t < 500; ++t) {
        ASSERT_LE(s.demand.row(t).sum(), s.capacity.row(t).sum() * 0.5 * (kServableShare + 1e-12)) << "slot " << t;
      }
    }
  }
}

TEST(Generate, EverySlotIsServableWithPartialReach) {
  for (const double reach : {0.05, 0.2, 0.5}) {
    for (const double utilisation : {0.65, 0.9}) {
      GeneratorOptions options = Options(12, 15, 200, 4);
      options.reach = reach;
      options.utilisation = utilisation;
      SCOPED_TRACE(testing::Message() << "reach " << reach << " utilisation " << utilisation);
      ExpectEverySlotServable(options);
    }
  }
  GeneratorOptions crowded = Options(7, 3, 200, 9);
  crowded.reach = 0.01;
  crowded.utilisation = 0.9;
  ExpectEverySlotServable(crowded);
}

TEST(Generate, ReachGrowsUntilTheExpectedDemandFits) {
  // One region within reach of each would force most of the demand of large gateways to be cut.
  GeneratorOptions options = Options(12, 15, 336);
  options.reach = 0.05;
  const Signals s = GenerateTrace(options).signals;
  EXPECT_NEAR(s.demand.sum() / s.capacity.sum(), options.utilisation, 0.03 * options.utilisation);
}

TEST(Generate, LimiterLeavesServableDemandAloneAndCutsOnlyWhereNeeded) {
  FlagMatrix reachable(3, 3);
  reachable << 1, 0, 0, 1, 0, 0, 0, 1, 1;  // two gateways share region 0; the third has the others to itself
  const DemandLimiter limiter(reachable, Vector::Constant(3, 0.3));
  Vector demand(3);
  demand << 0.4, 0.5, 1.9;
  const Vector before = demand;
  limiter.Limit(&demand);
  EXPECT_EQ(demand, before);
  demand << 0.98, 0.98, 1.5;
  limiter.Limit(&demand);
  EXPECT_NEAR(demand[0], 0.49, 1e-12);
  EXPECT_NEAR(demand[1], 0.49, 1e-12);
  EXPECT_EQ(demand[2], 1.5);
}

TEST(Generate, ReachTakesTheNearestRegions) {
  GeneratorOptions options = Options(40, 40, 1);
  options.reach = 0.25;
  options.utilisation = 0.2;
  const Network network = GenerateTrace(options).header.network;
  for (int j = 0; j < 40; ++j) {
    double farthest_reached = 0.0, nearest_other = 1e9;
    for (int i = 0; i < 40; ++i) {
      if (network.reachable(j, i)) farthest_reached = std::max(farthest_reached, network.distance(j, i));
      if (!network.reachable(j, i)) nearest_other = std::min(nearest_other, network.distance(j, i));
    }
    EXPECT_GE(network.reachable.row(j).cast<int>().sum(), 10);
    EXPECT_LE(farthest_reached, nearest_other);
  }
  EXPECT_LT(network.reachable.cast<double>().mean(), 0.6);
}

}  // namespace
}  // namespace evenkeel
