#include "robustifiers/project.h"

#include <gtest/gtest.h>

#include "robustifiers/line.h"
#include "tests/reference/random_budget.h"

namespace evenkeel {
namespace {

constexpr double kNorms[] = {1.0, 2.0, 4.0, kInfinity};

/// One gateway, two or three regions, two groups, random books before the slot; advice and expert's decision are random
/// feasible points.
struct ProjectCase {
  explicit ProjectCase(int seed) : problem(MakeProblemFor(seed)), books(problem, static_cast<std::uint64_t>(seed)) {
    std::mt19937_64& random = books.random;
    const int n = problem.num_arcs();
    slot.demand = Vector::Constant(1, Draw(&random, 0.5, 2.0));
    slot.capacity = Vector::NullaryExpr(n, [&] { return slot.demand[0] * Draw(&random, 0.6, 1.5); });
    slot.price = Vector::NullaryExpr(n, [&] { return Draw(&random, -3.0, 10.0); });
    slot.carbon_intensity = Vector::NullaryExpr(n, [&] { return Draw(&random, 0.1, 2.0); });
    slot.water_intensity = Vector::NullaryExpr(n, [&] { return Draw(&random, 0.1, 4.0); });
    EstimateCoefficients(problem, slot, &coefficients);
    advice = DrawFeasible();
    expert = DrawFeasible();
    ComputeIncrement(problem, coefficients, advice, &books.advice_step);
    ComputeIncrement(problem, coefficients, expert, &books.expert_step);
  }

  static Problem MakeProblemFor(int seed) {
    std::mt19937_64 random(1000 + seed);
    const double first_norm = kNorms[DrawInt(&random, 0, 3)], second_norm = kNorms[DrawInt(&random, 0, 3)];
    return RegionsProblem(DrawInt(&random, 2, 3), first_norm, second_norm);
  }

  Allocation DrawFeasible() {
    Allocation allocation = MakeAllocation(problem);
    do {  // a random vertex of the simplex, or a point inside
      Vector weight =
          Vector::NullaryExpr(problem.num_arcs(), [&] { return std::pow(Draw(&books.random, 0.0, 1.0), 3.0); });
      allocation.flow = slot.demand[0] * weight / weight.sum();
    } while ((allocation.flow - slot.capacity).maxCoeff() > 0.0);
    return allocation;
  }

  double BudgetAt(const SlotBudget& budget, const Vector& flow) {
    ComputeIncrement(problem, coefficients, {flow, Vector::Zero(1)}, &step);
    return budget.Value(step);
  }

  Problem problem;
  RandomBudget books;
  Slot slot;
  Coefficients coefficients;
  Allocation advice, expert;
  Increment step;
};

/// Where the ray from the advice enters the safe set: at most `furthest`, infinity when it does not.
double Entry(ProjectCase* c, const SlotBudget& budget, const Vector& direction) {
  double furthest = kInfinity;
  for (Eigen::Index a = 0; a < direction.size(); ++a) {
    if (direction[a] < 0.0) furthest = std::min(furthest, c->advice.flow[a] / -direction[a]);
    if (direction[a] > 0.0) furthest = std::min(furthest, (c->slot.capacity[a] - c->advice.flow[a]) / direction[a]);
  }
  const auto value = [&](double r) { return c->BudgetAt(budget, c->advice.flow + r * direction); };
  double low = 0.0, high = furthest;
  for (int i = 0; i < 80; ++i) {  // the largest budget on the ray: concave
    const double a = low + (high - low) / 3.0, b = high - (high - low) / 3.0;
    (value(a) < value(b) ? low : high) = value(a) < value(b) ? a : b;
  }
  double outside = 0.0, inside = 0.5 * (low + high);
  if (value(inside) < 0.0) return kInfinity;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (outside + inside);
    (value(middle) < 0.0 ? outside : inside) = middle;
  }
  return inside;
}

/// Distance from the advice to the nearest safe point, by rays in all directions, then closer and closer around the
/// best one.
double BruteForceDistance(ProjectCase* c, const SlotBudget& budget) {
  const Vector sideways = c->problem.num_arcs() == 2 ? Vector(Eigen::Vector2d(1.0, -1.0) / std::sqrt(2.0))
                                                     : Vector(Eigen::Vector3d(1.0, -1.0, 0.0) / std::sqrt(2.0));
  if (c->problem.num_arcs() == 2) return std::min(Entry(c, budget, sideways), Entry(c, budget, -sideways));
  const Vector up = Eigen::Vector3d(1.0, 1.0, -2.0) / std::sqrt(6.0);
  double best = kInfinity, best_angle = 0.0;
  const auto scan = [&](double from, double to, int steps) {
    for (int i = 0; i <= steps; ++i) {
      const double angle = from + (to - from) * i / steps;
      const double distance = Entry(c, budget, std::cos(angle) * sideways + std::sin(angle) * up);
      if (distance < best) best = distance, best_angle = angle;
    }
  };
  scan(0.0, 2.0 * M_PI, 360);
  for (double width = 2.0 * M_PI / 360; width > 1e-9; width *= 0.25) scan(best_angle - width, best_angle + width, 8);
  return best;
}

TEST(ProjectorTest, IsTheNearestSafePointByBruteForce) {
  int projected = 0;
  double worst = 0.0, nearer = 0.0;
  for (int seed = 1; seed <= Scaled(250); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    ProjectCase c(seed);
    const SlotBudget budget = c.books.WithExpertSlack(c.problem, std::pow(10.0, Draw(&c.books.random, -3.0, 1.0)));
    if (budget.Value(c.books.advice_step) >= 0.0) continue;
    ++projected;
    Allocation result = MakeAllocation(c.problem);
    ASSERT_TRUE(Projector(c.problem).Project(c.slot, c.coefficients, budget, c.advice, &result));
    Vector use;
    EXPECT_LE(Infeasibility(c.problem, c.slot, result, &use), 1e-7);
    EXPECT_GE(c.BudgetAt(budget, result.flow), -1e-6);
    const double distance = (result.flow - c.advice.flow).norm(), reference = BruteForceDistance(&c, budget);
    EXPECT_NEAR(distance, reference, 1e-6) << "norms " << c.problem.groups[0].norm << ", " << c.problem.groups[1].norm;
    const double alpha = SmallestSafeAlpha(budget, c.books.advice_step, c.books.expert_step);
    const double line = alpha * (c.expert.flow - c.advice.flow).norm();
    EXPECT_LE(distance, line + 1e-6) << "further than the line's point";
    worst = std::max(worst, std::abs(distance - reference));
    nearer = std::max(nearer, line - distance);
  }
  EXPECT_GT(projected, Scaled(250) / 4);
  EXPECT_GT(nearer, 0.01) << "in no case nearer than the line's point: too poor to mean anything";
  RecordProperty("worst_distance_error", testing::PrintToString(worst));
  RecordProperty("projected", projected);
}

// Demand 1 at one gateway, region r0 free and r1 at 10, no groups that weigh: advice (0, 1), expert (1, 0). The budget
// B - 10 x1 >= 0 allows x1 = B / 10.
TEST(ProjectorTest, ByHand) {
  Trace trace = PlainTrace(2, 1, 1);
  trace.signals.price(0, 1) = 10.0;
  const Problem problem = ProblemOf(trace, CarbonObjective(0.0, kInfinity));
  Slot slot;
  MakeSlotSource(trace)->Read(0, &slot);
  Coefficients coefficients;
  EstimateCoefficients(problem, slot, &coefficients);
  const Allocation advice = {Eigen::Vector2d(0.0, 1.0), Vector::Zero(1)},
                   expert = {Eigen::Vector2d(1.0, 0.0), Vector::Zero(1)};
  Increment expert_step;
  ComputeIncrement(problem, coefficients, expert, &expert_step);
  SlotBudget budget(problem);
  budget.Begin(MakeLedger(problem), MakeLedger(problem), expert_step, 4.0);
  Allocation result = MakeAllocation(problem);
  ASSERT_TRUE(Projector(problem).Project(slot, coefficients, budget, advice, &result));
  EXPECT_NEAR(result.flow[0], 0.6, 1e-7);
  EXPECT_NEAR(result.flow[1], 0.4, 1e-7);
}

// Three regions: the segment from advice (0, 0, 1) to expert (1, 0, 0) passes by r1, which is as cheap as r0. Price 12
// on r2 only: x2 <= B / 12 = 1/2, and the rest is spread evenly: (1/4, 1/4, 1/2).
TEST(ProjectorTest, SpreadsWhereTheLineCannot) {
  Trace trace = PlainTrace(3, 1, 1);
  trace.signals.price(0, 2) = 12.0;
  const Problem problem = ProblemOf(trace, CarbonObjective(0.0, 2.0));
  Slot slot;
  MakeSlotSource(trace)->Read(0, &slot);
  Coefficients coefficients;
  EstimateCoefficients(problem, slot, &coefficients);
  const Allocation advice = {Eigen::Vector3d(0.0, 0.0, 1.0), Vector::Zero(1)},
                   expert = {Eigen::Vector3d(1.0, 0.0, 0.0), Vector::Zero(1)};
  Increment expert_step;
  ComputeIncrement(problem, coefficients, expert, &expert_step);
  SlotBudget budget(problem);
  budget.Begin(MakeLedger(problem), MakeLedger(problem), expert_step, 6.0);
  Allocation result = MakeAllocation(problem);
  ASSERT_TRUE(Projector(problem).Project(slot, coefficients, budget, advice, &result));
  EXPECT_LE((result.flow - Eigen::Vector3d(0.25, 0.25, 0.5)).norm(), 1e-7);
}

}  // namespace
}  // namespace evenkeel
