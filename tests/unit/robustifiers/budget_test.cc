#include "robustifiers/budget.h"

#include <gtest/gtest.h>

#include "tests/reference/hand_case.h"
#include "tests/reference/random_budget.h"

namespace evenkeel {
namespace {

constexpr double kNorms[] = {1.0, 1.5, 2.0, 4.0, kInfinity};

// max(5, 100) = 100 is planned until the expert has spent more.
TEST(AllowanceTest, ByHand) {
  const Spending spending = {0.1, 3.0, 100.0};
  EXPECT_DOUBLE_EQ(Allowance(spending, 5.0), 13.0);
  EXPECT_DOUBLE_EQ(Allowance(spending, 100.0), 13.0);
  EXPECT_DOUBLE_EQ(Allowance(spending, 200.0), 23.0);
  EXPECT_DOUBLE_EQ(Allowance({0.1, 0.0, 0.0}, 50.0), 5.0);
}

TEST(ReserveTest, ByHand) {
  const Vector mixed = Eigen::Vector3d(3.0, -4.0, 4.0), below = Eigen::Vector2d(-1.0, -3.0);
  EXPECT_DOUBLE_EQ(Reserve(mixed, kInfinity), 4.0);
  EXPECT_DOUBLE_EQ(Reserve(mixed, 1.0), 3.0);
  EXPECT_DOUBLE_EQ(Reserve(mixed, 2.0), 5.0) << "negative differences do not count";
  EXPECT_DOUBLE_EQ(Reserve(mixed, 4.0), std::pow(81.0 + 256.0, 0.25));
  EXPECT_DOUBLE_EQ(Reserve(below, kInfinity), -1.0) << "below the expert everywhere: that much is free";
  EXPECT_DOUBLE_EQ(Reserve(below, 1.0), -4.0);
  EXPECT_EQ(Reserve(below, 2.0), 0.0);
}

TEST(ReserveTest, FiniteNormsDoNotOverflow) {
  EXPECT_NEAR(Reserve(Eigen::Vector2d(1e200, 1e200), 4.0), 1e200 * std::pow(2.0, 0.25), 1e187);
  EXPECT_NEAR(Reserve(Eigen::Vector2d(1e-200, 1e-200), 64.0), 1e-200 * std::pow(2.0, 1.0 / 64.0), 1e-213);
}

// ||L|| <= ||E|| + R(L - E): what the proof of theorem 4 needs.
TEST(ReserveTest, CoversTheDifferenceOfTheNorms) {
  std::mt19937_64 random(1);
  for (int draw = 0; draw < Scaled(20000); ++draw) {
    const int n = DrawInt(&random, 1, 5);
    const Vector ours = Vector::NullaryExpr(n, [&] { return Draw(&random, 0.0, 3.0); });
    const Vector theirs = Vector::NullaryExpr(n, [&] { return Draw(&random, 0.0, 3.0); });
    for (double q : kNorms)
      EXPECT_LE(Norm(ours, q), Norm(theirs, q) + Reserve(ours - theirs, q) + 1e-14) << "draw " << draw << ", q " << q;
  }
}

// Before the slot the engine has cost 5 and loads (3, 1), the expert 4 and (1, 2); its decision adds 2 and (1, 1), the
// allowance is 20. So L - E = (1, -2) and the room is 20 - (5 - 4 - 2) = 21. A decision of cost 3 and loads
//   (2, 4) makes L - E = (3, 2):   R_inf = 3, R_1 = 5, R_2 = sqrt(13):   budget 18 - 10 R;
//   (0, 1) makes L - E = (1, -1):  R_inf = 1, R_1 = 0, R_2 = 1;
//   (1, 1), the expert's own:     (2, -1): R_inf = 2, R_1 = 1, R_2 = 2     with its cost 2: 19 - 10 R.
TEST(SlotBudgetTest, ByHand) {
  struct Case {
    double norm, heavy, light, expert;
  };
  for (const Case& hand : {Case{kInfinity, -12.0, 8.0, -1.0}, Case{1.0, -32.0, 18.0, 9.0},
                           Case{2.0, 18.0 - 10.0 * std::sqrt(13.0), 8.0, -1.0}}) {
    SCOPED_TRACE(testing::Message() << "norm " << hand.norm);
    const Problem problem = ProblemOf(PlainTrace(2, 1, 1), CarbonObjective(10.0, hand.norm));
    Ledger engine = MakeLedger(problem), expert = MakeLedger(problem);
    engine.energy_cost = 5.0;
    engine.load[0] = Eigen::Vector2d(3.0, 1.0);
    expert.energy_cost = 3.0;
    expert.shed_cost = 1.0;
    expert.load[0] = Eigen::Vector2d(1.0, 2.0);
    const Increment expert_step = {2.0, {Eigen::Vector2d(1.0, 1.0)}};
    SlotBudget budget(problem);
    budget.Begin(engine, expert, expert_step, 20.0);
    EXPECT_DOUBLE_EQ(budget.room(), 21.0);
    EXPECT_EQ(budget.difference()[0], Vector(Eigen::Vector2d(1.0, -2.0)));
    EXPECT_DOUBLE_EQ(budget.Value({3.0, {Eigen::Vector2d(2.0, 4.0)}}), hand.heavy);
    EXPECT_DOUBLE_EQ(budget.Value({3.0, {Eigen::Vector2d(0.0, 1.0)}}), hand.light);
    EXPECT_DOUBLE_EQ(budget.Value(expert_step), hand.expert);
    // The expert's decision leaves what was there before the slot: L - E = (2, -1), C - C_E = 1.
    EXPECT_DOUBLE_EQ(SettledBudget(problem, engine, expert, 20.0), hand.expert);
  }
}

TEST(SlotBudgetTest, IncrementIsWhatTheLedgerAdds) {
  Problem problem = HandProblem();
  problem.shed_cost = 7.0;
  std::mt19937_64 random(3);
  Allocation allocation = MakeAllocation(problem);
  for (double& flow : allocation.flow) flow = Draw(&random, 0.0, 2.0);
  for (double& shed : allocation.shed) shed = Draw(&random, 0.0, 1.0);
  Coefficients coefficients;
  EstimateCoefficients(problem, HandSlot(0), &coefficients);
  Increment increment;
  for (int again = 0; again < 2; ++again) ComputeIncrement(problem, coefficients, allocation, &increment);
  Ledger ledger = MakeLedger(problem);
  AddSlot(problem, coefficients, allocation, 5.0, &ledger);
  EXPECT_NEAR(increment.cost, ledger.cost(), 1e-12);
  for (int k = 0; k < problem.num_groups(); ++k)
    EXPECT_LE((increment.load[k] - ledger.load[k]).cwiseAbs().maxCoeff(), 1e-14);
}

TEST(SlotBudgetTest, OnTheSegmentItIsTheBudgetAndTheSlopeASupergradient) {
  for (int seed = 1; seed <= Scaled(3000); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const double first_norm = kNorms[DrawInt(&random, 0, 4)], second_norm = kNorms[DrawInt(&random, 0, 4)];
    const Problem problem = RegionsProblem(DrawInt(&random, 1, 4), first_norm, second_norm);
    const RandomBudget books(problem, static_cast<std::uint64_t>(seed));
    const SlotBudget budget = books.WithExpertSlack(problem, Draw(&random, 0.0, 5.0));
    const Increment &from = books.advice_step, &to = books.expert_step;
    for (int draw = 0; draw < 5; ++draw) {
      const double alpha = DrawInt(&random, 0, 5) == 0 ? DrawInt(&random, 0, 1) : Draw(&random, 0.0, 1.0),
                   other = Draw(&random, 0.0, 1.0);
      const SlotBudget::OnSegment at = budget.ValueOnSegment(from, to, alpha);
      Increment mixed = from;
      mixed.cost += alpha * (to.cost - from.cost);
      for (int k = 0; k < problem.num_groups(); ++k) mixed.load[k] += alpha * (to.load[k] - from.load[k]);
      EXPECT_NEAR(at.value, budget.Value(mixed), 1e-11);
      EXPECT_LE(budget.ValueOnSegment(from, to, other).value, at.value + at.slope * (other - alpha) + 1e-11);
    }
  }
}

/// Loads of a slot in which everyone has to use one bucket of the group.
void AddToBoth(int k, Eigen::Index bucket, double load, Ledger* engine, Ledger* expert) {
  engine->load[k][bucket] += load;
  expert->load[k][bucket] += load;
}

// rho = 0. A refused decision, then slots that engine and expert play alike: for every group of norm inf one in which
// all work is dirty and has to go where the engine is furthest above the expert. The norms are then those buckets'
// loads and J - J_E is exactly what the budget says; with norm 1 it is so at once.
TEST(SlotBudgetTest, ForInfinityAndOneARefusedDecisionHasAFutureThatBreaksTheBound) {
  int refused = 0, taken = 0;
  for (int seed = 1; seed <= Scaled(3000); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(seed);
    const double first_norm = DrawInt(&random, 0, 1) ? 1.0 : kInfinity,
                 second_norm = DrawInt(&random, 0, 1) ? 1.0 : kInfinity;
    const Problem problem = RegionsProblem(DrawInt(&random, 1, 4), first_norm, second_norm);
    RandomBudget books(problem, static_cast<std::uint64_t>(seed));
    const double bonus = Draw(&random, 0.0, 60.0);
    SlotBudget budget(problem);
    budget.Begin(books.engine, books.expert, books.expert_step, bonus);
    const double value = budget.Value(books.advice_step);
    books.engine.energy_cost += books.advice_step.cost;
    books.expert.energy_cost += books.expert_step.cost;
    for (int k = 0; k < problem.num_groups(); ++k) {
      books.engine.load[k] += books.advice_step.load[k];
      books.expert.load[k] += books.expert_step.load[k];
      if (!std::isinf(problem.groups[k].norm)) continue;
      Eigen::Index worst = 0;
      (books.engine.load[k] - books.expert.load[k]).maxCoeff(&worst);
      AddToBoth(k, worst, 1000.0, &books.engine, &books.expert);
    }
    const double excess = ObjectiveValue(problem, books.engine) - ObjectiveValue(problem, books.expert) - bonus;
    EXPECT_NEAR(excess, -value, 1e-9);
    if (value < -1e-9) {
      EXPECT_GT(excess, 0.0);
    }
    (value < 0.0 ? refused : taken) += 1;
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(taken, 0);
}

}  // namespace
}  // namespace evenkeel
