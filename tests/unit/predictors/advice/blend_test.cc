#include "predictors/advice/blend.h"

#include <gtest/gtest.h>

#include "tests/reference/play.h"

namespace evenkeel {
namespace {

TEST(BlendShare, AStraightLineOverThePeriod) {
  BlendOptions options;
  options.first = 0.8;
  options.last = 0.2;
  EXPECT_DOUBLE_EQ(BlendShare(options, 0, 4), 0.8);
  EXPECT_DOUBLE_EQ(BlendShare(options, 1, 4), 0.6);
  EXPECT_DOUBLE_EQ(BlendShare(options, 3, 4), 0.2);
  EXPECT_DOUBLE_EQ(BlendShare(options, 0, 1), 0.8);
}

// One unit an hour, free everywhere, 1 t per unit in either region: norm-greedy splits it evenly. A day of past counts
// twice for a period of two.
TEST(LoadsBefore, TheGreedyRunOverThePastScaledToThePeriod) {
  Trace trace = PlainTrace(2, 1, 48);
  trace.signals.carbon_intensity.setOnes();
  const Problem problem = ProblemOf(trace, CarbonObjective(10.0, kInfinity));
  History past;
  past.AppendAll(*MakeSlotSource(trace));
  Slot now;
  MakeSlotSource(trace)->Read(0, &now);
  EXPECT_NEAR(LoadsBefore(problem, HistoryView(past), now, 8.0)[0].sum(), 48.0, 1e-9);
  const Vector scaled = LoadsBefore(problem, HistoryView(past, 24), now, 8.0)[0];
  EXPECT_NEAR(scaled.sum(), 48.0, 1e-9);
  EXPECT_NEAR(scaled[0], 24.0, 1e-6);
  EXPECT_EQ(LoadsBefore(problem, HistoryView(past, 23), now, 8.0)[0].sum(), 0.0);
}

}  // namespace
}  // namespace evenkeel
