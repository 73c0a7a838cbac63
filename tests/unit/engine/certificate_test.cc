#include "engine/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "tests/reference/two_region_periods.h"

namespace evenkeel {
namespace {

double Bound(double norm, const Eigen::Vector2d& prices, double lower = 0.0) {
  const Trace trace = TwoRegionTrace(lower);
  return LowerBound(ProblemOf(trace, CarbonObjective(10.0, norm)), *MakeSlotSource(trace), {prices});
}

/// Certificate of the decision that serves (r0, r1) in both slots, with prices (7, 3) and the norm inf.
Certificate Check(const Eigen::Vector2d& flow, double lower = 0.0) {
  const Trace trace = TwoRegionTrace(lower);
  const Problem problem = ProblemOf(trace, CarbonObjective(10.0, kInfinity));
  const Allocation decision{flow, Vector::Zero(1)};
  return CheckCertificate(problem, *MakeSlotSource(trace), [&](int) -> const Allocation& { return decision; },
                          {Eigen::Vector2d(7, 3)});
}

std::string ErrorOf(double norm, const Eigen::Vector2d& prices) {
  try {
    Bound(norm, prices);
    return "no error";
  } catch (const InputError& error) {
    return error.what();
  }
}

// Each slot's minimum at prices (a, b) is min(a, 4 + b), twice over.
TEST(CertificateTest, BoundsByHand) {
  EXPECT_DOUBLE_EQ(Bound(kInfinity, {7, 3}), 14.0);
  EXPECT_DOUBLE_EQ(Bound(kInfinity, {10, 0}), 8.0);
  EXPECT_DOUBLE_EQ(Bound(kInfinity, {5, 5}), 10.0);
  EXPECT_DOUBLE_EQ(Bound(kInfinity, {0, 0}), 0.0);
  EXPECT_DOUBLE_EQ(Bound(1.0, {10, 10}), 20.0);
  EXPECT_DOUBLE_EQ(Bound(2.0, {8, 6}), 16.0);
  EXPECT_DOUBLE_EQ(Bound(kInfinity, {7, 3}, 1.0), 12.0) << "two units at a price lower by 1";
}

// With capacity 1/2 on r0 only half of each slot can go there, at prices (3, 3) the rest costs 4 + 3: LB = 2 (3/2 +
// 7/2).
TEST(CertificateTest, BoundsKnowCapacity) {
  Trace trace = TwoRegionTrace();
  trace.signals.capacity.col(0).setConstant(0.5);
  const Problem problem = ProblemOf(trace, CarbonObjective(10.0, kInfinity));
  EXPECT_DOUBLE_EQ(LowerBound(problem, *MakeSlotSource(trace), {Eigen::Vector2d(3, 3)}), 3.0 + 7.0);
}

TEST(CertificateTest, PrefixesAddUpSlotBySlot) {
  const Trace trace = TwoRegionTrace();
  const Problem problem = ProblemOf(trace, CarbonObjective(10.0, kInfinity));
  PrefixBound bound(problem, {Eigen::Vector2d(7, 3)});
  EXPECT_EQ(bound.value(), 0.0);
  const auto slots = MakeSlotSource(trace);
  Slot slot;
  Coefficients coefficients;
  for (int t = 0; t < 2; ++t) {
    slots->Read(t, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    bound.Add(slot, coefficients);
    EXPECT_DOUBLE_EQ(bound.value(), 7.0 * (t + 1));
  }
}

TEST(CertificateTest, RefusesPricesOutsideTheDualSet) {
  EXPECT_EQ(ErrorOf(kInfinity, {7, 3}), "no error");
  EXPECT_THAT(ErrorOf(kInfinity, {8, 3}),
              testing::AllOf(testing::HasSubstr("group 'carbon'"), testing::HasSubstr("dual norm 11"),
                             testing::HasSubstr("at most the group's weight 10")));
  EXPECT_NE(ErrorOf(kInfinity, {7, 3.00001}), "no error");
  EXPECT_NE(ErrorOf(kInfinity, {7, -1}), "no error");
  EXPECT_NE(ErrorOf(kInfinity, {std::nan(""), 1}), "no error");
  EXPECT_NE(ErrorOf(2.0, {8, 6.001}), "no error");
  EXPECT_EQ(ErrorOf(1.0, {10, 10}), "no error");
  EXPECT_NE(ErrorOf(1.0, {10, 10.001}), "no error");
}

TEST(CertificateTest, ConfirmsTheOptimum) {
  for (double lower : {0.0, 1.0}) {
    const Certificate certificate = Check({0.5, 0.5}, lower);
    EXPECT_DOUBLE_EQ(certificate.objective, 14.0 - 2.0 * lower);
    EXPECT_DOUBLE_EQ(certificate.lower_bound, 14.0 - 2.0 * lower);
    EXPECT_EQ(certificate.shift, 2.0 * lower);
    EXPECT_NEAR(certificate.gap, 0.0, 1e-15);
    EXPECT_EQ(certificate.infeasibility, 0.0);
  }
}

// Everything on r0: J = 20 against the bound 14, whatever its author claims. With the prices lower by 1 both are 2
// less, and the gap, taken after the shift, is the same.
TEST(CertificateTest, MeasuresTheGapOfAWorseDecision) {
  EXPECT_DOUBLE_EQ(Check({1, 0}).objective, 20.0);
  EXPECT_DOUBLE_EQ(Check({1, 0}).gap, 0.3);
  EXPECT_DOUBLE_EQ(Check({1, 0}, 1.0).gap, 0.3);
}

TEST(CertificateTest, SeesInfeasibleDecisions) {
  EXPECT_DOUBLE_EQ(Check({0.5, 0.4}).infeasibility, 0.1);
  EXPECT_LT(Check({0.5, 0.4}).objective, 14.0) << "too cheap because it serves too little";
  EXPECT_DOUBLE_EQ(Check({1.25, -0.25}).infeasibility, 0.25);
  EXPECT_EQ(Check({std::nan(""), 0.5}).infeasibility, kInfinity);
}

TEST(CertificateTest, RelativeGaps) {
  EXPECT_EQ(RelativeGap(0.0, 0.0, 0.0), 0.0);
  EXPECT_DOUBLE_EQ(RelativeGap(10.0, 9.0, 0.0), 0.1);
  EXPECT_DOUBLE_EQ(RelativeGap(-10.0, -11.0, 0.0), 0.1);
}

}  // namespace
}  // namespace evenkeel
