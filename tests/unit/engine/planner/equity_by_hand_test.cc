// Two regions, two gateways, two variants, two slots, worked out by hand for each norm.
//
// Demand of both gateways is 1 in both slots. Energy is free in region 0, costs 1 in region 1, and emits 1 t/MWh in
// either. The large variant uses 1 MWh a unit and loses nothing, the small one uses 1/2 and loses 1. Weights: carbon
// nu = sqrt(5/2), performance 1/10; both groups have norm q. Quality loss of a gateway is its small units / 2.
//
// All is served small: a unit of large saves 1/2 of quality at a price of at most 1/10, and adds half a MWh, which
// costs at least 1/2 nu / 2 = 0.39 in either region wherever the carbon price is at least nu / 2; it is, below. So both
// gateways lose 1, performance costs (1/10) 2^(1/q), and 2 MWh have to be split, x in region 0 and 2 - x in region 1:
//
//     J(x) = (2 - x) + nu || (x, 2 - x) ||_q + (1/10) 2^(1/q)
//
//   q = 1     the norm is 2 for every x, so x = 2:      J = 2 nu + 0.2                     loads (2, 0)
//   q = 2     with x = 1 + d the norm is sqrt(2 + 2 d^2) and J' = -1 + 2 nu d / sqrt(2 + 2 d^2) = 0 at
//             4 nu^2 d^2 = 2 + 2 d^2, so d = 1/2:       J = 1/2 + nu sqrt(5/2) + 0.1 sqrt(2)
//                                                         = 3 + 0.1 sqrt(2)                loads (3/2, 1/2)
//   q = inf   for x >= 1, J' = -1 + nu > 0, so x = 1:   J = 1 + nu + 0.1                   loads (1, 1)
#include <gtest/gtest.h>

#include <cmath>

#include "engine/planner/offline.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

const double kNu = std::sqrt(2.5);

Trace HandTrace() {
  Trace trace = PlainTrace(2, 2, 2);
  trace.signals.price.col(1).setOnes();
  trace.signals.carbon_intensity.setOnes();
  trace.header.network.variants = {{"large", 1.0, 0.0}, {"small", 0.5, 1.0}};
  trace.header.network.energy_per_unit.resize(2, 2);
  trace.header.network.energy_per_unit << 1.0, 0.5, 1.0, 0.5;
  return trace;
}

OfflineOptimum Solve(const Trace& trace, double q) {
  Objective objective = CarbonObjective(kNu, q);
  EquityGroup performance;
  performance.name = "performance";
  performance.footprint = Footprint::kQualityLoss;
  performance.weight = 0.1;
  performance.norm = q;
  objective.groups.push_back(performance);
  return SolveOffline(ProblemOf(trace, objective), *MakeSlotSource(trace), {});
}

void ExpectSolution(double q, double objective, Eigen::Vector2d carbon) {
  const OfflineOptimum optimum = Solve(HandTrace(), q);
  EXPECT_TRUE(optimum.converged);
  EXPECT_NEAR(optimum.objective, objective, 1e-7);
  EXPECT_NEAR((optimum.ledger.load[0] - carbon).norm(), 0.0, 1e-3);
  EXPECT_NEAR((optimum.ledger.load[1] - Eigen::Vector2d(1.0, 1.0)).norm(), 0.0, 1e-6);
}

TEST(EquityByHand, Sum) { ExpectSolution(1.0, 2.0 * kNu + 0.2, {2.0, 0.0}); }
TEST(EquityByHand, TwoNorm) { ExpectSolution(2.0, 3.0 + 0.1 * std::sqrt(2.0), {1.5, 0.5}); }
TEST(EquityByHand, Maximum) { ExpectSolution(kInfinity, 1.0 + kNu + 0.1, {1.0, 1.0}); }

// At a fixed weight a larger q weighs the norm less, so that the largest bucket and the sum may both grow with it.
// Three regions and a demand of 2: two regions are free and emit 1, the third costs 3 and emits nothing; weight 4.
//   q = 1: a unit of the free regions costs 4 of carbon, the clean one 3: all clean, loads 0.
//   q = inf: a unit in each of the free ones costs 4 for both, clean they would cost 6: loads (1, 1, 0).
TEST(EquityByHand, ALargerNormMayRaiseTheMaximum) {
  Trace trace = PlainTrace(3, 1, 1);
  trace.signals.demand(0, 0) = 2.0;
  trace.signals.price(0, 2) = 3.0;
  trace.signals.carbon_intensity.row(0) << 1.0, 1.0, 0.0;
  const auto solve = [&](double q) {
    return SolveOffline(ProblemOf(trace, CarbonObjective(4.0, q)), *MakeSlotSource(trace), {}).ledger.load[0];
  };
  EXPECT_NEAR(solve(1.0).sum(), 0.0, 1e-6);
  EXPECT_NEAR((solve(kInfinity) - Eigen::Vector3d(1.0, 1.0, 0.0)).norm(), 0.0, 1e-6);
}

}  // namespace
}  // namespace evenkeel
