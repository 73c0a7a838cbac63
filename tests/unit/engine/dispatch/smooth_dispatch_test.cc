#include "engine/dispatch/smooth_dispatch.h"

#include <gtest/gtest.h>

#include "engine/dispatch/dispatch.h"
#include "models/base/error.h"
#include "models/world/footprint.h"
#include "models/world/ledger.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

InstanceOptions Slots() {
  InstanceOptions options;
  options.ties = false;
  options.max_slots = 1;
  return options;
}

struct Case {
  explicit Case(std::uint64_t seed, const InstanceOptions& options = Slots())
      : instance(MakeRandomInstance(seed, options)) {
    MakeSlotSource(instance.trace)->Read(0, &slot);
    Coefficients coefficients;
    EstimateCoefficients(instance.problem, slot, &coefficients);
    cost = coefficients.cost;
    scale = std::max(1e-3, cost.cwiseAbs().mean());
  }
  const Problem& problem() const { return instance.problem; }

  Instance instance;
  Slot slot;
  Vector cost;
  double scale;
};

// Two regions with room for all: one gateway's demand in the shares exp(-cost / tau) of their capacities.
TEST(SmoothDispatch, SharesByHand) {
  const Problem problem = MakeProblem(PlainNetwork(2, 1), PublishedObjective(), 1, Vector::Ones(1));
  Slot slot;
  slot.demand = Vector::Constant(1, 4.0);
  slot.capacity = (Vector(2) << 10.0, 30.0).finished();
  SmoothFlow smooth;
  EXPECT_TRUE(SmoothDispatch(problem, slot, (Vector(2) << 1.0, 1.0 + 2.0 * std::log(3.0)).finished(), 2.0, &smooth));
  EXPECT_NEAR(smooth.flow[0], 2.0, 1e-12);
  EXPECT_NEAR(smooth.flow[1], 2.0, 1e-12);
  slot.capacity[0] = 1.0;  // full: the weights do not matter any more
  EXPECT_TRUE(SmoothDispatch(problem, slot, (Vector(2) << 1.0, 5.0).finished(), 0.5, &smooth));
  EXPECT_NEAR(smooth.flow[0], 1.0, 1e-8);
  EXPECT_GT(smooth.capacity_price[0], 0.0);
  EXPECT_EQ(smooth.capacity_price[1], 0.0);
}

// Without capacity anywhere all is shed, or the gateway is named.
TEST(SmoothDispatch, ShedsWhereNoRegionHasCapacity) {
  Problem problem = MakeProblem(PlainNetwork(2, 1), PublishedObjective(), 1, Vector::Ones(1));
  Slot slot;
  slot.demand = Vector::Constant(1, 4.0);
  slot.capacity = Vector::Zero(2);
  SmoothFlow smooth;
  EXPECT_THROW(SmoothDispatch(problem, slot, Vector::Ones(2), 1.0, &smooth), InputError);
  EXPECT_FALSE(RouteAtPrices(problem, slot, Vector::Ones(2), 1.0, Vector::Zero(2), &smooth));
  problem.shed_cost = 50.0;
  EXPECT_TRUE(SmoothDispatch(problem, slot, Vector::Ones(2), 1.0, &smooth));
  EXPECT_EQ(smooth.shed[0], 4.0);
  EXPECT_TRUE(RouteAtPrices(problem, slot, Vector::Ones(2), 1.0, Vector::Zero(2), &smooth));
  EXPECT_EQ(smooth.shed[0], 4.0);
  EXPECT_EQ(smooth.flow, Vector::Zero(2));
}

TEST(SmoothDispatch, IsFeasibleAndNearDispatchWhenCold) {
  int converged = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Case c(seed);
    SmoothFlow smooth;
    const double tau = 0.01 * c.scale;
    if (!SmoothDispatch(c.problem(), c.slot, c.cost, tau, &smooth)) continue;
    ++converged;
    Vector use;
    EXPECT_LE(Infeasibility(c.problem(), c.slot, {}, {smooth.flow, smooth.shed}, &use), 1e-8 * c.slot.demand.sum())
        << seed;
    Dispatcher dispatcher(c.problem());
    Allocation exact = MakeAllocation(c.problem());
    DispatchOrThrow(c.problem(), c.cost, c.slot, &dispatcher, &exact);
    const double more = c.cost.dot(smooth.flow) - c.cost.dot(exact.flow);
    EXPECT_GE(more, -1e-6 * c.scale * c.slot.demand.sum()) << seed;
    // The entropy of splitting d over n ways is at most d log n, and weights differ by their logs.
    EXPECT_LE(more, 20.0 * tau * c.slot.demand.sum()) << seed;
  }
  EXPECT_EQ(converged, 200);
}

TEST(SmoothDispatch, GradientIsThatOfFiniteDifferences) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Case c(seed);
    std::mt19937_64 random(seed);
    const double tau = 0.3 * c.scale, step = 1e-4 * c.scale;
    SmoothFlow smooth;
    if (!SmoothDispatch(c.problem(), c.slot, c.cost, tau, &smooth)) continue;
    // At a price near 0, or a region that is all but full, the one side differs from the other.
    const bool kink = ((smooth.capacity_price.array() > 0.0) && (smooth.capacity_price.array() < 0.01 * tau)).any();
    if (kink) continue;
    const Vector weights = c.cost.unaryExpr([&](double) { return Draw(&random, -1.0, 1.0); });
    const Vector direction = c.cost.unaryExpr([&](double) { return Draw(&random, -1.0, 1.0); });
    const double slope = SmoothDispatchGradient(c.problem(), c.slot, smooth, weights).dot(direction);
    SmoothFlow up, down;
    if (!SmoothDispatch(c.problem(), c.slot, c.cost + step * direction, tau, &up) ||
        !SmoothDispatch(c.problem(), c.slot, c.cost - step * direction, tau, &down))
      continue;
    if (((up.capacity_price.array() > 0.0) != (down.capacity_price.array() > 0.0)).any()) continue;
    ++compared;
    const double difference = weights.dot(up.flow - down.flow) / (2.0 * step);
    EXPECT_NEAR(slope, difference, 1e-4 * c.slot.demand.sum() / tau) << seed;
  }
  EXPECT_GE(compared, 120);
}

}  // namespace
}  // namespace evenkeel
