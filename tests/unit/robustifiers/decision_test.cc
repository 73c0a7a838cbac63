#include "robustifiers/decision.h"

#include <gtest/gtest.h>

#include "engine/policies/replay.h"
#include "predictors/advice/stress.h"
#include "robustifiers/robust_policy.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

TEST(DecisionTest, OnlyRobustPoliciesHaveDecisions) {
  const Trace trace = PlainTrace(2, 1, 1);
  const Problem problem = ProblemOf(trace, CarbonObjective(1.0, kInfinity));
  const std::vector<Allocation> decisions(1, MakeAllocation(problem));
  EXPECT_EQ(DecisionsOf(*MakeReplay(decisions)), nullptr);
  const auto robust = MakeRobust(problem, MakeReplay(decisions), MakeReplay(decisions), {});
  EXPECT_NE(DecisionsOf(*robust), nullptr);
  // Advice around a robust policy promises nothing of its own.
  EXPECT_EQ(DecisionsOf(*MakeLateAdvice(MakeRobust(problem, MakeReplay(decisions), MakeReplay(decisions), {}), 0.0)),
            nullptr);
}

TEST(DecisionTest, NamesAreThoseOfTheVerdicts) {
  EXPECT_STREQ(Name(Verdict::kTaken), "taken");
  EXPECT_STREQ(Name(Verdict::kPulled), "pulled");
  EXPECT_STREQ(Name(Verdict::kExpert), "expert");
  EXPECT_STREQ(Name(Verdict::kRejected), "rejected");
}

}  // namespace
}  // namespace evenkeel
