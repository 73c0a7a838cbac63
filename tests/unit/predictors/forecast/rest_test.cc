#include "predictors/forecast/rest.h"

#include <gtest/gtest.h>

#include "models/world/trace.h"
#include "predictors/forecast/naive.h"
#include "tests/reference/play.h"

namespace evenkeel {
namespace {

/// Three days of the prices 1, 1, .., and a last slot of 5.
History JumpAtTheEnd() {
  Trace trace = PlainTrace(1, 1, 72);
  trace.signals.price.setOnes();
  trace.signals.price(71, 0) = 5.0;
  History history;
  history.AppendAll(*MakeSlotSource(trace));
  return history;
}

TEST(ForecastRest, WithoutAHorizonItIsTheForecast) {
  const History history = JumpAtTheEnd();
  const auto last = MakePersistence();
  const RowMatrix rest = ForecastRest(*last, HistoryView(history), 10, RestOptions());
  EXPECT_EQ(rest, Forecast(*last, HistoryView(history), 10));
}

// Behind two steps of persistence the price goes from 5 to the mean of its time of day, 1.
TEST(ForecastRest, FadesIntoTheHourlyMeanBehindTheHorizon) {
  const History history = JumpAtTheEnd();
  const HistoryView view(history);
  const int price = view.columns().first(Signal::kPrice);
  const RowMatrix rest = ForecastRest(*MakePersistence(), view, 12, {2, 7});
  EXPECT_EQ(rest(1, price), 5.0);
  for (int k = 2; k < 12; ++k) EXPECT_NEAR(rest(k, price), 1.0 + 4.0 * std::exp(-(k - 1) / 24.0), 1e-12) << k;
}

TEST(ForecastRest, NothingIsLeftOfAPeriodAtItsEnd) {
  const History history = JumpAtTheEnd();
  EXPECT_EQ(ForecastRest(*MakePersistence(), HistoryView(history), 0, {2, 7}).rows(), 0);
}

}  // namespace
}  // namespace evenkeel
