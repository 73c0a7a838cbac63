#include "robustifiers/guarded_advice.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "engine/policies/replay.h"
#include "predictors/advice/stress.h"
#include "robustifiers/robust_policy.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

constexpr Fault kFaults[] = {Fault::kNan,       Fault::kInfinite,   Fault::kNegative,
                             Fault::kWrongSize, Fault::kInfeasible, Fault::kThrows};

/// Two regions, one gateway with demand 1; in slot t of T the share (t + 1) / (T + 1) goes to r1.
struct Shares {
  explicit Shares(int slots)
      : trace(PlainTrace(2, 1, slots)), problem(ProblemOf(trace, CarbonObjective(1.0, kInfinity))) {
    for (int t = 0; t < slots; ++t) decisions.push_back({Eigen::Vector2d(1.0 - Share(t), Share(t)), Vector::Zero(1)});
  }
  double Share(int t) const { return (t + 1.0) / (trace.signals.num_slots() + 1.0); }

  /// Asks in slot t; answers of an earlier question would show in the flow.
  bool Ask(int t, GuardedAdvice* guarded, Allocation* answer) const {
    Slot slot;
    MakeSlotSource(trace)->Read(t, &slot);
    Coefficients coefficients;
    EstimateCoefficients(problem, slot, &coefficients);
    const Ledger ledger = MakeLedger(problem);
    AdviceAnswer said{*answer, {}, false};
    const bool good = guarded->Ask({slot, coefficients, ledger}, &said);
    *answer = said.allocation;
    guarded->Settle({slot, coefficients, coefficients, ledger, true});
    return good;
  }

  Trace trace;
  Problem problem;
  std::vector<Allocation> decisions;
};

/// Slow in its first slot only; throws when it is told how a slot turned out.
class SlowAtFirst : public Policy {
 public:
  SlowAtFirst(std::unique_ptr<Policy> policy, double seconds) : policy_(std::move(policy)), seconds_(seconds) {}
  void Decide(const SlotInput& input, Allocation* allocation) override {
    if (input.slot.index == 0) std::this_thread::sleep_for(std::chrono::duration<double>(seconds_));
    policy_->Decide(input, allocation);
  }
  void Settle(const Settlement&) override { throw std::runtime_error("nobody may hear this"); }

 private:
  std::unique_ptr<Policy> policy_;
  double seconds_;
};

TEST(GuardedAdviceTest, RefusesEveryFaultWithAndWithoutADeadline) {
  const Shares shares(3);
  for (double timeout : {0.0, 60.0}) {
    for (Fault fault : kFaults) {
      SCOPED_TRACE(testing::Message() << "fault " << static_cast<int>(fault) << ", timeout " << timeout);
      GuardedAdvice guarded(shares.problem, MakeFaultyAdvice(MakeReplay(shares.decisions), fault), timeout);
      for (int t = 0; t < 3; ++t) {
        Allocation answer = MakeAllocation(shares.problem);
        EXPECT_FALSE(shares.Ask(t, &guarded, &answer));
      }
    }
  }
}

TEST(GuardedAdviceTest, SaysWhyTheFirstAnswerWasNotGood) {
  const Shares shares(3);
  const std::pair<Fault, const char*> reasons[] = {
      {Fault::kNan, "slot 0: the decision has another size than the period's, or numbers that are not finite"},
      {Fault::kInfeasible, "slot 0: the decision breaks demand, capacity, a release window or a sign by 1 units"},
      {Fault::kThrows, "slot 0: this advice always throws"}};
  for (double timeout : {0.0, 60.0}) {
    for (const auto& [fault, reason] : reasons) {
      GuardedAdvice guarded(shares.problem, MakeFaultyAdvice(MakeReplay(shares.decisions), fault), timeout);
      EXPECT_EQ(guarded.FirstFailure(), "");
      for (int t = 0; t < 3; ++t) {
        Allocation answer = MakeAllocation(shares.problem);
        shares.Ask(t, &guarded, &answer);
        EXPECT_EQ(guarded.FirstFailure(), reason);
      }
    }
  }
  GuardedAdvice hasty(shares.problem, std::make_unique<SlowAtFirst>(MakeReplay(shares.decisions), 0.5), 0.01);
  Allocation answer = MakeAllocation(shares.problem);
  shares.Ask(0, &hasty, &answer);
  EXPECT_EQ(hasty.FirstFailure(), "slot 0: no answer within 0.01 s");
}

TEST(GuardedAdviceTest, HandsOverGoodAnswersToTheBit) {
  const Shares shares(7);
  for (double timeout : {0.0, 60.0}) {
    GuardedAdvice guarded(shares.problem, MakeReplay(shares.decisions), timeout);
    for (int t = 0; t < 7; ++t) {
      Allocation answer = MakeAllocation(shares.problem);
      ASSERT_TRUE(shares.Ask(t, &guarded, &answer));
      EXPECT_EQ(answer.flow, shares.decisions[t].flow);
    }
  }
}

TEST(GuardedAdviceTest, ALateAnswerIsNeverTakenForALaterSlot) {
  const Shares shares(5);
  GuardedAdvice hasty(shares.problem, std::make_unique<SlowAtFirst>(MakeReplay(shares.decisions), 0.5), 0.01);
  Allocation answer = MakeAllocation(shares.problem);
  EXPECT_FALSE(shares.Ask(0, &hasty, &answer)) << "late";
  EXPECT_FALSE(shares.Ask(1, &hasty, &answer)) << "still at slot 0";
  bool good = false;
  for (int i = 0; i < 1000 && !good; ++i) {  // until it has come back
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    answer = MakeAllocation(shares.problem);
    good = shares.Ask(2, &hasty, &answer);
  }
  ASSERT_TRUE(good);
  EXPECT_EQ(answer.flow, shares.decisions[2].flow);
}

/// Adds up the verdicts.
long Verdicts(const GuaranteeReport& report) { return report.taken + report.pulled + report.expert + report.rejected; }

TEST(GuardedAdviceTest, FaultsAreCountedAndTheExpertIsPlayed) {
  const Shares shares(6);
  const std::vector<Allocation> expert(6, Allocation{Eigen::Vector2d(0.5, 0.5), Vector::Zero(1)});
  for (WayBack mode : {WayBack::kSwitch, WayBack::kLine, WayBack::kPrice}) {
    for (Fault fault : kFaults) {
      RobustOptions options;
      options.mode = mode;
      const auto policy = MakeRobust(shares.problem, MakeFaultyAdvice(MakeReplay(shares.decisions), fault),
                                     MakeReplay(expert), options);
      const Played played = Play(shares.problem, *MakeSlotSource(shares.trace), *policy);
      EXPECT_EQ(played.guarantee->rejected, 6);
      EXPECT_EQ(Verdicts(*played.guarantee), 6);
      EXPECT_EQ(DecisionsOf(*policy)->last().advice, nullptr);
      for (const Allocation& decision : played.decisions) EXPECT_EQ(decision.flow, expert[0].flow);
    }
  }
}

TEST(GuardedAdviceTest, AdviceSlowerThanItsDeadlineIsRejectedInEverySlot) {
  const Shares shares(20);
  const std::vector<Allocation> expert(20, Allocation{Eigen::Vector2d(0.5, 0.5), Vector::Zero(1)});
  RobustOptions options;
  options.advice_timeout = 0.002;
  const auto policy =
      MakeRobust(shares.problem, MakeLateAdvice(MakeReplay(shares.decisions), 1.0), MakeReplay(expert), options);
  const Played played = Play(shares.problem, *MakeSlotSource(shares.trace), *policy);
  EXPECT_EQ(played.guarantee->rejected, 20);
  EXPECT_EQ(Verdicts(*played.guarantee), 20);
  for (const Allocation& decision : played.decisions) EXPECT_EQ(decision.flow, expert[0].flow);
}

TEST(GuardedAdviceTest, AdviceWithinItsDeadlineIsFollowed) {
  const Shares shares(20);
  RobustOptions options;
  options.advice_timeout = 60.0;
  options.spending.bonus = 1e6;
  const auto policy = MakeRobust(shares.problem, MakeLateAdvice(MakeReplay(shares.decisions), 0.001),
                                 MakeReplay(shares.decisions), options);
  const Played played = Play(shares.problem, *MakeSlotSource(shares.trace), *policy);
  EXPECT_EQ(played.guarantee->taken, 20);
}

// Answers now in time, now late, with the run and the advice on threads of their own all along: for the thread
// sanitizer.
TEST(GuardedAdviceTest, SometimesLateAdviceNeverMixesUpTheBooks) {
  const Shares shares(300);
  const std::vector<Allocation> expert(300, Allocation{Eigen::Vector2d(0.5, 0.5), Vector::Zero(1)});
  RobustOptions options;
  options.advice_timeout = 0.001;
  options.spending.bonus = 1e6;
  const auto policy =
      MakeRobust(shares.problem, MakeLateAdvice(MakeReplay(shares.decisions), 0.0009), MakeReplay(expert), options);
  const Played played = Play(shares.problem, *MakeSlotSource(shares.trace), *policy);
  EXPECT_EQ(Verdicts(*played.guarantee), 300);
  long followed = 0;
  for (int t = 0; t < 300; ++t) {
    const bool own = played.decisions[t].flow == shares.decisions[t].flow;
    EXPECT_TRUE(own || played.decisions[t].flow == expert[0].flow) << "slot " << t << " got an answer for another slot";
    followed += own && shares.decisions[t].flow != expert[0].flow;
  }
  EXPECT_NEAR(static_cast<double>(followed), static_cast<double>(played.guarantee->taken), 1.0);
}

}  // namespace
}  // namespace evenkeel
