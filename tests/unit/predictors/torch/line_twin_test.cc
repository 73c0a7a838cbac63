// The differentiable twin of the robustifier `line` against robustifiers/line.h, in value and in gradient.
#include <gtest/gtest.h>

#include <cmath>

#include "models/world/stack.h"
#include "predictors/learning/price_network.h"
#include "predictors/prices/inputs.h"
#include "robustifiers/line.h"
#include "tests/reference/random_budget.h"

namespace evenkeel {
namespace {

std::vector<double> RowOf(const Problem& problem, const Loads& loads) {
  std::vector<double> row(RowSize(problem));
  FillRow(problem, loads, Eigen::Map<Vector>(row.data(), RowSize(problem)));
  return row;
}

std::vector<double> StackOf(const Problem& problem, const Increment& increment) {
  std::vector<double> stack(StackSize(problem));
  FillStack(problem, increment.cost, increment.load, Eigen::Map<Vector>(stack.data(), StackSize(problem)));
  return stack;
}

Increment Split(const Problem& problem, const double* values) {
  Increment increment{values[0], ZeroLoads(problem)};
  SplitRow(problem, Eigen::Map<const Vector>(values + 1, RowSize(problem)), &increment.load);
  return increment;
}

/// The real alpha of a slot in flat form: books that have its room and differences.
double RealAlpha(const Problem& problem, const LineSlot& slot) {
  const Ledger nothing = MakeLedger(problem);
  Ledger engine = nothing;
  engine.load = Split(problem, slot.advice.data()).load;  // for the sizes
  SplitRow(problem, Eigen::Map<const Vector>(slot.difference.data(), RowSize(problem)), &engine.load);
  SlotBudget budget(problem);
  const Increment none{0.0, ZeroLoads(problem)};
  budget.Begin(engine, nothing, none, slot.room);
  return SmallestSafeAlpha(budget, Split(problem, slot.advice.data()), Split(problem, slot.expert.data()));
}

LineSlot RandomSlot(const Problem& problem, std::uint64_t seed) {
  RandomBudget books(problem, seed);
  const SlotBudget budget = books.WithExpertSlack(problem, Draw(&books.random, 0.0, 20.0));
  return {budget.room(), RowOf(problem, budget.difference()), StackOf(problem, books.advice_step),
          StackOf(problem, books.expert_step)};
}

const std::vector<std::pair<double, double>> kNorms = {
    {kInfinity, kInfinity}, {1.0, 4.0}, {2.0, kInfinity}, {8.0, 3.0}};

TEST(LineTwin, HasTheSameAlpha) {
  int taken = 0, between = 0;
  for (const auto& [first, second] : kNorms) {
    const Problem problem = RegionsProblem(4, first, second);
    const PriceShape shape = PriceShapeOf(problem);
    for (int seed = 1; seed <= Scaled(100); ++seed) {
      const LineSlot slot = RandomSlot(problem, static_cast<std::uint64_t>(seed));
      const double real = RealAlpha(problem, slot), twin = TwinOfLineAlpha(shape, slot).alpha;
      EXPECT_NEAR(twin, real, 1e-10) << "norms " << first << ", " << second << ", seed " << seed;
      taken += real == 0.0 ? 1 : 0;
      between += real > 0.0 && real < 1.0 ? 1 : 0;
      EXPECT_EQ(twin == 0.0, real == 0.0);
    }
  }
  EXPECT_GE(taken, Scaled(20));
  EXPECT_GE(between, Scaled(100));
}

// Central differences of the real alpha. Where two steps of them differ, a maximum or an end is near, and the real one
// has no gradient.
TEST(LineTwin, HasTheGradientOfTheRealOne) {
  int compared = 0, moving = 0;
  for (const auto& [first, second] : kNorms) {
    const Problem problem = RegionsProblem(3, first, second);
    const PriceShape shape = PriceShapeOf(problem);
    for (int seed = 1; seed <= Scaled(25); ++seed) {
      LineSlot slot = RandomSlot(problem, static_cast<std::uint64_t>(seed));
      const std::vector<double> gradient = TwinOfLineAlpha(shape, slot).gradient;
      std::vector<double*> inputs = {&slot.room};
      for (auto* part : {&slot.difference, &slot.advice, &slot.expert}) {
        for (double& value : *part) inputs.push_back(&value);
      }
      ASSERT_EQ(gradient.size(), inputs.size());
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const double value = *inputs[i];
        const auto difference = [&](double step) {
          *inputs[i] = value + step;
          const double up = RealAlpha(problem, slot);
          *inputs[i] = value - step;
          const double down = RealAlpha(problem, slot);
          *inputs[i] = value;
          return (up - down) / (2.0 * step);
        };
        const double fine = difference(1e-6), coarse = difference(1e-4);
        if (std::abs(fine - coarse) > 1e-4) continue;
        ++compared;
        moving += std::abs(fine) > 1e-3 ? 1 : 0;
        EXPECT_NEAR(gradient[i], fine, 2e-4) << "norms " << first << ", " << second << ", seed " << seed << ", " << i;
      }
    }
  }
  EXPECT_GE(compared, Scaled(1000));
  EXPECT_GE(moving, Scaled(300));
}

}  // namespace
}  // namespace evenkeel
