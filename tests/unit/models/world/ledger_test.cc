#include "models/world/ledger.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/reference/hand_case.h"

namespace evenkeel {
namespace {

/// Slot 0: g0 one unit on north large, one on south small; g1 three on south large. Slot 1: g0 one on north small, g1
/// one on south small.
Allocation HandDecision(int t) {
  Allocation allocation{Vector::Zero(8), Vector::Zero(2)};
  if (t == 0) allocation.flow << 1, 0, 0, 1, 0, 0, 3, 0;
  if (t == 1) allocation.flow << 0, 1, 0, 0, 0, 0, 0, 1;
  return allocation;
}

Ledger HandLedger(const Problem& problem) {
  Ledger ledger = MakeLedger(problem);
  Coefficients coefficients;
  for (int t = 0; t < 2; ++t) {
    const Slot slot = HandSlot(t);
    EstimateCoefficients(problem, slot, &coefficients);
    AddSlot(problem, coefficients, HandDecision(t), FirmDemand(problem, slot), &ledger);
  }
  return ledger;
}

void ExpectNear(const Vector& actual, const Eigen::Vector2d& expected) {
  EXPECT_LE((actual - expected).cwiseAbs().maxCoeff(), 1e-13)
      << actual.transpose() << " against " << expected.transpose();
}

// Slot 0: cost 50 - 9 - 3 * 30 = -49, carbon north 0.625, south 0.48 + 3 * 1.2 = 4.08, water 2 and 4 + 30, quality of
// g0 0.02. Slot 1: cost 20 * 1.25 * 0.4 + 30 * 1.5 * 0.8 = 10 + 36, carbon 1.25 * 0.4 * 0.4 = 0.2 and 2 * 1.5 * 0.8 *
// 0.1 = 0.24,
//         water 0.4 and 0.8, quality 0.02 and 0.01.
TEST(LedgerTest, SumsOfTwoSlots) {
  const Ledger ledger = HandLedger(HandProblem());
  EXPECT_NEAR(ledger.energy_cost, -3.0, 1e-13);
  EXPECT_NEAR(ledger.cost(), -3.0, 1e-13);
  ExpectNear(ledger.region_cost, Eigen::Vector2d(60, -63));
  ExpectNear(ledger.region_workload, Eigen::Vector2d(2, 5));
  ExpectNear(ledger.load[0], Eigen::Vector2d(0.825, 4.32));
  ExpectNear(ledger.load[1], Eigen::Vector2d(2.4, 34.8));
  ExpectNear(ledger.load[2], Eigen::Vector2d(0.04, 0.01));
  EXPECT_EQ(ledger.shed, 0.0);
}

// 100 max carbon = 432, 10 (sum of water) = 372, 50 sqrt(0.04^2 + 0.01^2) = 50 sqrt(0.0017).
// The shift: slot 0's cheapest arc costs -30, and 5 units are served whatever is decided: 150.
TEST(LedgerTest, ObjectiveAndShift) {
  const Problem problem = HandProblem();
  const Ledger ledger = HandLedger(problem);
  const double equity = 432.0 + 372.0 + 50.0 * std::sqrt(0.0017);
  EXPECT_NEAR(EquityCost(problem, ledger.load), equity, 1e-10);
  EXPECT_NEAR(ObjectiveValue(problem, ledger), -3.0 + equity, 1e-10);
  EXPECT_EQ(ledger.shift, 150.0);
  EXPECT_NEAR(ShiftedObjectiveValue(problem, ledger), 147.0 + equity, 1e-10);
}

// Adding sigma to every arc of the same slot adds exactly the ledger's shift to the cost of any decision that serves
// everything.
TEST(LedgerTest, TheShiftIsWhatShiftedCostsAdd) {
  const Problem problem = HandProblem();
  Coefficients coefficients;
  EstimateCoefficients(problem, HandSlot(0), &coefficients);
  coefficients.cost.array() += coefficients.shift;
  EXPECT_EQ(coefficients.cost.minCoeff(), 0.0);
  EXPECT_NEAR(coefficients.cost.dot(HandDecision(0).flow), -49.0 + 150.0, 1e-12);
}

TEST(LedgerTest, UnservedWorkloadCosts) {
  Problem problem = HandProblem();
  problem.shed_cost = 7.0;
  Coefficients coefficients;
  EstimateCoefficients(problem, HandSlot(0), &coefficients);
  Allocation allocation = HandDecision(0);
  allocation.flow[6] = 1.0;
  allocation.shed[1] = 2.0;  // of g1's three units
  Ledger ledger = MakeLedger(problem);
  AddSlot(problem, coefficients, allocation, 5.0, &ledger);
  EXPECT_EQ(ledger.shed, 2.0);
  EXPECT_EQ(ledger.shed_cost, 14.0);
  EXPECT_NEAR(ledger.cost(), 50.0 - 9.0 - 30.0 + 14.0, 1e-13);
  EXPECT_EQ(ledger.shift, 150.0) << "unserved workload carries the shift too";
}

// Capacity 4 and 8, demand (2, 3). Small variants use half a unit of resource.
TEST(LedgerTest, InfeasibilityIsTheLargestViolation) {
  const Problem problem = HandProblem();
  const Slot slot = HandSlot(0);
  Vector use;
  const auto violation = [&](const std::function<void(Allocation*)>& change) {
    Allocation allocation = HandDecision(0);
    change(&allocation);
    return Infeasibility(problem, slot, {}, allocation, &use);
  };
  EXPECT_EQ(violation([](Allocation*) {}), 0.0);
  EXPECT_EQ(use, Eigen::Vector2d(1.0, 3.5));
  EXPECT_EQ(violation([](Allocation* a) { a->flow[6] = 2.25; }), 0.75) << "demand";
  EXPECT_EQ(violation([](Allocation* a) { a->flow[6] = 3.25; }), 0.25) << "served too much";
  EXPECT_EQ(violation([](Allocation* a) { a->flow[0] = 1.5, a->flow[1] = -0.5; }), 0.5) << "sign";
  EXPECT_EQ(violation([](Allocation* a) { a->shed[1] = 1.0, a->flow[6] = 2.0; }), 1.0) << "shedding is off";
  EXPECT_EQ(violation([](Allocation* a) { a->flow[2] = std::nan(""); }), kInfinity);
  EXPECT_EQ(violation([](Allocation* a) { a->flow.conservativeResize(7); }), kInfinity);
  Slot small = slot;
  small.capacity = Eigen::Vector2d(1.0, 3.0);
  EXPECT_EQ(Infeasibility(problem, small, {}, HandDecision(0), &use), 0.5) << "capacity, 3 + 1/2 in the south";
}

}  // namespace
}  // namespace evenkeel
