#include "robustifiers/robust_policy.h"

#include <gtest/gtest.h>

#include "engine/policies/replay.h"
#include "models/base/error.h"
#include "predictors/advice/stress.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

/// One gateway with demand 1 per slot, r0 free, r1 at 2, loads 1 per unit, weight 10, norm inf. The expert plays (0,
/// 1), the advice (1, 0).
struct TwoRegions {
  explicit TwoRegions(int slots) : trace(PlainTrace(2, 1, slots)) {
    trace.signals.carbon_intensity.setOnes();
    trace.signals.price.col(1).setConstant(2.0);
    problem = ProblemOf(trace, CarbonObjective(10.0, kInfinity));
    for (int t = 0; t < slots; ++t) {
      advice.push_back({Eigen::Vector2d(1.0, 0.0), Vector::Zero(1)});
      expert.push_back({Eigen::Vector2d(0.0, 1.0), Vector::Zero(1)});
    }
  }
  std::unique_ptr<Policy> Make(const RobustOptions& options) const {
    return MakeRobust(problem, MakeReplay(advice), MakeReplay(expert), options);
  }
  Played Run(const RobustOptions& options) const { return Play(problem, *MakeSlotSource(trace), *Make(options)); }

  Trace trace;
  Problem problem;
  std::vector<Allocation> advice, expert;
};

RobustOptions Options(WayBack mode, Spending spending) {
  RobustOptions options;
  options.mode = mode;
  options.spending = spending;
  return options;
}

// J_E = 2 + 10 = 12. With alpha of the way back the budget is allowance - 8 + 8 alpha (line_test.cc): an allowance of 3
// gives alpha = 5/8 and J = 2 * 5/8 + 10 * 5/8 = 7.5, an allowance of 8 the advice itself.
TEST(RobustPolicyTest, OneSlotByHand) {
  const TwoRegions two(1);
  const Played line = two.Run(Options(WayBack::kLine, {0.25, 0.0, 0.0}));
  EXPECT_DOUBLE_EQ(line.decisions[0].flow[0], 0.375);
  EXPECT_DOUBLE_EQ(line.decisions[0].flow[1], 0.625);
  EXPECT_DOUBLE_EQ(ObjectiveValue(two.problem, line.ledger), 7.5);
  const GuaranteeReport& report = *line.guarantee;
  EXPECT_EQ(report.pulled, 1);
  EXPECT_EQ(report.taken + report.expert + report.rejected + report.unconverged, 0);
  EXPECT_DOUBLE_EQ(report.rho, 0.25);
  EXPECT_DOUBLE_EQ(report.expert_objective, 12.0);
  EXPECT_DOUBLE_EQ(report.bound, 15.0);
  EXPECT_NEAR(report.min_slack, 0.0, 1e-14);
  EXPECT_EQ(report.delta, 0.0);
  EXPECT_EQ(report.observation_error, 0.0);

  const Played switched = two.Run(Options(WayBack::kSwitch, {0.25, 0.0, 0.0}));
  EXPECT_EQ(switched.decisions[0].flow, two.expert[0].flow);
  EXPECT_EQ(switched.guarantee->expert, 1);

  for (WayBack mode : {WayBack::kSwitch, WayBack::kLine, WayBack::kPrice}) {
    const Played taken = two.Run(Options(mode, {0.5, 2.0, 0.0}));
    EXPECT_EQ(taken.decisions[0].flow, two.advice[0].flow);
    EXPECT_EQ(taken.guarantee->taken, 1);
    const Played none = two.Run(Options(mode, {0.0, 0.0, 0.0}));
    EXPECT_EQ(none.decisions[0].flow, two.expert[0].flow);
    EXPECT_EQ(none.guarantee->expert, 1);
  }
}

// rho 1/8 of J_E = 12 is 1.5: alpha = 1 - 1.5 / 8; of the planned 24 it is 3: alpha = 5/8; a plan below J_E changes
// nothing.
TEST(RobustPolicyTest, PlannedSpendIsThereFromTheFirstSlot) {
  const TwoRegions two(1);
  EXPECT_DOUBLE_EQ(two.Run(Options(WayBack::kLine, {0.125, 0.0, 0.0})).decisions[0].flow[0], 1.5 / 8.0);
  EXPECT_DOUBLE_EQ(two.Run(Options(WayBack::kLine, {0.125, 0.0, 24.0})).decisions[0].flow[0], 3.0 / 8.0);
  EXPECT_DOUBLE_EQ(two.Run(Options(WayBack::kLine, {0.125, 0.0, 11.0})).decisions[0].flow[0], 1.5 / 8.0);
}

// Slot 0 as above with B = 3: L = (3, 5) / 8, C = 5/4, E = (0, 1), C_E = 2: the budget is used up. In slot 1 L - E =
// (3/8 + y, -3/8 - y) with y on r0 and C - C_E = -3/4 - 2 y: the budget 3 + 3/4 + 2 y - 10 (3/8 + y) = -8 y leaves
// nothing but the expert's decision.
TEST(RobustPolicyTest, WhatIsSpentIsSpent) {
  const TwoRegions two(2);
  const Played played = two.Run(Options(WayBack::kLine, {0.0, 3.0, 0.0}));
  EXPECT_NEAR(played.decisions[0].flow[0], 0.375, 1e-12);
  EXPECT_NEAR(played.decisions[1].flow[0], 0.0, 1e-12);
  EXPECT_GE(played.guarantee->min_slack, -1e-12);
}

TEST(RobustPolicyTest, SaysHowItCameToItsDecision) {
  const TwoRegions two(1);
  const auto policy = two.Make(Options(WayBack::kLine, {0.25, 0.0, 0.0}));
  Play(two.problem, *MakeSlotSource(two.trace), *policy);
  const RobustDecision& decision = DecisionsOf(*policy)->last();
  EXPECT_EQ(decision.verdict, Verdict::kPulled);
  EXPECT_DOUBLE_EQ(decision.alpha, 0.625);
  EXPECT_NEAR(decision.slack, 0.0, 1e-14);
  ASSERT_NE(decision.advice, nullptr);
  EXPECT_EQ(decision.advice->flow, two.advice[0].flow);
  EXPECT_EQ(decision.expert->flow, two.expert[0].flow);
}

// Slot 0 takes advice that costs 1 more than the expert out of B = 1, and the meters then show 5 more: the settled
// budget is -5. From there on the expert is played, even where the advice looks good enough to make up for it: in slot
// 1 it looks cheaper by 7.
TEST(RobustPolicyTest, PlaysTheExpertWhileTheSettledBudgetIsNegative) {
  Trace trace = PlainTrace(2, 1, 2);
  trace.signals.price.col(0).setConstant(1.0);
  trace.signals.price(1, 1) = 8.0;
  const Problem problem = ProblemOf(trace, CarbonObjective(0.0, kInfinity));
  const std::vector<Allocation> advice(2, Allocation{Eigen::Vector2d(1.0, 0.0), Vector::Zero(1)});
  const std::vector<Allocation> expert(2, Allocation{Eigen::Vector2d(0.0, 1.0), Vector::Zero(1)});
  const auto policy =
      MakeRobust(problem, MakeReplay(advice), MakeReplay(expert), Options(WayBack::kLine, {0.0, 1.0, 0.0}));
  Ledger ledger = MakeLedger(problem);
  Slot slot;
  Coefficients observed, metered;
  Allocation decision = MakeAllocation(problem);
  const Verdict verdicts[] = {Verdict::kTaken, Verdict::kExpert};
  for (int t = 0; t < 2; ++t) {
    MakeSlotSource(trace)->Read(t, &slot);
    EstimateCoefficients(problem, slot, &observed);
    metered = observed;
    metered.cost[0] = 6.0;
    policy->Decide({slot, observed, ledger}, &decision);
    EXPECT_EQ(DecisionsOf(*policy)->last().verdict, verdicts[t]);
    AddSlot(problem, metered, decision, 1.0, &ledger);
    policy->Settle({slot, observed, metered, ledger, false});
  }
  const GuaranteeReport report = DecisionsOf(*policy)->guarantee();
  EXPECT_DOUBLE_EQ(report.min_slack, -5.0);
  EXPECT_DOUBLE_EQ(report.observation_error, 5.0);
  EXPECT_DOUBLE_EQ(report.delta, 5.0 / 6.0);
  EXPECT_DOUBLE_EQ(ledger.cost(), 14.0) << "the expert's 8, B = 1 and err = 5";
}

TEST(RobustPolicyTest, RefusesNegativeMargins) {
  const TwoRegions two(1);
  EXPECT_THROW(two.Make(Options(WayBack::kLine, {-0.1, 0.0, 0.0})), InternalError);
  EXPECT_THROW(two.Make(Options(WayBack::kLine, {0.1, -1.0, 0.0})), InternalError);
  EXPECT_THROW(two.Make(Options(WayBack::kLine, {0.1, 0.0, -1.0})), InternalError);
}

}  // namespace
}  // namespace evenkeel
