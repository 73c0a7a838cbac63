// The predictors against values worked out by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "models/base/error.h"
#include "predictors/forecast/average.h"
#include "predictors/forecast/intervals.h"
#include "predictors/forecast/naive.h"
#include "predictors/forecast/ridge.h"

namespace evenkeel {
namespace {

/// One gateway, one region; demand value(t), price 10 value(t), carbon and water 1.
History MakeHistory(int slots, const std::function<double(int)>& value, int step = 3600) {
  History history;
  for (int t = 0; t < slots; ++t) {
    Slot slot;
    slot.time = std::int64_t{t} * step;
    slot.demand = Vector::Constant(1, value(t));
    slot.price = 10.0 * slot.demand;
    slot.capacity = slot.carbon_intensity = slot.water_intensity = Vector::Ones(1);
    history.Append(slot);
  }
  return history;
}

std::vector<double> DemandForecast(Forecaster& forecaster, const History& history, int horizon) {
  const RowMatrix forecast = Forecast(forecaster, HistoryView(history), horizon);
  return {forecast.col(0).begin(), forecast.col(0).end()};
}

using Values = std::vector<double>;

TEST(History, KeepsColumnsInOrder) {
  const History history = MakeHistory(300, [](int t) { return t; });
  EXPECT_EQ(history.columns().size(), 4);
  EXPECT_EQ(history.columns().first(Signal::kCarbon), 2);
  EXPECT_EQ(history.value(299, 0), 299.0);
  EXPECT_EQ(history.value(299, 1), 2990.0);
  const HistoryView view = HistoryView(history).Before(7);
  EXPECT_EQ(view.num_slots(), 7);
  EXPECT_EQ(view.slots_per_day(), 24);
  EXPECT_THROW(view.value(7, 0), InternalError);
  EXPECT_THROW(view.Before(8), InternalError);
  EXPECT_EQ(view.rows(5, 7), (RowMatrix(2, 4) << view.row(5), view.row(6)).finished());
  EXPECT_EQ(view.rows(7, 7).size(), 0);
  EXPECT_THROW(view.rows(5, 8), InternalError);
  EXPECT_THROW(view.rows(-1, 2), InternalError);
}

// Only the price, column 1 of 4, may be negative.
TEST(Forecasters, SayWhatIsPossibleAndFinite) {
  class Constant : public Forecaster {
   public:
    explicit Constant(const RowVector& row) : row_(row) {}
    void Predict(const HistoryView& /*history*/, int horizon, RowMatrix* forecast) override {
      forecast->setZero();
      if (horizon > 0) forecast->row(horizon - 1) = row_;
    }

   private:
    RowVector row_;
  };
  const History history = MakeHistory(3, [](int t) { return t; });
  const auto last = [&](double a, double b, double c, double d) {
    Constant forecaster((RowVector(4) << a, b, c, d).finished());
    EXPECT_EQ(Forecast(forecaster, HistoryView(history), 0).rows(), 0);
    EXPECT_EQ(ForecastEach(forecaster, HistoryView(history), {}, 2).size(), 0u);
    const RowMatrix each = ForecastEach(forecaster, HistoryView(history), {1, 3}, 2)[1];
    EXPECT_EQ(each, Forecast(forecaster, HistoryView(history), 2));
    return Values{each(1, 0), each(1, 1), each(1, 2), each(1, 3)};
  };
  EXPECT_EQ(last(-1, -2, -3, -4), (Values{0, -2, 0, 0}));
  EXPECT_EQ(last(1, 2, 3, -4), (Values{1, 2, 3, 0}));
  EXPECT_EQ(last(1, 2, 3, 4), (Values{1, 2, 3, 4}));
  constexpr double kMax = std::numeric_limits<double>::max();
  EXPECT_EQ(last(kMax, -kMax, kMax, kMax), (Values{kMax, -kMax, kMax, kMax}));
  for (const double bad : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(last(bad, 2, 3, 4), InternalError);
    EXPECT_THROW(last(1, 2, 3, bad), InternalError);
  }
}

TEST(Forecasters, Persistence) {
  const History history = MakeHistory(3, [](int t) { return t; });
  EXPECT_EQ(DemandForecast(*MakePersistence(), history, 3), (Values{2, 2, 2}));
}

// Persistence says 2 2 2, the season 1 2 1.
TEST(Forecasters, Average) {
  const History history = MakeHistory(3, [](int t) { return t; });
  EXPECT_EQ(DemandForecast(*MakeAverage(MakePersistence(), MakeSeasonalNaive(2)), history, 3), (Values{1.5, 2, 1.5}));
}

TEST(Forecasters, SeasonalNaive) {
  const History history = MakeHistory(5, [](int t) { return t; });
  EXPECT_EQ(DemandForecast(*MakeSeasonalNaive(3), history, 5), (Values{2, 3, 4, 2, 3}));
  EXPECT_EQ(DemandForecast(*MakeSeasonalNaive(9), history, 6), (Values{0, 1, 2, 3, 4, 0}));
}

// Slots of 8 hours, three a day: 0 1 2 | 3 4 5 | 6. The next is the second of the day: (1 + 4) / 2; then (2 + 5) / 2;
// then (0 + 3 + 6) / 3, or (3 + 6) / 2 with two days.
TEST(Forecasters, HourlyMean) {
  const History history = MakeHistory(
      7, [](int t) { return t; }, 8 * 3600);
  EXPECT_EQ(DemandForecast(*MakeHourlyMean(7), history, 4), (Values{2.5, 3.5, 3, 2.5}));
  EXPECT_EQ(DemandForecast(*MakeHourlyMean(2), history, 3), (Values{2.5, 3.5, 4.5}));
  const History begun = MakeHistory(1, [](int) { return 5.0; });
  EXPECT_EQ(DemandForecast(*MakeHourlyMean(7), begun, 2), (Values{5, 5}));
}

// Three slots a day at 1, made for one step that forecasts 2: the distance of 1 is e^(-1/3), e^(-2/3) further on.
TEST(Forecasters, FadeIntoTheHourlyMean) {
  const History history = MakeHistory(
      6, [](int) { return 1.0; }, 8 * 3600);
  RowMatrix forecast = RowMatrix::Constant(3, 4, 2.0);
  FadeIntoHourlyMean(HistoryView(history), 7, 1, &forecast);
  EXPECT_DOUBLE_EQ(forecast(0, 0), 2.0);
  EXPECT_DOUBLE_EQ(forecast(1, 0), 1.0 + std::exp(-1.0 / 3.0));
  EXPECT_DOUBLE_EQ(forecast(2, 0), 1.0 + std::exp(-2.0 / 3.0));
}

TEST(Forecasters, OnlyPricesMayBeNegative) {
  const History history = MakeHistory(2, [](int) { return -1.0; });
  const RowMatrix forecast = Forecast(*MakePersistence(), HistoryView(history), 1);
  EXPECT_EQ(forecast(0, 0), 0.0);
  EXPECT_EQ(forecast(0, 1), -10.0);
}

// A daily wave on a level that creeps back to 5: linear in what the ridge sees, so that it is all but exact.
TEST(Forecasters, RidgeLearnsALinearProcess) {
  std::vector<double> level = {9.0};
  for (int t = 1; t < 2000; ++t) level.push_back(5.0 + 0.9 * (level.back() - 5.0) + (t % 97 == 0 ? 3.0 : 0.0));
  const auto value = [&](int t) { return level[t] + std::sin(t * 3.14159265358979 / 12.0); };
  const History history = MakeHistory(1900, value);
  RidgeOptions options;
  options.penalty = 1.0;
  const auto ridge = MakeRidge(options);
  const auto naive = MakeSeasonalNaive(24);
  double ridge_error = 0.0, naive_error = 0.0;
  for (int n = 1500; n < 1870; n += 7) {
    const HistoryView view(history, n);
    const RowMatrix ours = Forecast(*ridge, view, 3), theirs = Forecast(*naive, view, 3);
    for (int k = 0; k < 3; ++k) {
      ridge_error += std::abs(ours(k, 0) - value(n + k));
      naive_error += std::abs(theirs(k, 0) - value(n + k));
    }
  }
  EXPECT_LT(ridge_error, 0.5 * naive_error);
}

// Far beyond any penalty the weights vanish, and what is left is the constant: the mean of y - M, here 0.
TEST(Forecasters, RidgeWithAHugePenaltyIsTheHourlyMean) {
  const History history = MakeHistory(600, [](int t) { return 5.0 + std::sin(t * 3.14159265358979 / 12.0); });
  RidgeOptions options;
  options.penalty = 1e9;
  const Values ridge = DemandForecast(*MakeRidge(options), history, 30);
  const Values mean = DemandForecast(*MakeHourlyMean(7), history, 30);
  for (std::size_t k = 0; k < 30; ++k) EXPECT_NEAR(ridge[k], mean[k], 1e-6) << k;
}

// Persistence on 0 1 2 3 ..: 20 origins a day apart, each of them off by 1 at the first step and 2 at the second.
TEST(Intervals, AreTheResidualsOfThePast) {
  const History history = MakeHistory(20 * 24, [](int t) { return t; });
  const auto persistence = MakePersistence();
  IntervalForecaster intervals(*persistence, {});
  const IntervalForecast forecast = intervals.Predict(HistoryView(history), 2);
  EXPECT_EQ(forecast.mean(1, 0), 479.0);
  EXPECT_EQ(forecast.lower(0, 0), 480.0);
  EXPECT_EQ(forecast.upper(0, 0), 480.0);
  EXPECT_EQ(forecast.lower(1, 1), 4810.0);
}

// Residuals at the first step are 1 .. 19 in some order: ranks floor(20 * 0.1) = 2 and ceil(20 * 0.9) = 18.
TEST(Intervals, TakeConformalRanks) {
  const History history = MakeHistory(20 * 24, [](int t) { return t % 24 == 0 ? t / 24 : 0.0; });
  const auto persistence = MakePersistence();
  IntervalForecaster intervals(*persistence, {});
  const IntervalForecast forecast = intervals.Predict(HistoryView(history), 1);
  EXPECT_EQ(forecast.lower(0, 0), 2.0);
  EXPECT_EQ(forecast.upper(0, 0), 18.0);
}

TEST(Intervals, AreUnknownWithoutAPast) {
  const History history = MakeHistory(48, [](int t) { return t; });
  const auto persistence = MakePersistence();
  IntervalForecaster intervals(*persistence, {});
  const IntervalForecast forecast = intervals.Predict(HistoryView(history), 3);
  EXPECT_EQ(forecast.lower, forecast.mean);
  EXPECT_EQ(forecast.upper, forecast.mean);
}

}  // namespace
}  // namespace evenkeel
