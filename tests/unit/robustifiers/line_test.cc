#include "robustifiers/line.h"

#include <gtest/gtest.h>

#include "tests/reference/random_budget.h"

namespace evenkeel {
namespace {

constexpr double kNorms[] = {1.0, 1.5, 2.0, 4.0, 32.0, kInfinity};

// Empty books. The advice costs 0 and loads r0 with 1, the expert's decision costs 2 and loads r1: with alpha of the
// way the cost is 2 alpha and L - E = (1 - alpha, alpha - 1). The room is B + 2.
//   q = inf and 2: R = 1 - alpha, budget B + 2 - 2 alpha - 10 (1 - alpha) = B - 8 + 8 alpha: alpha = 1 - B / 8;
//   q = 1: R = 0, budget B + 2 - 2 alpha >= 0 everywhere.
TEST(SmallestSafeAlphaTest, ByHand) {
  const Increment advice = {0.0, {Eigen::Vector2d(1.0, 0.0)}}, expert = {2.0, {Eigen::Vector2d(0.0, 1.0)}};
  for (double norm : {1.0, 2.0, kInfinity}) {
    const Problem problem = ProblemOf(PlainTrace(2, 1, 1), CarbonObjective(10.0, norm));
    const Ledger empty = MakeLedger(problem);
    SlotBudget budget(problem);
    for (double bonus : {0.0, 3.0, 7.5, 8.0, 100.0}) {
      SCOPED_TRACE(testing::Message() << "norm " << norm << ", B " << bonus);
      budget.Begin(empty, empty, expert, bonus);
      EXPECT_DOUBLE_EQ(SmallestSafeAlpha(budget, advice, expert), norm == 1.0 ? 0.0 : std::max(0.0, 1.0 - bonus / 8.0));
    }
  }
}

// The expert's decision is the answer even where its own budget is a little below zero: by theorem 4 that is rounding.
TEST(SmallestSafeAlphaTest, NothingSafeMeansTheExpert) {
  const Problem problem = ProblemOf(PlainTrace(2, 1, 1), CarbonObjective(10.0, kInfinity));
  const Ledger empty = MakeLedger(problem);
  SlotBudget budget(problem);
  const Increment advice = {5.0, {Eigen::Vector2d(1.0, 0.0)}}, expert = {2.0, {Eigen::Vector2d(0.0, 1.0)}};
  budget.Begin(empty, empty, expert, -1e-15);
  EXPECT_EQ(SmallestSafeAlpha(budget, advice, expert), 1.0);
  EXPECT_EQ(SmallestSafeAlpha(budget, expert, expert), 1.0);
}

// Norm inf, weight 10, costs 0. The engine is ahead by 1/2 in bucket 1. The advice loads bucket 0 with 1, the expert's
// decision bucket 2, so that with alpha of the way D = (1 - alpha, 1/2, alpha - 1) and R = max(1 - alpha, 1/2): with an
// allowance of 5 the budget rises to 0 at alpha = 1/2 and stays there.
TEST(SmallestSafeAlphaTest, ABudgetThatEndsInATieIsSafeUpToRounding) {
  const Problem problem = ProblemOf(PlainTrace(3, 1, 1), CarbonObjective(10.0, kInfinity));
  const Ledger expert_before = MakeLedger(problem);
  Ledger engine = expert_before;
  engine.load[0][1] = 0.5;
  const Increment advice = {0.0, {Eigen::Vector3d(1.0, 0.0, 0.0)}}, expert = {0.0, {Eigen::Vector3d(0.0, 0.0, 1.0)}};
  SlotBudget budget(problem);
  budget.Begin(engine, expert_before, expert, 5.0);
  EXPECT_EQ(SmallestSafeAlpha(budget, advice, expert), 0.5);
  budget.Begin(engine, expert_before, expert, 5.0 - 1e-15);
  EXPECT_EQ(SmallestSafeAlpha(budget, advice, expert), 1.0);
  EXPECT_NEAR(SmallestSafeAlpha(budget, advice, expert, 1e-13), 0.5, 1e-15);
  budget.Begin(engine, expert_before, expert, 5.0 - 1e-12);
  EXPECT_EQ(SmallestSafeAlpha(budget, advice, expert, 1e-13), 1.0) << "more than rounding";
}

TEST(SmallestSafeAlphaTest, IsExactAndMonotoneInTheAllowance) {
  int inside = 0;
  double worst = kInfinity;
  for (int seed = 1; seed <= Scaled(20000); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const double first_norm = kNorms[DrawInt(&random, 0, 5)], second_norm = kNorms[DrawInt(&random, 0, 5)];
    const Problem problem = RegionsProblem(DrawInt(&random, 1, 5), first_norm, second_norm);
    const RandomBudget books(problem, static_cast<std::uint64_t>(seed));
    double slack = DrawInt(&random, 0, 9) == 0 ? 0.0 : std::pow(10.0, Draw(&random, -6.0, 1.0)), previous = 1.0;
    for (int step = 0; step < 4; ++step, slack = 2.0 * slack + 0.1) {
      const SlotBudget budget = books.WithExpertSlack(problem, slack);
      const auto value_at = [&](double alpha) {
        return budget.ValueOnSegment(books.advice_step, books.expert_step, alpha).value;
      };
      constexpr double kScale = 100.0;  // of the sums in the budget
      const double alpha = SmallestSafeAlpha(budget, books.advice_step, books.expert_step);
      ASSERT_GE(alpha, 0.0);
      ASSERT_LE(alpha, previous + 1e-12) << "more allowance, less trust";
      previous = alpha;
      worst = std::min(worst, value_at(alpha) / kScale);
      EXPECT_GE(value_at(alpha), -1e-12 * kScale);
      if (alpha > 1e-9) {
        EXPECT_LT(value_at(alpha - 1e-9), 1e-15 * kScale) << "alpha " << alpha << " is not the smallest";
      }
      inside += alpha > 0.0 && alpha < 1.0;
    }
  }
  EXPECT_GT(inside, Scaled(2000));
  RecordProperty("worst_budget", testing::PrintToString(worst));
}

// The advice is out of the budget by next to nothing, so that rounding is all that is left to see between one step and
// the next. Concave budgets lie above their chords: alpha is at most short / (short + the expert's slack).
TEST(SmallestSafeAlphaTest, ArrivesWhereRoundingHidesTheProgress) {
  int close = 0;
  for (int seed = 1; seed <= Scaled(50000); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const double first_norm = kNorms[DrawInt(&random, 0, 5)], second_norm = kNorms[DrawInt(&random, 0, 5)];
    const Problem problem = RegionsProblem(DrawInt(&random, 1, 5), first_norm, second_norm);
    RandomBudget books(problem, static_cast<std::uint64_t>(seed));
    // With the advice the books are almost even, in sums of large loads that cancel.
    const double size = std::pow(10.0, Draw(&random, 0.0, 3.0)), shortfall = std::pow(10.0, Draw(&random, -12.0, -4.0));
    for (int k = 0; k < problem.num_groups(); ++k) {
      for (Vector* load : {&books.expert.load[k], &books.advice_step.load[k], &books.expert_step.load[k]})
        *load *= size;
      books.engine.load[k] = books.expert.load[k] + books.expert_step.load[k] - books.advice_step.load[k];
      for (double& load : books.engine.load[k]) load += Draw(&random, -0.1, 0.1);
    }
    books.engine.energy_cost = books.expert.energy_cost + books.expert_step.cost - books.advice_step.cost;
    SlotBudget budget(problem);
    budget.Begin(books.engine, books.expert, books.expert_step, 0.0);
    budget.Begin(books.engine, books.expert, books.expert_step, -shortfall - budget.Value(books.advice_step));
    const double expert_slack = budget.Value(books.expert_step), short_by = -budget.Value(books.advice_step);
    if (expert_slack < 1.0 || short_by <= 0.0) continue;
    ++close;
    const double rounding = 1e-13 * size;
    ASSERT_LE(SmallestSafeAlpha(budget, books.advice_step, books.expert_step),
              (short_by + rounding) / (short_by + expert_slack));
  }
  EXPECT_GT(close, Scaled(5000));
}

TEST(MixTest, EndsAreCopiedToTheBit) {
  const Allocation a = {Eigen::Vector2d(0.1, 1.0 / 3.0), Eigen::Vector2d(-0.0, 1.0)},
                   b = {Eigen::Vector2d(1e-300, 0.7), Eigen::Vector2d(0.3, 0.0)};
  Allocation result = {Vector::Zero(5), Vector()};
  Mix(a, b, 0.0, &result);
  EXPECT_EQ(result.flow, a.flow);
  EXPECT_EQ(result.shed, a.shed);
  EXPECT_TRUE(std::signbit(result.shed[0]));
  Mix(a, b, 1.0, &result);
  EXPECT_EQ(result.flow, b.flow);
  EXPECT_EQ(result.shed, b.shed);
  Mix(a, b, 0.25, &result);
  EXPECT_DOUBLE_EQ(result.flow[1], 0.75 / 3.0 + 0.25 * 0.7);
  EXPECT_DOUBLE_EQ(result.shed[0], 0.075);
}

}  // namespace
}  // namespace evenkeel
