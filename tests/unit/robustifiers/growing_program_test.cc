#include "robustifiers/growing_program.h"

#include <gtest/gtest.h>

#include "tests/reference/clp_program.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// minimise -3 x - 5 y over x <= 4, 2 y <= 12, 3 x + 2 y <= 18: -36 at (2, 6), duals 0, 3/2, 1.
TEST(GrowingProgramTest, SolvesATextbookCaseInAnyOrder) {
  for (bool rows_first : {true, false}) {
    GrowingProgram program;
    if (rows_first) {
      for (double right : {4.0, 12.0, 18.0}) program.AddRow(right);
      program.AddVariable(-3.0, Eigen::Vector3d(1.0, 0.0, 3.0));
      ASSERT_TRUE(program.Optimise());
      EXPECT_DOUBLE_EQ(program.Value(0), 4.0);
      program.AddVariable(-5.0, Eigen::Vector3d(0.0, 2.0, 2.0));
    } else {
      program.AddRow(18.0);
      program.AddVariable(-3.0, Vector::Constant(1, 3.0));
      program.AddVariable(-5.0, Vector::Constant(1, 2.0));
      ASSERT_TRUE(program.Optimise());
      EXPECT_DOUBLE_EQ(program.Value(1), 9.0);
      program.AddRow(Eigen::Vector2d(0.0, 2.0), 12.0);
      EXPECT_FALSE(program.IsFeasible());
      ASSERT_TRUE(program.Optimise());
      program.AddRow(Eigen::Vector2d(1.0, 0.0), 4.0);
    }
    ASSERT_TRUE(program.Optimise());
    EXPECT_DOUBLE_EQ(program.Value(0), 2.0);
    EXPECT_DOUBLE_EQ(program.Value(1), 6.0);
    EXPECT_DOUBLE_EQ(program.Dual(1), 1.5);
    EXPECT_DOUBLE_EQ(program.Dual(rows_first ? 2 : 0), 1.0);
    EXPECT_DOUBLE_EQ(program.Dual(rows_first ? 0 : 2), 0.0);
  }
}

TEST(GrowingProgramTest, SaysWhenThereIsNoAnswer) {
  GrowingProgram unbounded;
  unbounded.AddRow(1.0);
  unbounded.AddVariable(-1.0, Vector::Constant(1, -1.0));
  EXPECT_FALSE(unbounded.Optimise());
  EXPECT_TRUE(unbounded.IsFeasible());

  GrowingProgram infeasible;
  infeasible.AddRow(1.0);
  infeasible.AddVariable(1.0, Vector::Constant(1, 1.0));
  infeasible.AddRow(Vector::Constant(1, 1.0), -1.0);
  EXPECT_FALSE(infeasible.Optimise());
  EXPECT_FALSE(infeasible.IsFeasible());
}

/// Rows and variables come in random order, with an optimum after each; CLP says what it is.
TEST(GrowingProgramTest, AgreesWithClpOnProgramsThatGrow) {
  for (int seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    GrowingProgram program;
    std::vector<std::vector<double>> rows;
    std::vector<double> right, cost;
    program.AddRow(1.0);  // sum x <= 1: bounded
    rows.push_back({});
    right.push_back(1.0);
    for (int step = 0; step < 25; ++step) {
      if (DrawInt(&random, 0, 1) == 0) {
        Vector column(program.num_rows());
        for (int r = 0; r < column.size(); ++r)
          column[r] = DrawInt(&random, 0, 2) == 0 ? 0.0 : Draw(&random, -1.0, 2.0);
        column[0] = 1.0;
        for (int r = 0; r < column.size(); ++r) rows[r].push_back(column[r]);
        cost.push_back(Draw(&random, -1.0, 0.3));
        program.AddVariable(cost.back(), column);
      } else {
        Vector row(program.num_variables());
        for (double& entry : row) entry = DrawInt(&random, 0, 2) == 0 ? 0.0 : Draw(&random, -1.0, 2.0);
        rows.emplace_back(row.begin(), row.end());
        right.push_back(DrawInt(&random, 0, 3) == 0 ? 0.0 : Draw(&random, 0.0, 1.0));
        program.AddRow(row, right.back());
      }
      ASSERT_TRUE(program.Optimise());
    }
    double value = 0.0, bound = 0.0;
    for (int v = 0; v < program.num_variables(); ++v) {
      value += cost[v] * program.Value(v);
      EXPECT_GE(program.ReducedCost(v), -1e-10);
    }
    for (int r = 0; r < program.num_rows(); ++r) {
      double left = 0.0;
      for (int v = 0; v < program.num_variables(); ++v) left += rows[r][v] * program.Value(v);
      EXPECT_LE(left, right[r] + 1e-10);
      bound -= program.Dual(r) * right[r];
    }
    EXPECT_NEAR(value, bound, 1e-9);
    EXPECT_NEAR(value, ClpOptimum(cost, rows, right), 1e-7);
    program.Reset();
    EXPECT_EQ(program.num_rows() + program.num_variables(), 0);
  }
}

}  // namespace
}  // namespace evenkeel
