#include "engine/policies/leaning_prices.h"

#include <gtest/gtest.h>

#include "tests/reference/play.h"

namespace evenkeel {
namespace {

Problem TwoRegions(double weight, double norm) {
  return ProblemOf(PlainTrace(2, 1, 48), CarbonObjective(weight, norm));
}

// w = 2^2 = 4 and 4^2 = 16: a fifth and four fifths of the weight.
TEST(LeanOnLoads, ByTheirPowers) {
  const Problem problem = TwoRegions(10.0, kInfinity);
  Prices prices = {Vector::Zero(2)};
  prices[0] << 10.0, 0.0;
  LeanOnLoads(problem, {Vector::LinSpaced(2, 2.0, 4.0)}, 3.0, 0.5, &prices);
  EXPECT_NEAR(prices[0][0], 5.0 + 1.0, 1e-12);
  EXPECT_NEAR(prices[0][1], 0.0 + 4.0, 1e-12);
}

TEST(LeanOnLoads, WithoutAnyLoadAllBucketsAreAlikeAndFiniteNormsStayInTheirSet) {
  const Problem problem = TwoRegions(10.0, 2.0);
  Prices prices = {Vector::Zero(2)};
  prices[0] << 10.0, 0.0;
  LeanOnLoads(problem, {Vector::Zero(2)}, 3.0, 1.0, &prices);
  EXPECT_NEAR(prices[0][0], 5.0, 1e-12);
  EXPECT_NEAR(prices[0][1], 5.0, 1e-12);
  prices[0] << 10.0, 0.0;
  LeanOnLoads(problem, {Vector::Unit(2, 0)}, 64.0, 0.5, &prices);
  EXPECT_LE(prices[0].norm(), 10.0 * (1.0 + 1e-12));
}

TEST(BreakTies, WhatIsAheadCostsALittleMore) {
  const Problem problem = TwoRegions(10.0, kInfinity);
  Prices prices = {Vector::Constant(2, 5.0)};
  Loads ahead = {Vector::Zero(2)};
  BreakTies(problem, ahead, &prices);
  EXPECT_EQ(prices[0][0], prices[0][1]);
  ahead[0] << -1.0, 4.0;
  BreakTies(problem, ahead, &prices);
  EXPECT_LT(prices[0][0], prices[0][1]);
  EXPECT_NEAR(prices[0][0], 5.0, 2e-6);
  EXPECT_LE(prices[0].sum(), 10.0 * (1.0 + 1e-15));
}

TEST(RoundPrices, LastBitsAreGoneAndTheDualSetIsKept) {
  const Problem problem = TwoRegions(1500.0, kInfinity);
  Prices one = {Vector::Zero(2)}, other = {Vector::Zero(2)};
  one[0] << 500.0, 1000.0;
  other[0] << 500.0 + 1e-8, 1000.0 - 2e-8;
  RoundPrices(problem, &one);
  RoundPrices(problem, &other);
  EXPECT_EQ(one[0], other[0]);
  EXPECT_NEAR(one[0][0], 500.0, 1500.0 / (1 << 30));
  other[0] << 500.0 + 1e-5, 1000.0 - 1e-5;
  RoundPrices(problem, &other);
  EXPECT_NE(one[0], other[0]);
  EXPECT_LE(one[0].sum(), 1500.0 * (1.0 + 1e-15));
}

}  // namespace
}  // namespace evenkeel
