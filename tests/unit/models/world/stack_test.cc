#include "models/world/stack.h"

#include <gtest/gtest.h>

#include "tests/reference/hand_case.h"

namespace evenkeel {
namespace {

// Three groups of two buckets: carbon and water of north and south, quality of g0 and g1.
const Loads kLoads = {Eigen::Vector2d(1.0, 2.0), Eigen::Vector2d(3.0, 4.0), Eigen::Vector2d(5.0, 6.0)};

TEST(StackTest, CostComesBeforeTheGroupsInTheirOrder) {
  const Problem problem = HandProblem();
  ASSERT_EQ(StackSize(problem), 7);
  Vector stack(7);
  FillStack(problem, 9.0, kLoads, stack);
  EXPECT_EQ(stack, (Vector(7) << 9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0).finished());
  EXPECT_EQ(PartOfStack(problem.groups[1], stack), kLoads[1]);
}

TEST(StackTest, ARowIsSplitIntoWhatItWasFilledWith) {
  const Problem problem = HandProblem();
  Vector row(RowSize(problem));
  FillRow(problem, kLoads, row);
  EXPECT_EQ(row, Vector::LinSpaced(6, 1.0, 6.0));
  PartOfRow(problem.groups[2], row) *= 2.0;
  Loads loads = ZeroLoads(problem);
  SplitRow(problem, row, &loads);
  EXPECT_EQ(loads[1], kLoads[1]);
  EXPECT_EQ(loads[2], 2.0 * kLoads[2]);
}

TEST(StackTest, WithoutGroupsOnlyTheCostIsLeft) {
  const Problem problem = MakeProblem(HandProblem().network, Objective(), 2, Eigen::Vector2d(10.0, 20.0));
  Vector stack(StackSize(problem));
  FillStack(problem, 9.0, {}, stack);
  EXPECT_EQ(stack, Vector::Constant(1, 9.0));
}

}  // namespace
}  // namespace evenkeel
