// Decisions that are almost feasible, made feasible by hand and by MoveIntoFeasibleSet.
#include "engine/planner/nearby_decision.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/policy.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

class NearbyDecisionTest : public ::testing::Test {
 protected:
  NearbyDecisionTest() {
    trace_.signals.demand << 3.0, 3.0;
    trace_.signals.capacity << 4.0, 4.0;
    problem_ = ProblemOf(trace_, CarbonObjective(1.0, kInfinity));
    MakeSlotSource(trace_)->Read(0, &slot_);
    decision_ = MakeAllocation(problem_);
  }

  double Violation() {
    Vector use;
    return Infeasibility(problem_, slot_, {}, decision_, &use);
  }

  Trace trace_ = PlainTrace(2, 2, 1);
  Problem problem_;
  Slot slot_;
  Allocation decision_;
};

TEST_F(NearbyDecisionTest, LeavesFeasibleOnesAlone) {
  decision_.flow << 2.0, 1.0, 1.0 + 1e-12, 2.0 - 1e-12;
  const Vector before = decision_.flow;
  EXPECT_LE(MoveIntoFeasibleSet(problem_, slot_, {}, &decision_), AllowedViolation(slot_));
  EXPECT_EQ(decision_.flow, before);
}

TEST_F(NearbyDecisionTest, ScalesToDemandInOneTurn) {
  decision_.flow << 1.0, 1.0, 1.0, 2.0;  // gateway 0 is served 2 of 3
  EXPECT_LE(MoveIntoFeasibleSet(problem_, slot_, {}, &decision_), 0.1 * AllowedViolation(slot_));
  EXPECT_EQ(decision_.flow, (Vector(4) << 1.5, 1.5, 1.0, 2.0).finished());
}

TEST_F(NearbyDecisionTest, GivesBackWhatIsAboveCapacity) {
  decision_.flow << 3.0 - 1e-5, 1e-5, 1.0 + 3e-5, 2.0 - 3e-5;  // region 0 serves 2e-5 more than 4
  EXPECT_GT(Violation(), 1e-5);
  EXPECT_LE(MoveIntoFeasibleSet(problem_, slot_, {}, &decision_), AllowedViolation(slot_));
  EXPECT_LE(Violation(), AllowedViolation(slot_));
  EXPECT_NEAR(decision_.flow[0], 3.0, 1e-4);
  EXPECT_NEAR(decision_.flow[2], 1.0, 1e-4);
}

TEST_F(NearbyDecisionTest, SaysWhatIsLeftWhereTheFlowsCannotServe) {
  decision_.flow << 3.0, 0.0, 3.0, 0.0;  // all in region 0, which has 4
  EXPECT_NEAR(MoveIntoFeasibleSet(problem_, slot_, {}, &decision_), 2.0, 1e-9);
}

TEST_F(NearbyDecisionTest, LeavesWhatIsNoNumberAlone) {
  decision_.flow[0] = std::nan("");
  EXPECT_EQ(MoveIntoFeasibleSet(problem_, slot_, {}, &decision_), kInfinity);
}

}  // namespace
}  // namespace evenkeel
