#include "engine/simulate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "tests/reference/two_region_periods.h"

namespace evenkeel {
namespace {

/// Always the same decision; keeps what it was shown.
class Fixed : public Policy {
 public:
  explicit Fixed(Allocation decision) : decision_(std::move(decision)) {}
  void Decide(const SlotInput& input, Allocation* allocation) override {
    seen_cost.push_back(input.ledger.energy_cost);
    seen_price.push_back(input.coefficients.cost[1]);
    *allocation = decision_;
  }
  void Settle(const Settlement& settlement) override { exact.push_back(settlement.exact); }
  std::vector<double> seen_cost, seen_price;
  std::vector<bool> exact;

 private:
  Allocation decision_;
};

Fixed Serves(double r0, double r1, double shed = 0.0) {
  return Fixed({Eigen::Vector2d(r0, r1), Vector::Constant(1, shed)});
}

Problem TwoRegionProblem(const Trace& trace) { return ProblemOf(trace, CarbonObjective(10.0, kInfinity)); }

// 1/4 on r0 at price 0 and 3/4 on r1 at price 4, twice.
TEST(SimulateTest, AddsUpWhatWasDecided) {
  const Trace trace = TwoRegionTrace();
  const auto slots = MakeSlotSource(trace);
  Fixed policy = Serves(0.25, 0.75);
  const RunLedgers ledgers = Simulate(TwoRegionProblem(trace), *slots, *slots, policy, {});
  EXPECT_EQ(ledgers.metered.energy_cost, 6.0);
  EXPECT_EQ(ledgers.metered.load[0], Eigen::Vector2d(0.5, 1.5));
  EXPECT_EQ(ledgers.metered.region_workload, Eigen::Vector2d(0.5, 1.5));
  EXPECT_EQ(ledgers.observed.energy_cost, 6.0) << "equal when nothing is uncertain";
  EXPECT_THAT(policy.seen_cost, testing::ElementsAre(0.0, 3.0)) << "the slots before, not the present one";
  EXPECT_THAT(policy.exact, testing::ElementsAre(true, true));
}

/// Decides the first slot, and refuses the second with this text.
class Refuses : public Policy {
 public:
  explicit Refuses(std::string text) : text_(std::move(text)) {}
  void Decide(const SlotInput& input, Allocation* allocation) override {
    if (input.slot.index == 1) throw InputError("{}", text_);
    *allocation = {Eigen::Vector2d(0.25, 0.75), Vector::Constant(1, 0.0)};
  }

 private:
  std::string text_;
};

TEST(SimulateTest, SaysInWhichSlotAPolicyCouldNotDecideOnce) {
  const Trace trace = TwoRegionTrace();
  const auto slots = MakeSlotSource(trace);
  for (const char* text : {"no idea", "slot 1: no idea"}) {
    Refuses policy(text);
    try {
      Simulate(TwoRegionProblem(trace), *slots, *slots, policy, {});
      ADD_FAILURE() << "it should have thrown";
    } catch (const InputError& error) {
      EXPECT_STREQ(error.what(), "slot 1: no idea");
    }
  }
}

// Observed 4, metered 6 on r1, and twice the carbon: the policy sees the observed slot beside its settled, metered
// ledger.
TEST(SimulateTest, KeepsObservedAndMeteredApart) {
  const Trace observed_trace = TwoRegionTrace();
  Trace metered_trace = TwoRegionTrace();
  metered_trace.signals.price.col(1).setConstant(6.0);
  metered_trace.signals.carbon_intensity *= 2.0;
  const auto observed = MakeSlotSource(observed_trace), metered = MakeSlotSource(metered_trace);
  Fixed policy = Serves(0.5, 0.5);
  int calls = 0;
  const auto observer = [&](const SlotRecord& record) {
    EXPECT_EQ(record.slot.price[1], 4.0);
    EXPECT_EQ(record.coefficients.cost[1], 6.0);
    EXPECT_EQ(record.allocation.flow, Eigen::Vector2d(0.5, 0.5));
    EXPECT_EQ(record.ledgers.metered.energy_cost, 3.0 * (calls + 1)) << "after the slot";
    ++calls;
  };
  const RunLedgers ledgers = Simulate(TwoRegionProblem(observed_trace), *observed, *metered, policy, observer);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(ledgers.observed.energy_cost, 4.0);
  EXPECT_EQ(ledgers.metered.energy_cost, 6.0);
  EXPECT_EQ(ledgers.observed.load[0], Eigen::Vector2d(1.0, 1.0));
  EXPECT_EQ(ledgers.metered.load[0], Eigen::Vector2d(2.0, 2.0));
  EXPECT_THAT(policy.seen_price, testing::ElementsAre(4.0, 4.0));
  EXPECT_THAT(policy.exact, testing::ElementsAre(false, false));
  EXPECT_THAT(policy.seen_cost, testing::ElementsAre(0.0, 3.0));
}

void ExpectRefused(Fixed policy, const char* violation) {
  const Trace trace = TwoRegionTrace();
  const auto slots = MakeSlotSource(trace);
  try {
    Simulate(TwoRegionProblem(trace), *slots, *slots, policy, {});
    FAIL() << "accepted an infeasible decision";
  } catch (const InternalError& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("slot 0"), testing::HasSubstr(violation)));
  }
}

TEST(SimulateTest, RefusesInfeasibleDecisions) {
  ExpectRefused(Serves(0.5, 0.4), "by 0.1");
  ExpectRefused(Serves(1.5, -0.5), "by 0.5");
  ExpectRefused(Serves(0.5, 0.5 + 1e-6), "by 1e-06");
  ExpectRefused(Serves(0.5, 0.25, 0.25), "by 0.25");
  ExpectRefused(Serves(std::nan(""), 1.0), "inf");
}

TEST(SimulateTest, ForgivesRounding) {
  const Trace trace = TwoRegionTrace();
  const auto slots = MakeSlotSource(trace);
  Fixed policy = Serves(0.5, 0.5 + 1e-12);
  EXPECT_NO_THROW(Simulate(TwoRegionProblem(trace), *slots, *slots, policy, {}));
}

TEST(SimulateTest, PeriodsOfUnequalLengthAreABug) {
  const Trace trace = TwoRegionTrace(), shorter = FirstSlots(trace, 1);
  Fixed policy = Serves(0.5, 0.5);
  EXPECT_THROW(Simulate(TwoRegionProblem(trace), *MakeSlotSource(trace), *MakeSlotSource(shorter), policy, {}),
               InternalError);
}

}  // namespace
}  // namespace evenkeel
