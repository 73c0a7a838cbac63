#include "robustifiers/trust.h"

#include <gtest/gtest.h>

#include "experiments/catalog/catalog.h"
#include "robustifiers/robust_policy.h"
#include "tests/reference/beside.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

TrustOptions Adaptive(double floor, double tolerance, double gain) {
  TrustOptions options;
  options.adaptive = true;
  options.floor = floor;
  options.tolerance = tolerance;
  options.gain = gain;
  return options;
}

/// One gateway, demand 1, r0 at `price0`, r1 at 2, loads 1 per unit, weight 10, norm inf. The expert has played (0, 1).
struct OneSlot {
  explicit OneSlot(double price0) {
    Trace trace = PlainTrace(2, 1, 1);
    trace.signals.carbon_intensity.setOnes();
    trace.signals.price(0, 0) = price0;
    trace.signals.price(0, 1) = 2.0;
    problem = ProblemOf(trace, CarbonObjective(10.0, kInfinity));
    Slot slot;
    MakeSlotSource(trace)->Read(0, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    expert_ledger = MakeLedger(problem);
    AddSlot(problem, coefficients, expert, 1.0, &expert_ledger);
  }
  Problem problem;
  Coefficients coefficients;
  Allocation advice = {Eigen::Vector2d(1.0, 0.0), Vector::Zero(1)},
             expert = {Eigen::Vector2d(0.0, 1.0), Vector::Zero(1)};
  Ledger expert_ledger;
};

// J_E = 2 + 10 = 12. The gradient of 10 ||E||_8 at (0, 1) is (0, 10): the expert's decision is worth 2 + 10 = 12, the
// advice its price alone. With tolerance 0.3 the headroom is 3.6:
//   price 0:  12 + 3.6 - 0, capped at 3.6;    price 15: 15.6 - 15 = 0.6;    price 20: nothing;
//   price -1: the shift is 1, the expert's decision is worth 13, the headroom 3.9.
// rho = 1: margin 12, floor 3.
TEST(TrustTest, ByHand) {
  const Spending spending = {1.0, 5.0, 0.0};
  for (const auto& [price, credit] :
       {std::pair(0.0, 3.6), std::pair(15.0, 0.6), std::pair(20.0, 0.0), std::pair(-1.0, 3.9)}) {
    SCOPED_TRACE(testing::Message() << "price " << price);
    const OneSlot slot(price);
    Trust trust(slot.problem, spending, Adaptive(0.25, 0.3, 2.0));
    EXPECT_DOUBLE_EQ(trust.AllowanceAt(12.0), 3.0 + 5.0);
    trust.Observe(slot.coefficients, slot.expert_ledger, slot.advice, slot.expert);
    EXPECT_NEAR(trust.AllowanceAt(12.0), std::min(12.0, 3.0 + 2.0 * credit) + 5.0, 1e-12);
    for (int again = 0; again < 5; ++again)
      trust.Observe(slot.coefficients, slot.expert_ledger, slot.advice, slot.expert);
    EXPECT_NEAR(trust.AllowanceAt(12.0), std::min(12.0, 3.0 + 12.0 * credit) + 5.0, 1e-12) << "never above the whole";
  }
}

TEST(TrustTest, FixedTrustIsTheWholeAllowance) {
  const OneSlot slot(20.0);
  Trust trust(slot.problem, {0.1, 1.0, 50.0}, {});
  trust.Observe(slot.coefficients, slot.expert_ledger, slot.advice, slot.expert);
  EXPECT_DOUBLE_EQ(trust.AllowanceAt(12.0), 6.0);
  EXPECT_DOUBLE_EQ(trust.AllowanceAt(120.0), 13.0);
}

/// Value of a decision at the expert's own prices, on shifted costs, worked out bucket by bucket.
double ValueAtPrices(const Problem& problem, const BesideSlot& at, const Allocation& decision) {
  double value = 0.0;
  for (int a = 0; a < problem.num_arcs(); ++a) {
    double price = at.coefficients.cost[a] + at.coefficients.shift;
    for (int k = 0; k < problem.num_groups(); ++k) {
      const Vector& load = at.expert_ledger.load[k];
      const double q = std::min(problem.groups[k].norm, 8.0), norm = Norm(load, q);
      if (norm <= 0.0) continue;
      const double gamma =
          problem.groups[k].weight * std::pow(load[problem.groups[k].bucket_of_arc[a]] / norm, q - 1.0);
      price += gamma * at.coefficients.load[k][a];
    }
    value += price * decision.flow[a];
  }
  if (problem.shed_cost) value += (*problem.shed_cost + at.coefficients.shift) * decision.shed.sum();
  return value;
}

// J_t <= J_E,t + min(margin_t, floor margin_t + gain credit) + B at every t, the credit of the slots before worked out
// beside the policy; and the policy's own trust agrees.
TEST(TrustTest, BoundsTheRunByWhatTheAdviceHasEarned) {
  double worst = kInfinity;
  for (int seed = 1; seed <= Scaled(400) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    InstanceOptions draw;
    draw.max_regions = draw.max_gateways = 4;
    draw.max_slots = 40;
    draw.norms = {1.0, 2.0, 4.0, kInfinity};
    Instance instance = MakeRandomInstance(static_cast<std::uint64_t>(seed), draw);
    if (seed % 4 == 0) instance.problem.shed_cost = 50.0;
    const Problem& problem = instance.problem;
    std::mt19937_64 random(seed);
    RobustOptions options;
    options.spending = {Draw(&random, 0.0, 0.5), seed % 3 == 0 ? Draw(&random, 0.0, 50.0) : 0.0,
                        seed % 5 == 0 ? Draw(&random, 0.0, 1e4) : 0.0};
    options.trust = Adaptive(Draw(&random, 0.0, 1.0), Draw(&random, 0.0, 0.5), Draw(&random, 0.0, 3.0));
    const char* const advice[] = {"adversary", "random", "adversary(harm=sum)", "norm-greedy(q=8)"};
    const auto make = [&](const char* spec) { return MakePolicy({problem, 1, {}}, ParseSpec(spec)); };
    const auto policy = MakeRobust(problem, make(advice[seed % 4]), make("l1-greedy"), options),
               expert = make("l1-greedy");
    Trust trust(problem, options.spending, options.trust);
    double credit = 0.0, last_allowance = 0.0;
    PlayBeside(problem, instance.trace.signals.num_slots(), SlotsOf(instance.trace), *policy, *expert,
               [&](const BesideSlot& at) {
                 const double expert_objective = ShiftedObjectiveValue(problem, at.expert_ledger);
                 const double margin = options.spending.rho * std::max(expert_objective, options.spending.planned);
                 const double allowance = std::min(margin, options.trust.floor * margin + options.trust.gain * credit) +
                                          options.spending.bonus;
                 const double bound = expert_objective + allowance, scale = bound + at.ledger.shift;
                 EXPECT_NEAR(trust.AllowanceAt(expert_objective), allowance, 1e-10 * scale);
                 EXPECT_GE(allowance, last_allowance - 1e-12 * scale) << "the allowance fell";
                 EXPECT_LE(allowance, margin + options.spending.bonus);
                 EXPECT_LE(ShiftedObjectiveValue(problem, at.ledger), bound + 1e-10 * scale);
                 worst = std::min(worst, (bound - ShiftedObjectiveValue(problem, at.ledger)) / std::max(1e-12, scale));
                 last_allowance = allowance;
                 const Allocation* const advised = DecisionsOf(*policy)->last().advice;
                 ASSERT_NE(advised, nullptr);
                 trust.Observe(at.coefficients, at.expert_ledger, *advised, at.expert_decision);
                 const double own = ValueAtPrices(problem, at, at.expert_decision),
                              headroom = options.trust.tolerance * own;
                 credit += std::min(headroom, std::max(0.0, own + headroom - ValueAtPrices(problem, at, *advised)));
               });
  }
  RecordProperty("worst_relative_slack", testing::PrintToString(worst));
}

}  // namespace
}  // namespace evenkeel
