#include "robustifiers/price_optimal.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/dispatch/dispatch.h"
#include "robustifiers/line.h"
#include "tests/reference/clp_slot.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// One slot of a random instance with random books, prices, advice and expert's decision, the latter safe.
struct Case {
  Case(std::uint64_t seed, const InstanceOptions& options) : random(seed), instance(MakeRandomInstance(seed, options)) {
    Problem& problem = instance.problem;
    if (seed % 4 == 0) problem.shed_cost = 50.0;
    MakeSlotSource(instance.trace)->Read(0, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    engine = MakeLedger(problem);
    books = engine;
    prices = ZeroPrices(problem);
    for (int k = 0; k < problem.num_groups(); ++k) {
      const double most = coefficients.load[k].maxCoeff() * slot.demand.sum();
      for (int b = 0; b < prices[k].size(); ++b) {
        prices[k][b] = problem.groups[k].weight * Draw(&random, 0.0, 1.0);
        engine.load[k][b] = most * Draw(&random, 0.0, 3.0);
        books.load[k][b] = DrawInt(&random, 0, 2) == 0 ? engine.load[k][b] : most * Draw(&random, 0.0, 3.0);
      }
    }
    advice = expert = MakeAllocation(problem);
    Dispatch(prices, &advice);
    Prices others = prices;
    for (Vector& price : others) price = price.unaryExpr([&](double p) { return p * Draw(&random, 0.0, 4.0); });
    Dispatch(others, &expert);
    ComputeIncrement(problem, coefficients, advice, &advice_step);
    ComputeIncrement(problem, coefficients, expert, &expert_step);
  }

  void Dispatch(const Prices& at, Allocation* allocation) {
    Dispatcher dispatcher(instance.problem);
    Vector cost;
    PricedCost(instance.problem, coefficients, 1.0, at, &cost);
    DispatchOrThrow(instance.problem, cost, slot, &dispatcher, allocation);
  }

  /// A budget in which the expert's decision leaves `share` of what the advice is short of.
  SlotBudget Budget(double share) const {
    SlotBudget budget(instance.problem);
    budget.Begin(engine, books, expert_step, 0.0);
    const double at_expert = budget.Value(expert_step), short_of = std::max(0.0, at_expert - budget.Value(advice_step));
    budget.Begin(engine, books, expert_step, share * short_of - at_expert);
    return budget;
  }

  double Value(const Increment& step) const {
    double value = step.cost;
    for (std::size_t k = 0; k < prices.size(); ++k) value += prices[k].dot(step.load[k]);
    return value;
  }

  std::mt19937_64 random;
  Instance instance;
  Slot slot;
  Coefficients coefficients;
  Ledger engine, books;
  Prices prices;
  Allocation advice, expert;
  Increment advice_step, expert_step;
};

InstanceOptions Slots(std::vector<double> norms) {
  InstanceOptions options;
  options.max_regions = 8;
  options.max_slots = 1;
  options.norms = std::move(norms);
  return options;
}

struct Answer {
  PriceOptimalResult result;
  Increment step;
  double value = 0.0, line_value = 0.0, slack = 0.0, size = 0.0;
};

/// Asks, and checks that the answer is feasible.
Answer Ask(const Case& at, const SlotBudget& budget, PriceOptimal* method) {
  const Problem& problem = at.instance.problem;
  Answer answer;
  Allocation found = MakeAllocation(problem), mixed = found;
  answer.result = method->Decide(at.slot, at.coefficients, budget, {at.prices, Vector()},
                                 {at.advice, at.advice_step, at.expert, at.expert_step}, &found);
  EXPECT_TRUE(answer.result.feasible);
  Vector use;
  EXPECT_LE(Infeasibility(problem, at.slot, {}, found, &use), 1e-9 * std::max(1.0, at.slot.demand.sum()));
  ComputeIncrement(problem, at.coefficients, found, &answer.step);
  answer.value = at.Value(answer.step);
  answer.slack = budget.Value(answer.step);
  Mix(at.advice, at.expert, SmallestSafeAlpha(budget, at.advice_step, at.expert_step), &mixed);
  Increment line;
  ComputeIncrement(problem, at.coefficients, mixed, &line);
  answer.line_value = at.Value(line);
  answer.size = std::abs(at.Value(at.expert_step)) + std::abs(at.Value(at.advice_step));
  return answer;
}

TEST(PriceOptimalTest, FindsWhatClpFindsForNormsInf) {
  double best_gain = 0.0;
  long dispatches = 0, cases = 0;
  for (int seed = 1; seed <= Scaled(1500) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Case at(static_cast<std::uint64_t>(seed), Slots({kInfinity}));
    const Problem& problem = at.instance.problem;
    PriceOptimal method(problem);
    for (double share : {0.02, 0.3, 0.8}) {
      const SlotBudget budget = at.Budget(share);
      if (!(budget.Value(at.advice_step) < -1e-9)) continue;
      const Answer answer = Ask(at, budget, &method);
      Vector cost;
      PricedCost(problem, at.coefficients, 1.0, at.prices, &cost);
      const double best = ClpSafeOptimum(problem, cost, at.slot, at.coefficients, budget.difference(), budget.room());
      EXPECT_NEAR(answer.value, best, 1e-6 * answer.size);
      EXPECT_GE(answer.slack, -1e-13 * answer.size);
      EXPECT_LE(answer.value, answer.line_value + 1e-6 * answer.size);
      EXPECT_GE(best, answer.value - answer.result.gap - 1e-6 * answer.size);
      best_gain = std::max(best_gain, (answer.line_value - best) / answer.size);
      dispatches += answer.result.dispatches;
      ++cases;
    }
  }
  EXPECT_GT(best_gain, 0.1) << "somewhere line is far from the best";
  RecordProperty("dispatches_per_slot",
                 fmt::format("{}", static_cast<double>(dispatches) / static_cast<double>(cases)));
}

/// For other norms: its own certificate, and no safe mixture of vertices drawn at random is cheaper.
TEST(PriceOptimalTest, NoMixtureIsCheaperForOtherNorms) {
  for (int seed = 1; seed <= Scaled(400) && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Case at(static_cast<std::uint64_t>(seed), Slots({1.0, 2.0, 4.0, 9.5, kInfinity}));
    const Problem& problem = at.instance.problem;
    PriceOptimal method(problem);
    const SlotBudget budget = at.Budget(0.4);
    if (!(budget.Value(at.advice_step) < -1e-9)) continue;
    const Answer answer = Ask(at, budget, &method);
    EXPECT_LE(answer.result.gap, 1e-6 * answer.size);
    EXPECT_GE(answer.slack, -1e-13 * answer.size);
    EXPECT_LE(answer.value, answer.line_value + 1e-6 * answer.size);
    Allocation vertex = at.advice, mixed = at.advice;
    Increment step;
    for (int draw = 0; draw < 40; ++draw) {
      Prices others = at.prices;
      for (Vector& price : others) price = price.unaryExpr([&](double p) { return p * Draw(&at.random, 0.0, 3.0); });
      at.Dispatch(others, &vertex);
      ComputeIncrement(problem, at.coefficients, vertex, &step);
      Mix(vertex, at.expert, SmallestSafeAlpha(budget, step, at.expert_step), &mixed);
      ComputeIncrement(problem, at.coefficients, mixed, &step);
      EXPECT_GE(at.Value(step), answer.value - answer.result.gap - 1e-6 * answer.size);
    }
  }
}

}  // namespace
}  // namespace evenkeel
