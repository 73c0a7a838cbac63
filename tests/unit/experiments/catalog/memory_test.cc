#include "experiments/catalog/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/planner/offline.h"
#include "experiments/catalog/catalog.h"
#include "models/base/error.h"
#include "models/slots/trace_window.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

constexpr int kBefore = 30, kSlots = 20;

/// A period of 20 slots with 30 before it.
struct Late {
  Late() : trace(SmallTrace(kBefore + kSlots)), problem(ProblemOf(trace, PublishedObjective())) {
    problem.num_slots = kSlots;
  }
  std::unique_ptr<SlotSource> Window(int first, int count) const {
    return MakeSlotWindow(MakeSlotSource(trace), first, count);
  }
  Played PlaySpec(const std::string& spec, bool history = true) const {
    PolicyContext context{problem, 1, {}};
    context.time = TimeBase{};
    if (history) context.open_history = [this] { return Window(0, kBefore); };
    return Play(problem, *Window(kBefore, kSlots), *MakePolicy(context, ParseSpec(spec)));
  }
  double StartOf(const std::string& spec) const { return PlaySpec(spec).report.virtual_loads->start; }

  Trace trace;
  Problem problem;
};

TEST(MemoryTest, OwnIsTheRulesOwnOverAsManySlotsBefore) {
  const Late late;
  NormGreedyOptions options;
  options.q = 4.0;
  const Played before =
      Play(late.problem, *late.Window(kBefore - kSlots, kSlots), *MakeNormGreedy(late.problem, options));
  const double first = static_cast<double>(kSlots - 1) / kSlots;
  const double charge = VirtualCharge(late.problem, before.ledger.load, 4.0) * first;
  EXPECT_NEAR(late.StartOf("norm-greedy(q=4,prime=own,memory=1)"), charge, 1e-9 * charge);
  EXPECT_NEAR(late.StartOf("norm-greedy(q=4,prime=own)"), 2.0 * charge, 1e-9 * charge) << "the default";
  const double optimum = late.StartOf("norm-greedy(q=4,prime=optimum)");
  EXPECT_GT(optimum, charge);
  EXPECT_LT(optimum, 4.0 * charge);
}

/// Three days that are all the same, so that yesterday is a perfect forecast; the last one is the period.
struct SameDays {
  static constexpr int kDay = 24;
  SameDays() : trace(SmallTrace(3 * kDay)), problem(ProblemOf(trace, PublishedObjective())) {
    Signals& signals = trace.signals;
    for (RowMatrix* signal :
         {&signals.demand, &signals.capacity, &signals.price, &signals.carbon_intensity, &signals.water_intensity}) {
      for (int t = kDay; t < 3 * kDay; ++t) signal->row(t) = signal->row(t - kDay);
    }
    problem.num_slots = kDay;
  }
  std::unique_ptr<SlotSource> Window(int first, int count) const {
    return MakeSlotWindow(MakeSlotSource(trace), first, count);
  }
  std::optional<VirtualLoadsReport> Report() const {
    PolicyContext context{problem, 1, {}};
    context.time = TimeBase{};
    context.open_history = [this] { return Window(0, 2 * kDay); };
    const Spec spec = ParseSpec("norm-greedy(q=4,prime=forecast,memory=3,forecast=seasonal-naive(season=24))");
    return Play(problem, *Window(2 * kDay, kDay), *MakePolicy(context, spec)).report.virtual_loads;
  }

  Trace trace;
  Problem problem;
};

TEST(MemoryTest, ForecastIsWhatTheOptimumOfThePeriodWouldHoldInBalance) {
  SameDays days;
  days.trace.signals.capacity.setConstant(2.0 * days.trace.signals.demand.rowwise().sum().maxCoeff());
  const OfflineOptimum optimum = SolveOffline(days.problem, *days.Window(2 * SameDays::kDay, SameDays::kDay), {});
  const double charge = 3.0 * (SameDays::kDay - 1) / SameDays::kDay *
                        VirtualCharge(days.problem, LoadsBehindPrices(optimum.ledger.load, optimum.prices, 4.0), 4.0);
  const std::optional<VirtualLoadsReport> report = days.Report();
  ASSERT_TRUE(report.has_value());
  EXPECT_NEAR(report->start, charge, 1e-3 * charge) << "to the accuracy of the plan";
  // In the last hour before the period no region has room, and the next ones are planned so: that cannot be served.
  days.trace.signals.capacity.row(2 * SameDays::kDay - 1).setConstant(1e-6);
  EXPECT_FALSE(days.Report().has_value());
}

TEST(MemoryTest, NoneChangesNothing) {
  const Late late;
  const Played plain = late.PlaySpec("norm-greedy(q=8)");
  EXPECT_FALSE(plain.report.virtual_loads.has_value());
  for (const char* spec :
       {"norm-greedy(q=8,prime=own)", "norm-greedy(q=8,prime=optimum)", "norm-greedy(q=8,prime=forecast)"}) {
    const Played without = late.PlaySpec(spec, false);
    EXPECT_FALSE(without.report.virtual_loads.has_value()) << "no history, no memory";
    for (int t = 0; t < kSlots; ++t) EXPECT_EQ(without.decisions[t].flow, plain.decisions[t].flow);
  }
  EXPECT_NE(late.PlaySpec("norm-greedy(q=8,prime=own)").decisions[0].flow, plain.decisions[0].flow);
}

TEST(MemoryTest, SaysWhatIsWrong) {
  const Late late;
  EXPECT_THROW(late.PlaySpec("norm-greedy(q=1,prime=optimum)"), InputError);
  EXPECT_THROW(late.PlaySpec("norm-greedy(q=1,prime=forecast)"), InputError);
  EXPECT_THROW(late.PlaySpec("norm-greedy(prime=missing.h5)"), InputError);
  EXPECT_THROW(late.PlaySpec("norm-greedy(prime=own,memory=-1)"), InputError);
  EXPECT_TRUE(FilesOf(Catalog(), Kind::kPolicy, ParseSpec("norm-greedy(prime=own)")).empty());
  EXPECT_THAT(FilesOf(Catalog(), Kind::kPolicy, ParseSpec("norm-greedy(prime=run.h5)")),
              testing::ElementsAre("run.h5"));
}

}  // namespace
}  // namespace evenkeel
