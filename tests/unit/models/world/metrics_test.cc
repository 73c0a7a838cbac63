#include "models/world/metrics.h"

#include <gtest/gtest.h>

#include "models/base/error.h"

namespace evenkeel {
namespace {

// 1, 2, 3, 6: sum 12, mean 3, max 6, PAR 2. Jain 12^2 / (4 * (1 + 4 + 9 + 36)) = 144 / 200. Differences of the six
// pairs 1 + 2 + 5 + 1 + 4 + 3 = 16, each counted twice: Gini 32 / (2 * 4^2 * 3) = 1/3.
TEST(MetricsTest, WorkedByHand) {
  for (const Eigen::Vector4d& values : {Eigen::Vector4d(1, 2, 3, 6), Eigen::Vector4d(3, 6, 1, 2)}) {
    const Spread spread = ComputeSpread(values);
    EXPECT_EQ(spread.sum, 12.0);
    EXPECT_EQ(spread.mean, 3.0);
    EXPECT_EQ(spread.max, 6.0);
    EXPECT_EQ(spread.par, 2.0);
    EXPECT_DOUBLE_EQ(spread.jain, 0.72);
    EXPECT_DOUBLE_EQ(spread.gini, 1.0 / 3.0);
  }
}

TEST(MetricsTest, EvenIsEven) {
  const Spread spread = ComputeSpread(Vector::Constant(7, 3.0));
  EXPECT_EQ(spread.par, 1.0);
  EXPECT_DOUBLE_EQ(spread.jain, 1.0);
  EXPECT_NEAR(spread.gini, 0.0, 1e-15);
}

// Everything in one of n buckets: PAR n, Jain 1/n, Gini 1 - 1/n.
TEST(MetricsTest, AllInOneBucket) {
  const Spread spread = ComputeSpread(Eigen::Vector4d(0, 0, 5, 0));
  EXPECT_EQ(spread.par, 4.0);
  EXPECT_DOUBLE_EQ(spread.jain, 0.25);
  EXPECT_DOUBLE_EQ(spread.gini, 0.75);
}

TEST(MetricsTest, NothingAtAllIsEven) {
  const Spread spread = ComputeSpread(Vector::Zero(3));
  EXPECT_EQ(spread.sum, 0.0);
  EXPECT_EQ(spread.par, 1.0);
  EXPECT_EQ(spread.gini, 0.0);
  EXPECT_EQ(spread.jain, 1.0);
}

TEST(MetricsTest, NegativeSumsHaveMeanAndMax) {
  const Spread spread = ComputeSpread(Eigen::Vector2d(-4, 1));  // costs may be negative
  EXPECT_EQ(spread.mean, -1.5);
  EXPECT_EQ(spread.max, 1.0);
}

TEST(MetricsTest, NoValuesAreABug) { EXPECT_THROW(ComputeSpread(Vector()), InternalError); }

}  // namespace
}  // namespace evenkeel
