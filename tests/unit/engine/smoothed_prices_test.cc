#include "engine/smoothed_prices.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/reference/play.h"

namespace evenkeel {
namespace {

// q = inf counts as 8: (1, 2) / ||(1, 2)||_8 to the power 7, times mu = 10. q = 2 is itself: (3, 4) / 5.
TEST(SmoothedPricesTest, AreTheGradientOfANormOfAtMostEight) {
  Objective objective = CarbonObjective(10.0, kInfinity);
  objective.groups.push_back(objective.groups[0]);
  objective.groups[1].name = "more";
  objective.groups[1].norm = 2.0;
  objective.groups[1].weight = 1.0;
  const Problem problem = ProblemOf(PlainTrace(2, 1, 1), objective);
  Prices prices = ZeroPrices(problem);
  SmoothedPrices(problem, {Eigen::Vector2d(1.0, 2.0), Eigen::Vector2d(3.0, 4.0)}, &prices);
  const double norm = std::pow(1.0 + 256.0, 1.0 / 8.0);
  EXPECT_NEAR(prices[0][0], 10.0 * std::pow(1.0 / norm, 7.0), 1e-12);
  EXPECT_NEAR(prices[0][1], 10.0 * std::pow(2.0 / norm, 7.0), 1e-12);
  EXPECT_NEAR(prices[1][0], 0.6, 1e-15);
  EXPECT_NEAR(prices[1][1], 0.8, 1e-15);
}

}  // namespace
}  // namespace evenkeel
