#include "engine/policies/release.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/laws.h"
#include "engine/policies/constant_price.h"
#include "models/world/trace.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

TEST(ThresholdRatioTest, IsTheDesignsAndSolvesItsEquation) {
  EXPECT_NEAR(ThresholdRatio(2.58), 1.441, 5e-4);
  EXPECT_NEAR(ThresholdRatio(10.0), 2.553, 5e-4);
  EXPECT_NEAR(ThresholdRatio(100.0), 7.399, 5e-4);
  for (double theta : {1.0001, 1.5, 7.0, 1e4}) {
    const double alpha = ThresholdRatio(theta);
    EXPECT_NEAR((1.0 - 1.0 / theta) / (1.0 - 1.0 / alpha), std::exp(1.0 / alpha), 1e-9 * std::exp(1.0 / alpha));
  }
}

/// phi(z) = u (1 - (1 - 1/alpha) e^(z/alpha)) and its inverse; int_0^z phi + (1 - z) u = alpha phi(z), by Simpson's
/// rule.
TEST(ThresholdShareTest, InvertsTheThresholdWhoseAreaIsAlphaTimesItself) {
  constexpr double kLow = 20.0, kHigh = 150.0;
  const double alpha = ThresholdRatio(kHigh / kLow);
  const auto phi = [&](double z) { return kHigh * (1.0 - (1.0 - 1.0 / alpha) * std::exp(z / alpha)); };
  EXPECT_NEAR(phi(0.0), kHigh / alpha, 1e-9);
  EXPECT_NEAR(phi(1.0), kLow, 1e-9);
  EXPECT_EQ(ThresholdShare(kHigh / alpha, kHigh, alpha), 0.0);
  EXPECT_EQ(ThresholdShare(kHigh * 2.0, kHigh, alpha), 0.0);
  EXPECT_EQ(ThresholdShare(0.5 * kLow, kHigh, alpha), 1.0);
  for (double z : {0.1, 0.5, 0.9}) {
    EXPECT_NEAR(ThresholdShare(phi(z), kHigh, alpha), z, 1e-12);
    double area = 0.0;
    constexpr int kPieces = 100;
    for (int i = 0; i < kPieces; ++i) {
      const double a = z * i / kPieces, b = z * (i + 1) / kPieces;
      area += (b - a) / 6.0 * (phi(a) + 4.0 * phi(0.5 * (a + b)) + phi(b));
    }
    EXPECT_NEAR(area + (1.0 - z) * kHigh, alpha * phi(z), 1e-8);
  }
}

/// One region of capacity 10, one gateway of demand 4, one class that gets `arrivals`, D = 2; six slots.
class ReleaseTest : public ::testing::Test {
 protected:
  ReleaseTest() : trace_(PlainTrace(1, 2, 6)) {
    Network& network = trace_.header.network;
    network.classes.push_back({2, 1.0, 0.0});
    network.work_energy = RowMatrix::Ones(1, 1);
    trace_.signals.capacity.setConstant(10.0);
    trace_.signals.demand.col(0).setConstant(4.0);
    trace_.signals.demand.col(1) << 3.0, 0.0, 0.0, 6.0, 0.0, 0.0;
  }

  /// What is released in each slot.
  std::vector<double> Play(const ReleaseOptions& options, std::optional<double> shed_cost = std::nullopt) {
    problem_ = MakeProblem(trace_.header.network, Objective{}, trace_.signals.num_slots(), TotalDemand(trace_));
    problem_.shed_cost = shed_cost;
    const std::unique_ptr<Policy> policy =
        MakeReleasing(problem_, MakeConstantPrice(problem_, {1.0, ZeroPrices(problem_)}), options);
    const PlayedPolicy played = PlayPolicy(problem_, *MakeSlotSource(trace_), *policy);
    std::vector<double> released;
    shed_ = played.ledger.shed;
    for (const Allocation& decision : played.decisions) released.push_back(Released(problem_, decision, 0));
    return released;
  }

  void ExpectReleases(const ReleaseOptions& options, const std::vector<double>& expected,
                      std::optional<double> shed_cost = std::nullopt) {
    const std::vector<double> released = Play(options, shed_cost);
    ASSERT_EQ(released.size(), expected.size());
    for (std::size_t t = 0; t < expected.size(); ++t) EXPECT_NEAR(released[t], expected[t], 1e-9) << "slot " << t;
  }

  Trace trace_;
  Problem problem_;
  double shed_ = 0.0;
};

ReleaseOptions Spread(double last) {
  ReleaseOptions options;
  options.rule = ReleaseRule::kSpread;
  options.last = last;
  return options;
}

TEST_F(ReleaseTest, ImmediateReleasesAllThatWaits) { ExpectReleases({}, {3, 0, 0, 6, 0, 0}); }

/// Windows of three slots: {0, 1, 2} and {3, 4, 5}.
TEST_F(ReleaseTest, SpreadReleasesInEqualPartsOverTheEndOfTheWindow) {
  ExpectReleases(Spread(1.0), {1, 1, 1, 2, 2, 2});
  ExpectReleases(Spread(0.67), {0, 1.5, 1.5, 0, 3, 3});
  ExpectReleases(Spread(0.0), {0, 0, 3, 0, 0, 6});
}

/// Slots 4 and 5 have windows that the period's end cuts off: in the last slot five units, twice what arrives, would be
/// due.
TEST_F(ReleaseTest, WorkWhoseWindowThePeriodCutsOffIsReleasedAtOnce) {
  trace_.signals.demand.col(1) << 0.0, 0.0, 0.0, 3.0, 4.0, 1.0;
  ExpectReleases(Spread(1.0), {0, 0, 0, 1, 5, 2});
  ExpectReleases(Spread(0.0), {0, 0, 0, 0, 4, 4});
}

/// Capacity leaves room for 6 beside the gateway's 4: of 9 that want to, 6 go, 3 wait.
TEST_F(ReleaseTest, WhatDoesNotFitWaits) {
  trace_.signals.demand.col(1) << 9.0, 0.0, 0.0, 0.0, 0.0, 0.0;
  ExpectReleases({}, {6, 3, 0, 0, 0, 0});
}

/// An outage from slot 1 on in which 1 fits: 9 arrived, 6 went at once, 1 in slot 1, and of the 2 that are due in slot
/// 2 one is given up at the declared cost. Without a cost the slot cannot be decided.
TEST_F(ReleaseTest, WhatIsDueAndDoesNotFitIsUnservedAtItsCostOrAnError) {
  trace_.signals.demand.col(1) << 9.0, 0.0, 0.0, 0.0, 0.0, 0.0;
  trace_.signals.capacity.col(0) << 10.0, 5.0, 5.0, 5.0, 5.0, 5.0;
  ExpectReleases({}, {6, 1, 2, 0, 0, 0}, 100.0);
  EXPECT_NEAR(shed_, 1.0, 1e-9);
  try {
    Play({});
    FAIL() << "slot 2 cannot be decided";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("slot 2"), std::string::npos) << error.what();
  }
}

/// l = 10, u = 100, prices 80, 30, 10: z(80) = 0 since u / alpha = 39.2; z(30) by the formula; the rest at 10.
TEST_F(ReleaseTest, ThresholdReleasesMoreTheCheaperItGets) {
  trace_.signals.price.col(0) << 80.0, 30.0, 10.0, 90.0, 90.0, 90.0;
  ReleaseOptions options;
  options.rule = ReleaseRule::kThreshold;
  options.low = 10.0;
  options.high = 100.0;
  const double share = ThresholdShare(30.0, 100.0, ThresholdRatio(10.0));
  EXPECT_GT(share, 0.0);
  EXPECT_LT(share, 1.0);
  ExpectReleases(options, {0, 3 * share, 3 * (1 - share), 0, 0, 6});
}

TEST_F(ReleaseTest, APlanIsFollowedWithinTheWindow) {
  ReleaseOptions options;
  options.rule = ReleaseRule::kPlanned;
  options.done.resize(6, 1);
  options.done << 1.0, 1.0, 1.0, 20.0, 20.0, 20.0;  // too little by slot 2, more than there is in slot 3
  ExpectReleases(options, {1, 0, 2, 6, 0, 0});
}

}  // namespace
}  // namespace evenkeel
