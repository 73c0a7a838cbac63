#include "predictors/advice/chosen_plan.h"

#include <gtest/gtest.h>

#include "tests/reference/play.h"

namespace evenkeel {
namespace {

/// Nothing that a plan can be made from.
class Useless : public Forecaster {
 public:
  void Predict(const HistoryView&, int, RowMatrix* forecast) override { forecast->setConstant(1e300); }
};

// Two regions, one unit an hour; a is free, b costs 1, both emit the same, weight 10 on the larger load: sharing is
// right. Plans fail, so that without a blend all goes to a; a blend of 1 shares.
struct Setting {
  explicit Setting(int past_slots) : trace(Regions(24)) {
    problem = ProblemOf(trace, CarbonObjective(10.0, kInfinity));
    past.AppendAll(*MakeSlotSource(Regions(past_slots)));
    candidates.resize(2);
    candidates[1].blend.first = candidates[1].blend.last = 1.0;
  }
  static Trace Regions(int slots) {
    Trace trace = PlainTrace(2, 1, slots);
    trace.signals.price.col(1).setOnes();
    trace.signals.carbon_intensity.setOnes();
    return trace;
  }
  double LoadOfB() {
    const auto policy = MakeChosenPlan(problem, std::make_unique<Useless>(), past, candidates, {2, 12});
    return Play(problem, *MakeSlotSource(trace), *policy).ledger.load[0][1];
  }
  Trace trace;
  Problem problem;
  History past;
  std::vector<PlanOptions> candidates;
};

TEST(ChosenPlan, TakesWhatWouldHaveDoneBest) { EXPECT_NEAR(Setting(72).LoadOfB(), 12.0, 2.0); }

TEST(ChosenPlan, TakesTheFirstWhereThePastIsTooShort) {
  EXPECT_EQ(Setting(24).LoadOfB(), 0.0);
  Setting other(24);
  std::swap(other.candidates[0], other.candidates[1]);
  EXPECT_NEAR(other.LoadOfB(), 12.0, 2.0);
}

TEST(PlanCandidates, WithAndWithoutScenariosWhereThereAreSome) {
  PlanOptions options;
  EXPECT_EQ(PlanCandidates(options).size(), 3u);
  options.scenarios = 4;
  EXPECT_EQ(PlanCandidates(options).size(), 6u);
  EXPECT_EQ(PlanCandidates(options).front().scenarios, 4);
  EXPECT_EQ(PlanCandidates(options).back().scenarios, 0);
}

}  // namespace
}  // namespace evenkeel
