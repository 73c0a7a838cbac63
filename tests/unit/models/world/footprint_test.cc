#include "models/world/footprint.h"

#include <gtest/gtest.h>

#include "models/base/error.h"
#include "tests/reference/hand_case.h"

namespace evenkeel {
namespace {

Vector Eight(std::initializer_list<double> values) {
  Vector vector(8);
  std::copy(values.begin(), values.end(), vector.data());
  return vector;
}

void ExpectNear(const Vector& actual, const Vector& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  EXPECT_LE((actual - expected).cwiseAbs().maxCoeff(), 1e-14) << actual.transpose() << "\nexpected\n"
                                                              << expected.transpose();
}

// Slot 0. Energy: north large 40 * 1.25 * 1 = 50, north small 40 * 1.25 * 0.4 = 20, south large -10 * 1.5 * 2 = -30,
// south small -12; plus the network. The cheapest arc is g1's south large at -30.
TEST(FootprintTest, CostsAndShift) {
  Coefficients coefficients;
  EstimateCoefficients(HandProblem(), HandSlot(0), &coefficients);
  ExpectNear(coefficients.cost, Eight({50, 20, -27, -9, 51, 21, -30, -12}));
  EXPECT_EQ(coefficients.shift, 30.0);
  EstimateCoefficients(HandProblem(), HandSlot(1),
                       &coefficients);  // no negative cost: no shift, whatever was there before
  EXPECT_EQ(coefficients.shift, 0.0);
}

// Carbon: 1.25 * 0.5 * (1, 0.4) = (0.625, 0.25) in the north, 2 * 1.5 * 0.2 * (2, 0.8) = (1.2, 0.48) in the south,
// theta = 2 applied. Water: IT energy times intensity, no PUE: 2 * (1, 0.4), 5 * (2, 0.8). Quality: 0.2 / 10 for g0 and
// 0.2 / 20 for g1 on the small variant.
TEST(FootprintTest, Loads) {
  Coefficients coefficients;
  EstimateCoefficients(HandProblem(), HandSlot(0), &coefficients);
  ASSERT_EQ(coefficients.load.size(), 3u);
  ExpectNear(coefficients.load[0], Eight({0.625, 0.25, 1.2, 0.48, 0.625, 0.25, 1.2, 0.48}));
  ExpectNear(coefficients.load[1], Eight({2, 0.8, 10, 4, 2, 0.8, 10, 4}));
  ExpectNear(coefficients.load[2], Eight({0, 0.02, 0, 0.02, 0, 0.01, 0, 0.01}));
}

// Prices: carbon 10 in the north and 20 in the south, water 1 and 0, performance 100 for g0 and 0 for g1; half of the
// cost counts.
TEST(FootprintTest, PricedCostAddsEveryBucketsPrice) {
  const Problem problem = HandProblem();
  Coefficients coefficients;
  EstimateCoefficients(problem, HandSlot(0), &coefficients);
  Vector cost;
  PricedCost(problem, coefficients, 0.5, {Eigen::Vector2d(10, 20), Eigen::Vector2d(1, 0), Eigen::Vector2d(100, 0)},
             &cost);
  ExpectNear(cost, Eight({25 + 6.25 + 2, 10 + 2.5 + 0.8 + 2, -13.5 + 24, -4.5 + 9.6 + 2,  //
                          25.5 + 6.25 + 2, 10.5 + 2.5 + 0.8, -15 + 24, -6 + 9.6}));
}

TEST(FootprintTest, TotalWaterIsOnSitePlusPueTimesOffSite) {
  EXPECT_DOUBLE_EQ(TotalWaterIntensity(1.2, 1.5, 2.0), 4.2);
}

TEST(FootprintTest, SlotsOfTheWrongSizeAreABug) {
  Slot slot = HandSlot(0);
  slot.price = Vector::Ones(3);
  Coefficients coefficients;
  EXPECT_THROW(EstimateCoefficients(HandProblem(), slot, &coefficients), InternalError);
}

}  // namespace
}  // namespace evenkeel
