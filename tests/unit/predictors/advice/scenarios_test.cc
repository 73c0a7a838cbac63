#include "predictors/advice/scenarios.h"

#include <gtest/gtest.h>

#include "tests/reference/play.h"

namespace evenkeel {
namespace {

/// 60 days of one region and one gateway; price of slot t is t, the rest as in PlainTrace.
History Rising(int slots) {
  Trace trace = PlainTrace(1, 1, slots);
  for (int t = 0; t < slots; ++t) trace.signals.price(t, 0) = t;
  History history;
  history.AppendAll(*MakeSlotSource(trace));
  return history;
}

constexpr int kPrice = 1;  // column

/// The last value seen times `factor` goes on, and how far every call saw.
struct LastValue {
  double factor = 1.0;
  std::vector<int>* seen = nullptr;
  RowMatrix operator()(const HistoryView& view, int slots) const {
    if (seen != nullptr) seen->push_back(view.num_slots());
    return view.row(view.num_slots() - 1).replicate(slots, 1) * factor;
  }
};

std::vector<RowMatrix> PathsOf(const LastValue& forecast, const HistoryView& view, int slots, int count, int least) {
  const std::vector<int> origins = PathOrigins(view, slots, count, least);
  std::vector<RowMatrix> forecasts;
  for (int origin : origins) forecasts.push_back(forecast(view.Before(origin), slots));
  return CentredErrorPaths(view, origins, std::move(forecasts));
}

TEST(CentredErrorPaths, OriginsAreWholeDaysBackAndAWeekApart) {
  const History history = Rising(60 * 24);
  std::vector<int> seen;
  const auto paths = PathsOf(LastValue{1.0, &seen}, HistoryView(history), 25, 3, 1);
  EXPECT_EQ(paths.size(), 3u);
  EXPECT_EQ(seen, (std::vector<int>{58 * 24, 51 * 24, 44 * 24}));
}

// A ramp is missed by the same k + 1 from every origin: centred, nothing is left of it.
TEST(CentredErrorPaths, WhatIsAlwaysWrongIsNoUncertainty) {
  const History history = Rising(60 * 24);
  for (const RowMatrix& path : PathsOf(LastValue{}, HistoryView(history), 30, 4, 1))
    EXPECT_LE(path.cwiseAbs().maxCoeff(), 1e-12);
}

// Forecasts of 0 leave the truth itself: o_j + k less the mean over j.
TEST(CentredErrorPaths, TruthLessForecastLessTheirMean) {
  const History history = Rising(60 * 24);
  const auto paths = PathsOf(LastValue{0.0}, HistoryView(history), 24, 2, 1);
  ASSERT_EQ(paths.size(), 2u);
  for (int k = 0; k < 24; ++k) {
    EXPECT_DOUBLE_EQ(paths[0](k, kPrice), 3.5 * 24);
    EXPECT_DOUBLE_EQ(paths[1](k, kPrice), -3.5 * 24);
  }
}

TEST(CentredErrorPaths, AShortPastMakesFewerPathsOrNone) {
  const History history = Rising(20 * 24);
  EXPECT_EQ(PathsOf(LastValue{}, HistoryView(history), 24, 8, 1).size(), 3u);
  EXPECT_EQ(PathsOf(LastValue{}, HistoryView(history), 24, 8, 12 * 24).size(), 2u);
  EXPECT_TRUE(PathsOf(LastValue{}, HistoryView(history), 24, 8, 13 * 24).empty());
  EXPECT_TRUE(PathsOf(LastValue{}, HistoryView(history), 21 * 24, 8, 1).empty());
  EXPECT_TRUE(PathsOf(LastValue{}, HistoryView(history), 0, 8, 1).empty());
  EXPECT_TRUE(PathsOf(LastValue{}, HistoryView(history), 24, 0, 1).empty());
}

TEST(Scenarios, ForecastPlusErrorsOnlyPricesBelowZero) {
  const RowMatrix forecast = RowMatrix::Ones(2, 4);
  const std::vector<RowMatrix> paths = {RowMatrix::Ones(2, 4), -RowMatrix::Ones(2, 4)};
  const auto scenarios = Scenarios({1, 1}, forecast, paths, 1.5);
  ASSERT_EQ(scenarios.size(), 2u);
  EXPECT_TRUE(scenarios[0].isApproxToConstant(2.5));
  EXPECT_EQ(scenarios[1](0, 0), 0.0);
  EXPECT_EQ(scenarios[1](0, kPrice), -0.5);
  const auto alone = Scenarios({1, 1}, forecast, {}, 1.5);
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0], forecast);
}

}  // namespace
}  // namespace evenkeel
