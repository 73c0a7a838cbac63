#include "engine/policies/dual_mirror_descent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reference/play.h"

namespace evenkeel {
namespace {

using ::testing::ElementsAre;

/// One unit per slot, weight 10, step 0.015; r0 is free, r1 costs `price`. Returns the region of every slot.
std::vector<int> Regions(double price, double clean, double norm, int slots) {
  Trace trace = PlainTrace(2, 1, slots);
  trace.signals.price.col(1).setConstant(price);
  trace.signals.carbon_intensity.col(0).setOnes();
  trace.signals.carbon_intensity.col(1).setConstant(clean);
  const Problem problem = ProblemOf(trace, CarbonObjective(10.0, norm));
  DualMirrorDescentOptions options;
  options.step = 0.015;
  const Played played = Play(problem, *MakeSlotSource(trace), *MakeDualMirrorDescent(problem, options));
  std::vector<int> regions;
  for (const Allocation& decision : played.decisions) {
    EXPECT_EQ(decision.flow.maxCoeff(), 1.0);
    regions.push_back(decision.flow[1] == 1.0 ? 1 : 0);
  }
  return regions;
}

// h = 1 on both. A slot on a region raises its kappa by 0.015 * 10 = 0.15, its price by 1.5. Prices before each slot,
// r1 at 4:
//   r0  0  1.5  3  4.5  4.5  6    6
//   r1  4  4    4  4    5.5  5.5  7   (4 included)
TEST(DualMirrorDescentTest, PricesFollowTheLoads) {
  EXPECT_THAT(Regions(4.0, 1.0, kInfinity, 7), ElementsAre(0, 0, 0, 1, 0, 1, 0));
}

// r1 is clean and costs 10. After slot 6 kappa is (1.05, 0), outside the dual ball: r0 costs 10.5, r1 takes slot 7, and
// the target is the cap, 10: kappa falls to 1.05 - 0.15 = 0.9. Then r0 at 9 takes slot 8, and so on in turns. (Without
// a target it would never come back.)
TEST(DualMirrorDescentTest, TheTargetLetsPricesFallOutsideTheDualBall) {
  EXPECT_THAT(Regions(10.0, 0.0, kInfinity, 12), ElementsAre(0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1));
}

// Norm 1: the dual norm is the largest kappa, the radius cap * 2 = 20, all of it on that bucket. After slot 7 kappa
// is 1.05 - 0.3 = 0.75, and slots 8 and 9 on r0 bring it back to 1.05.
TEST(DualMirrorDescentTest, TargetOfTheNormOne) {
  EXPECT_THAT(Regions(10.0, 0.0, 1.0, 12), ElementsAre(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0));
}

// Norm 2: kappa (1.05, 0) has dual norm 1.05; the target is the radius 10 sqrt(2) along it: 0.015 * 14.142 = 0.212
// less, 0.838. One slot on r0 makes 0.988, which is inside, the next 1.138, outside: at 11.38 r1 takes the slot and
// kappa falls to 0.926.
TEST(DualMirrorDescentTest, TargetOfTheNormTwo) {
  EXPECT_THAT(Regions(10.0, 0.0, 2.0, 13), ElementsAre(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1));
}

TEST(DualMirrorDescentTest, PricesNeverFallBelowZero) {
  // r1 is cheaper always; its kappa grows, r0's stays 0 although the target is subtracted from it too.
  EXPECT_THAT(Regions(-20.0, 1.0, kInfinity, 10), ElementsAre(1, 1, 1, 1, 1, 1, 1, 1, 1, 1));
}

}  // namespace
}  // namespace evenkeel
