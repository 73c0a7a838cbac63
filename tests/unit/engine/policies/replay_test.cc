#include "engine/policies/replay.h"

#include <gtest/gtest.h>

#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

std::vector<Allocation> TwoDecisions() {
  return {{Eigen::Vector3d(0.0, 1.0, 0.0), Vector::Zero(1)}, {Eigen::Vector3d(0.5, 0.0, 0.5), Vector::Zero(1)}};
}

Played PlayTwoSlots(std::unique_ptr<Policy> policy) {
  const Trace trace = PlainTrace(3, 1, 2);
  return Play(ProblemOf(trace, CarbonObjective(1.0, kInfinity)), *MakeSlotSource(trace), *policy);
}

TEST(Replay, PlaysWhatItWasGiven) {
  const Played played = PlayTwoSlots(MakeReplay(TwoDecisions()));
  EXPECT_EQ(played.decisions[0].flow, TwoDecisions()[0].flow);
  EXPECT_EQ(played.decisions[1].flow, TwoDecisions()[1].flow);
}

TEST(Replay, ReportsWhatWasReported) {
  RecordedRun run{TwoDecisions(), {}};
  run.report.unconverged_slots = 3;
  const Played played = PlayTwoSlots(MakeReplay(std::make_shared<const RecordedRun>(run)));
  EXPECT_EQ(played.decisions[1].flow, TwoDecisions()[1].flow);
  EXPECT_EQ(played.report.unconverged_slots, 3);
}

}  // namespace
}  // namespace evenkeel
