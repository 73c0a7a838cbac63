// Work that can wait, on instances solved by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/certificate.h"
#include "engine/deferral_prices.h"
#include "engine/planner/merged_slots.h"
#include "engine/planner/offline.h"
#include "engine/planner/rest_plan.h"
#include "engine/planner/servable.h"
#include "engine/policy.h"
#include "models/base/error.h"
#include "models/slots/trace_window.h"
#include "tests/reference/play.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// A plain trace with a class, "work", that every region serves at e = 1; gateways have no demand.
Trace WorkTrace(int regions, int slots, int deadline) {
  Trace trace = PlainTrace(regions, 1, slots);
  Network& network = trace.header.network;
  network.gateways.push_back({"work", 0.0, 0.0});
  network.classes.push_back({deadline, 1.0, 0.0});
  network.reachable = FlagMatrix::Ones(2, regions);
  network.network_cost = RowMatrix::Zero(2, regions);
  network.distance = RowMatrix::Zero(2, regions);
  network.work_energy = RowMatrix::Ones(1, regions);
  trace.signals.demand = RowMatrix::Zero(slots, 2);
  return trace;
}

OfflineOptimum Solve(const Trace& trace, const Objective& objective) {
  return SolveOffline(ProblemOf(trace, objective), *MakeSlotSource(trace), {});
}

double DoneIn(const OfflineOptimum& optimum, const Trace& trace, int t) {
  return Released(ProblemOf(trace, CarbonObjective(0.0, kInfinity)), optimum.allocations[t], 0);
}

// One region, price 10 then 1; 1 unit arrives in slot 0.
//   D = 1: it waits and costs 1. Slot 1's deferral price is 1; slot 0's is anything from 1, what its unit costs when it
//   waits, to 10, at which it would not: all that may wait does.
//   D = 0: it costs 10.
// D = 1, capacity 0.6 in slot 1: 0.4 at 10 and 0.6 at 1: 4.6. Now a unit more costs 10 in slot 0; in slot 1 too, as it
//   would push a waiting one back to slot 0.
TEST(WaitingTest, WaitsForTheCheaperSlot) {
  Trace trace = WorkTrace(1, 2, 1);
  trace.signals.price << 10.0, 1.0;
  trace.signals.demand(0, 1) = 1.0;
  const OfflineOptimum waits = Solve(trace, CarbonObjective(0.0, kInfinity));
  EXPECT_TRUE(waits.converged);
  EXPECT_NEAR(waits.objective, 1.0, 1e-8);
  EXPECT_NEAR(DoneIn(waits, trace, 1), 1.0, 1e-8);
  EXPECT_THAT(waits.deferral_prices(0, 0), testing::AllOf(testing::Ge(1.0 - 1e-6), testing::Le(10.0 + 1e-6)));
  EXPECT_NEAR(waits.deferral_prices(1, 0), 1.0, 1e-6);
  trace.signals.capacity(1, 0) = 0.6;
  const OfflineOptimum splits = Solve(trace, CarbonObjective(0.0, kInfinity));
  EXPECT_NEAR(splits.objective, 4.6, 1e-8);
  EXPECT_NEAR(DoneIn(splits, trace, 0), 0.4, 1e-7);
  EXPECT_NEAR(splits.deferral_prices(0, 0), 10.0, 1e-6);
  EXPECT_NEAR(splits.deferral_prices(1, 0), 10.0, 1e-6);
  trace.header.network.classes[0].deadline = 0;
  EXPECT_NEAR(Solve(trace, CarbonObjective(0.0, kInfinity)).objective, 10.0, 1e-8);
}

// Prices 5, 9, 1 and a unit in slots 0 and 1 each, D = 1: the first is due in slot 1, the second waits for slot 2: 5 +
// 1. The price of work falls from 5 to 1 behind slot 0 or 1, where all that may wait does.
TEST(WaitingTest, WorkIsDoneByItsDeadline) {
  Trace trace = WorkTrace(1, 3, 1);
  trace.signals.price << 5.0, 9.0, 1.0;
  trace.signals.demand.col(1) << 1.0, 1.0, 0.0;
  const OfflineOptimum optimum = Solve(trace, CarbonObjective(0.0, kInfinity));
  EXPECT_NEAR(optimum.objective, 6.0, 1e-8);
  EXPECT_NEAR(DoneIn(optimum, trace, 0), 1.0, 1e-7);
  EXPECT_NEAR(DoneIn(optimum, trace, 1), 0.0, 1e-7);
  EXPECT_NEAR(optimum.deferral_prices(0, 0), 5.0, 1e-6);
  EXPECT_NEAR(optimum.deferral_prices(2, 0), 1.0, 1e-6);
}

// Two regions, no prices. Carbon 1 in r0 in slot 0, in r1 in slot 1, otherwise 3; r1 has no capacity in slot 0 and r0
// none in slot 1. 2 units arrive in slot 0. Weight 10 on the larger carbon. With D = 0 all goes to r0: L = (2, 0), J =
// 20. With D = 1 half waits: L = (1, 1), J = 10.
TEST(WaitingTest, WaitingSharesTheCarbon) {
  Trace trace = WorkTrace(2, 2, 1);
  trace.signals.carbon_intensity << 1.0, 3.0, 3.0, 1.0;
  trace.signals.capacity << 10.0, 0.0, 0.0, 10.0;
  trace.signals.demand(0, 1) = 2.0;
  const OfflineOptimum shared = Solve(trace, CarbonObjective(10.0, kInfinity));
  EXPECT_NEAR(shared.objective, 10.0, 1e-7);
  EXPECT_NEAR(shared.ledger.load[0][0], 1.0, 1e-6);
  EXPECT_NEAR(shared.ledger.load[0][1], 1.0, 1e-6);
  trace.header.network.classes[0].deadline = 0;
  EXPECT_NEAR(Solve(trace, CarbonObjective(10.0, kInfinity)).objective, 20.0, 1e-7);
}

// The first case by its dual: y = (1, 1) proves 1 + 0, y = (10, 1) proves 10 - B (10 - 1) = 1 as well, y = (10, 10)
// less: the unit that slot 1 could do costs 1 - 10 there: 10 - 9 = 1. y = (0, 0) proves 0, y = (3, 2) proves
// 3 - 1 (3 - 2) - 1 (2 - 1) = 1, and y = (0.5, 0.5) 0.5.
TEST(WaitingTest, AnyDeferralPricesProveABound) {
  Trace trace = WorkTrace(1, 2, 1);
  trace.signals.price << 10.0, 1.0;
  trace.signals.demand(0, 1) = 1.0;
  const Problem problem = ProblemOf(trace, CarbonObjective(0.0, kInfinity));
  const auto slots = MakeSlotSource(trace);
  const auto bound = [&](double first, double second) {
    return LowerBound(problem, *slots, ZeroPrices(problem), (RowMatrix(2, 1) << first, second).finished());
  };
  EXPECT_NEAR(bound(1.0, 1.0), 1.0, 1e-12);
  EXPECT_NEAR(bound(10.0, 1.0), 1.0, 1e-12);
  EXPECT_NEAR(bound(10.0, 10.0), 1.0, 1e-12);
  EXPECT_NEAR(bound(0.0, 0.0), 0.0, 1e-12);
  EXPECT_NEAR(bound(3.0, 2.0), 1.0, 1e-12);
  EXPECT_NEAR(bound(0.5, 0.5), 0.5, 1e-12);
  EXPECT_NEAR(LowerBound(problem, *slots, ZeroPrices(problem)), 1.0, 1e-12);
  // Slot 0 alone proves nothing: the unit may wait.
  SlotWindow prefix(*slots, 0, 1);
  EXPECT_NEAR(LowerBound(problem, prefix, ZeroPrices(problem)), 0.0, 1e-12);
}

// Windows of two slots over costs 5, 9, 1, 4 have the cheapest slots 0, 2, 2 and 3: work is worth 5 until behind slot
// 1, then 1, then 4.
TEST(WaitingTest, DeferralPricesOfCosts) {
  Trace trace = WorkTrace(1, 4, 1);
  trace.signals.price << 5.0, 9.0, 1.0, 4.0;
  trace.signals.demand.col(1).setOnes();
  const Problem problem = ProblemOf(trace, CarbonObjective(0.0, kInfinity));
  const auto slots = MakeSlotSource(trace);
  const RowMatrix prices = DeferralPricesAt(problem, *slots, ZeroPrices(problem));
  EXPECT_EQ(prices, (RowMatrix(4, 1) << 5.0, 5.0, 1.0, 4.0).finished());
  EXPECT_NEAR(LowerBound(problem, *slots, ZeroPrices(problem), prices), 5.0 + 1.0 + 1.0 + 4.0, 1e-12);
  EXPECT_NEAR(Solve(trace, CarbonObjective(0.0, kInfinity)).objective, 11.0, 1e-7);
}

// Where capacity is no matter, they prove what the cheapest slot of every window costs; 0 where a window reaches beyond
// the slots.
TEST(WaitingTest, DeferralPricesProveTheCheapestSlots) {
  std::mt19937_64 random(1);
  for (int trial = 0; trial < Scaled(200); ++trial) {
    const int slots = DrawInt(&random, 1, 30), deadline = DrawInt(&random, 0, 9);
    Trace trace = WorkTrace(1, slots, deadline);
    for (int t = 0; t < slots; ++t) {
      trace.signals.price(t, 0) = trial % 2 == 0 ? DrawInt(&random, -1, 3) : Draw(&random, -5.0, 50.0);
      trace.signals.demand(t, 1) = Draw(&random, 0.0, 2.0);
    }
    const Problem problem = ProblemOf(trace, CarbonObjective(0.0, kInfinity));
    const auto whole = MakeSlotSource(trace);
    for (int count : {slots, DrawInt(&random, 1, slots)}) {
      double expected = 0.0;
      for (int t = 0; t < count; ++t) {
        const int last = std::min(t + deadline, slots - 1);
        double cheapest = last >= count ? 0.0 : kInfinity;
        for (int s = t; s <= std::min(last, count - 1); ++s) cheapest = std::min(cheapest, trace.signals.price(s, 0));
        expected += cheapest * trace.signals.demand(t, 1);
      }
      SlotWindow prefix(*whole, 0, count);
      EXPECT_NEAR(LowerBound(problem, prefix, ZeroPrices(problem)), expected, 1e-9) << trial;
    }
  }
}

// 2 units arrive in slot 0 with D = 1, and capacity is 0.5 a slot: by the end of slot 1, 1 unit is missing.
TEST(WaitingTest, MoreDueThanCapacityNamesTheSlot) {
  Trace trace = WorkTrace(1, 4, 1);
  trace.signals.capacity.setConstant(0.5);
  trace.signals.demand(0, 1) = 2.0;
  try {
    Solve(trace, CarbonObjective(1.0, kInfinity));
    FAIL() << "did the impossible";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("slot 1"), testing::HasSubstr("'work'"),
                                             testing::HasSubstr(" 1 units")));
  }
}

TEST(WaitingTest, WhatMayBeGivenUpCanBeServed) {
  Trace trace = WorkTrace(1, 4, 1);
  trace.signals.capacity.setConstant(0.5);
  trace.signals.demand(0, 1) = 2.0;
  Objective objective = CarbonObjective(1.0, kInfinity);
  EXPECT_THROW(CheckServable(ProblemOf(trace, objective), *MakeSlotSource(trace), Vector::Zero(1)), InputError);
  EXPECT_NO_THROW(CheckServable(ProblemOf(trace, objective), *MakeSlotSource(trace), Vector::Constant(1, 1.0)));
  objective.shed_cost = 1.0;
  EXPECT_NO_THROW(CheckServable(ProblemOf(trace, objective), *MakeSlotSource(trace), Vector::Zero(1)));
}

// Giving work up costs 4: the unit of the first case is given up only where both prices are above that.
TEST(WaitingTest, WorkIsGivenUpWhereThatIsCheaper) {
  Trace trace = WorkTrace(1, 2, 1);
  trace.signals.price << 10.0, 7.0;
  trace.signals.demand(0, 1) = 1.0;
  Objective objective = CarbonObjective(0.0, kInfinity);
  objective.shed_cost = 4.0;
  const OfflineOptimum optimum = Solve(trace, objective);
  EXPECT_NEAR(optimum.objective, 4.0, 1e-7);
  EXPECT_NEAR(optimum.ledger.work_done[0], 1.0, 1e-8);
}

// Price 3, 2, 9 from slot 1 on; a unit arrived in slot 0 of which 0.25 is done, D = 2: the rest is done in slot 2, and
// the cumulative target stays at 0.25 until then.
TEST(WaitingTest, TheRestOfAPeriodPlansReleases) {
  Trace trace = WorkTrace(1, 4, 2);
  trace.signals.price << 7.0, 3.0, 2.0, 9.0;
  trace.signals.demand(0, 1) = 1.0;
  const Problem problem = ProblemOf(trace, CarbonObjective(0.0, kInfinity));
  const auto slots = MakeSlotSource(trace);
  SlotWindow rest(*slots, 1, 3);
  const RestPlan plan = PlanRest(problem, rest, ZeroLoads(problem), 1e-9, Vector::Constant(1, 0.25));
  ASSERT_TRUE(plan.converged);
  EXPECT_NEAR(plan.work_done(0, 0), 0.25, 1e-6);
  EXPECT_NEAR(plan.work_done(1, 0), 1.0, 1e-6);
  EXPECT_NEAR(plan.first.flow.sum(), 0.0, 1e-6);
  EXPECT_NEAR(plan.deferral_prices(1, 0), 2.0, 1e-4);
}

TEST(WaitingTest, SlotsWithWorkAreNotMerged) {
  const Trace trace = WorkTrace(1, 6, 1);
  const auto slots = MakeSlotSource(trace);
  EXPECT_THROW(MakeMergedSlots(*slots, 1, 2), InputError);
  EXPECT_EQ(MakeMergedSlots(*slots, 6, 2)->num_slots(), 6);
}

}  // namespace
}  // namespace evenkeel
