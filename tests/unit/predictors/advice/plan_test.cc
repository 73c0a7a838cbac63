#include "predictors/advice/plan.h"

#include <gtest/gtest.h>

#include "engine/policies/greedy.h"
#include "models/base/error.h"
#include "predictors/advice/chosen_plan.h"
#include "predictors/forecast/naive.h"
#include "robustifiers/robust_policy.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

// Two regions, one gateway with demand 1 a slot; serving costs 0 in a and 1 in b, and emits 1 in either; weight 10 on
// the larger load. Over two slots the best is one each: 1 + 10 * 1 = 11. Always a: 10 * 2 = 20.
struct TwoRegions {
  explicit TwoRegions(int slots = 2) : trace(PlainTrace(2, 1, slots)) {
    trace.signals.price.col(1).setOnes();
    trace.signals.carbon_intensity.setOnes();
    problem = ProblemOf(trace, CarbonObjective(10.0, kInfinity));
  }
  Played Run(std::unique_ptr<Forecaster> forecaster, const PlanOptions& options) {
    const auto policy = MakePlanAdvice(problem, std::move(forecaster), {}, options);
    return Play(problem, *MakeSlotSource(trace), *policy);
  }
  std::unique_ptr<Forecaster> Truth() { return MakePerfect(MakeSlotSource(trace), 0); }
  Trace trace;
  Problem problem;
};

/// The trace's first slot again and again.
Trace PastOf(const Trace& trace, int slots) {
  Trace past = PlainTrace(2, 1, slots);
  past.signals.price.rowwise() = trace.signals.price.row(0);
  past.signals.carbon_intensity.rowwise() = trace.signals.carbon_intensity.row(0);
  return past;
}

PlanOptions Every(int slots) {
  PlanOptions options;
  options.every = slots;
  return options;
}

TEST(PlanAdvice, PlansFromTheLoadsSoFar) {
  TwoRegions two;
  const Played played = two.Run(two.Truth(), Every(1));
  EXPECT_NEAR(ObjectiveValue(two.problem, played.ledger), 11.0, 1e-9);
  EXPECT_EQ(played.report.unconverged_slots, 0);
}

// Between plans the prices stand: the second slot goes where the first one went.
TEST(PlanAdvice, KeepsItsPricesUntilTheNextPlan) {
  TwoRegions two;
  const Played played = two.Run(two.Truth(), Every(2));
  EXPECT_EQ(played.decisions[0].flow, played.decisions[1].flow);
}

/// Always the same value.
class Constant : public Forecaster {
 public:
  explicit Constant(double value) : value_(value) {}
  void Predict(const HistoryView&, int, RowMatrix* forecast) override { forecast->setConstant(value_); }

 private:
  double value_;
};

// Capacity is 1000 a region: 5000 can't be served, and the plan is made all the same.
TEST(PlanAdvice, ForecastsThatCannotBeServedArePlannedWithUnservedWorkload) {
  TwoRegions two(3);
  const Played played = two.Run(std::make_unique<Constant>(5000.0), Every(1));
  EXPECT_EQ(played.ledger.shed, 0.0);
  EXPECT_EQ(played.report.unconverged_slots, 0);
}

// Numbers that no solver gets through: the prices at the start, each bucket's share of its weight, serve on, and it is
// counted.
TEST(PlanAdvice, APlanThatFailsIsCountedAndTheOldPricesStand) {
  TwoRegions two(3);
  const Played played = two.Run(std::make_unique<Constant>(1e300), Every(1));
  EXPECT_GE(played.report.unconverged_slots, 1);
  // 5 per unit in either region, so that a's lower cost decides while plans fail.
  EXPECT_EQ(played.decisions[0].flow[0], 1.0);
}

/// Has no answer the first few times, then the last value.
class FailsAtFirst : public Forecaster {
 public:
  explicit FailsAtFirst(int times) : times_(times) {}
  void Predict(const HistoryView& history, int, RowMatrix* forecast) override {
    if (times_-- > 0) throw InputError("no forecast with {} slots seen", history.num_slots());
    forecast->rowwise() = history.row(history.num_slots() - 1);
  }

 private:
  int times_;
};

GuaranteeReport RunRobust(const TwoRegions& two, std::unique_ptr<Policy> advice) {
  const auto policy = MakeRobust(two.problem, std::move(advice), MakeNormGreedy(two.problem, {}), {});
  return *Play(two.problem, *MakeSlotSource(two.trace), *policy).guarantee;
}

// The prices of the start are no answer: without a plan every slot is a failure, though only the first of a day is
// planned in.
TEST(PlanAdvice, FailsUntilThereIsAPlan) {
  TwoRegions two(24);
  const GuaranteeReport never =
      RunRobust(two, MakePlanAdvice(two.problem, std::make_unique<FailsAtFirst>(1000), {}, Every(24)));
  EXPECT_EQ(never.rejected, 24);
  EXPECT_EQ(never.first_failure, "slot 0: no forecast with 1 slots seen");
  const GuaranteeReport later =
      RunRobust(two, MakePlanAdvice(two.problem, std::make_unique<FailsAtFirst>(3), {}, Every(24)));
  EXPECT_EQ(later.rejected, 3);
}

// The plan of slot 4 fails, that of slot 5 does not: the prices of slot 0 are not played again.
TEST(PlanAdvice, AFailedPlanDoesNotBringBackTheOneBefore) {
  class FailsOnce : public Forecaster {
   public:
    void Predict(const HistoryView& history, int, RowMatrix* forecast) override {
      seen_.push_back(history.num_slots() - 1);
      if (seen_.back() == 4 || seen_.back() == 5) throw std::runtime_error("");
      forecast->rowwise() = history.row(history.num_slots() - 1);
    }
    std::vector<int> seen_;
  };
  TwoRegions two(12);
  auto forecaster = std::make_unique<FailsOnce>();
  const std::vector<int>& seen = forecaster->seen_;
  const auto policy = MakeRobust(two.problem, MakePlanAdvice(two.problem, std::move(forecaster), {}, Every(4)),
                                 MakeNormGreedy(two.problem, {}), {});
  const GuaranteeReport report = *Play(two.problem, *MakeSlotSource(two.trace), *policy).guarantee;
  EXPECT_EQ(report.rejected, 2);
  EXPECT_EQ(report.first_failure, "slot 4: it failed and did not say why");
  EXPECT_EQ(seen, (std::vector<int>{0, 4, 5, 6, 8}));
}

// A choice among plans is made in the first slot that has one, with the slots before it in its history.
TEST(PlanAdvice, AChoiceThatFailsIsMadeAgain) {
  TwoRegions two(6);
  History past;
  past.AppendAll(*MakeSlotSource(PastOf(two.trace, 72)));
  const auto chosen = [&](int times) {
    return RunRobust(two,
                     MakeChosenPlan(two.problem, std::make_unique<FailsAtFirst>(times), past, {Every(24)}, {2, 12}));
  };
  EXPECT_EQ(chosen(0).rejected, 0);
  EXPECT_EQ(chosen(2).rejected, 2);
  EXPECT_EQ(chosen(2).first_failure.substr(0, 7), "slot 0:");
}

TEST(PlanAdvice, LearnsFromThePast) {
  TwoRegions two(2);
  History past;
  past.AppendAll(*MakeSlotSource(two.trace));
  const auto policy = MakePlanAdvice(two.problem, MakeSeasonalNaive(2), past, Every(1));
  const Played played = Play(two.problem, *MakeSlotSource(two.trace), *policy);
  EXPECT_NEAR(ObjectiveValue(two.problem, played.ledger), 11.0, 1e-9);
}

// The past was as it will be: every error is the same, centred nothing is left, and the plan is that of the forecast.
TEST(PlanAdvice, ScenariosWithoutUncertaintyAreTheForecast) {
  TwoRegions two(48);
  History past;
  past.AppendAll(*MakeSlotSource(PastOf(two.trace, 30 * 24)));
  PlanOptions options = Every(6);
  options.merge_after = 12;
  const auto one = MakePlanAdvice(two.problem, MakeSeasonalNaive(24), past, options);
  options.scenarios = 3;
  const auto more = MakePlanAdvice(two.problem, MakeSeasonalNaive(24), past, options);
  const Played alone = Play(two.problem, *MakeSlotSource(two.trace), *one);
  const Played together = Play(two.problem, *MakeSlotSource(two.trace), *more);
  EXPECT_NEAR(ObjectiveValue(two.problem, together.ledger), ObjectiveValue(two.problem, alone.ledger), 1e-6);
  EXPECT_EQ(together.report.unconverged_slots, 0);
}

// Every plan fails and the prices at the start send all to a; a blend of 1 follows the loads, and shares.
TEST(PlanAdvice, ABlendOfOneIsTheLoadsAlone) {
  TwoRegions two(48);
  PlanOptions options = Every(24);
  EXPECT_EQ(two.Run(std::make_unique<Constant>(1e300), options).ledger.load[0][1], 0.0);
  options.blend.first = options.blend.last = 1.0;
  EXPECT_NEAR(two.Run(std::make_unique<Constant>(1e300), options).ledger.load[0][1], 24.0, 2.0);
}

}  // namespace
}  // namespace evenkeel
