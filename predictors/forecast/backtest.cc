#include "predictors/forecast/backtest.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/base/error.h"
#include "predictors/forecast/naive.h"

namespace evenkeel {
namespace {

double Pinball(double truth, double quantile, double level) {
  return std::max(level * (truth - quantile), (level - 1.0) * (truth - quantile));
}

/// Mean per time of day of rows [0, n) of a column; only times of day that come.
Vector DayMeans(const Vector& values, int day) {
  const int n = static_cast<int>(values.size()), times = std::min(day, n);
  Vector sum = Vector::Zero(times), count = Vector::Zero(times);
  for (int k = 0; k < n; ++k) {
    sum[k % day] += values[k];
    count[k % day] += 1.0;
  }
  return sum.cwiseQuotient(count);
}

class Backtester {
 public:
  Backtester(const History& truth, Forecaster& forecaster, const BacktestOptions& options)
      : truth_(truth),
        forecaster_(forecaster),
        options_(options),
        intervals_(forecaster, options.intervals),
        day_(HistoryView(truth).slots_per_day()),
        naive_(MakeSeasonalNaive(day_)) {
    for (Signal signal : kSignals) {
      SignalErrors errors;
      errors.by_horizon.resize(options.horizon);
      errors.by_column.resize(truth.columns().count(signal));
      errors.level.resize(options.level_days.size());
      result_.signals.push_back(std::move(errors));
    }
    FindScales();
  }

  BacktestResult Run(const std::function<void()>& step) {
    for (int seen = options_.first; seen + options_.horizon <= truth_.num_slots(); seen += options_.every) {
      const HistoryView view(truth_, seen);
      AddSteps(view);
      AddRest(view);
      AddLevels(view);
      ++result_.origins;
      if (step) step();
    }
    for (SignalErrors& errors : result_.signals)
      for (const ForecastErrors& column : errors.by_column) Add(column, &errors.all);
    return std::move(result_);
  }

 private:
  void FindScales() {
    scale_ = Vector::Zero(truth_.columns().size());
    for (int c = 0; c < truth_.columns().size(); ++c) {
      for (int t = day_; t < options_.first; ++t)
        scale_[c] += std::abs(truth_.value(t, c) - truth_.value(t - day_, c)) / (options_.first - day_);
    }
  }

  void AddSteps(const HistoryView& view) {
    const IntervalForecast forecast = intervals_.Predict(view, options_.horizon);
    const RowMatrix naive = Forecast(*naive_, view, options_.horizon);
    for (std::size_t s = 0; s < std::size(kSignals); ++s) {
      const int first = truth_.columns().first(kSignals[s]);
      SignalErrors& errors = result_.signals[s];
      for (std::size_t i = 0; i < errors.by_column.size(); ++i) {
        const int c = first + static_cast<int>(i);
        for (int k = 0; k < options_.horizon; ++k) {
          const ForecastErrors one = ErrorOf(truth_.value(view.num_slots() + k, c), forecast, naive(k, c), k, c);
          Add(one, &errors.by_column[i]);
          Add(one, &errors.by_horizon[k]);
        }
      }
    }
  }

  ForecastErrors ErrorOf(double truth, const IntervalForecast& forecast, double naive, int k, int c) const {
    const double mean = forecast.mean(k, c), lower = forecast.lower(k, c), upper = forecast.upper(k, c);
    const double error = std::abs(truth - mean), outside = (1.0 - options_.intervals.coverage) / 2.0;
    ForecastErrors one;
    one.count = 1.0;
    one.absolute = error;
    one.square = error * error;
    one.relative = truth != 0.0 ? error / std::abs(truth) : 0.0;
    one.undefined = truth != 0.0 ? 0.0 : 1.0;
    one.scaled = scale_[c] > 0.0 ? error / scale_[c] : 0.0;
    one.scaled_count = scale_[c] > 0.0 ? 1.0 : 0.0;
    one.pinball =
        (Pinball(truth, lower, outside) + Pinball(truth, mean, 0.5) + Pinball(truth, upper, 1.0 - outside)) / 3.0;
    one.inside = truth >= lower && truth <= upper ? 1.0 : 0.0;
    one.naive_absolute = std::abs(truth - naive);
    return one;
  }

  void AddRest(const HistoryView& view) {
    const int seen = view.num_slots(), passed = (seen - options_.first) % options_.period;
    const int rest = std::min(options_.period - passed, truth_.num_slots() - seen);
    const RowMatrix forecast = Forecast(forecaster_, view, rest), naive = Forecast(*naive_, view, rest);
    for (std::size_t s = 0; s < std::size(kSignals); ++s) {
      const int first = truth_.columns().first(kSignals[s]), count = truth_.columns().count(kSignals[s]);
      for (int c = first; c < first + count; ++c) {
        Vector values(rest);
        for (int k = 0; k < rest; ++k) values[k] = truth_.value(seen + k, c);
        const Vector wanted = DayMeans(values, day_);
        ForecastErrors one;
        one.count = static_cast<double>(wanted.size());
        one.absolute = (wanted - DayMeans(forecast.col(c), day_)).cwiseAbs().sum();
        one.naive_absolute = (wanted - DayMeans(naive.col(c), day_)).cwiseAbs().sum();
        Add(one, &result_.signals[s].rest);
      }
    }
  }

  void AddLevels(const HistoryView& view) {
    const int seen = view.num_slots(), left = truth_.num_slots() - seen;
    int longest = 0;
    for (int days : options_.level_days)
      if (days * day_ <= left) longest = std::max(longest, days * day_);
    if (longest == 0) return;
    const RowMatrix forecast = Forecast(forecaster_, view, longest);
    RowVector climate = RowVector::Zero(truth_.columns().size());
    const int year = std::min(seen, 365 * day_);
    for (int t = seen - year; t < seen; ++t) climate += truth_.row(t) / year;
    for (std::size_t i = 0; i < options_.level_days.size(); ++i) {
      const int slots = options_.level_days[i] * day_;
      if (slots > left) continue;
      RowVector level = RowVector::Zero(truth_.columns().size());
      for (int k = 0; k < slots; ++k) level += truth_.row(seen + k) / slots;
      const RowVector error = (level - forecast.topRows(slots).colwise().mean()).cwiseAbs(),
                      beside = (level - climate).cwiseAbs();
      for (std::size_t s = 0; s < std::size(kSignals); ++s) {
        const int first = truth_.columns().first(kSignals[s]), count = truth_.columns().count(kSignals[s]);
        ForecastErrors one;
        one.count = count;
        one.absolute = error.segment(first, count).sum();
        one.naive_absolute = beside.segment(first, count).sum();
        Add(one, &result_.signals[s].level[i]);
      }
    }
  }

  const History& truth_;
  Forecaster& forecaster_;
  BacktestOptions options_;
  IntervalForecaster intervals_;
  int day_;
  std::unique_ptr<Forecaster> naive_;
  Vector scale_;  // [columns]
  BacktestResult result_;
};

}  // namespace

double ForecastErrors::Rmse() const { return std::sqrt(square / count); }

double ForecastErrors::Mape() const {
  return undefined > 0.0 ? std::numeric_limits<double>::quiet_NaN() : relative / count;
}

double ForecastErrors::Mase() const {
  return scaled_count > 0.0 ? scaled / scaled_count : std::numeric_limits<double>::quiet_NaN();
}

void Add(const ForecastErrors& more, ForecastErrors* sum) {
  sum->count += more.count;
  sum->absolute += more.absolute;
  sum->square += more.square;
  sum->relative += more.relative;
  sum->undefined += more.undefined;
  sum->scaled += more.scaled;
  sum->scaled_count += more.scaled_count;
  sum->pinball += more.pinball;
  sum->inside += more.inside;
  sum->naive_absolute += more.naive_absolute;
}

BacktestResult Backtest(const History& truth, Forecaster& forecaster, const BacktestOptions& options,
                        const std::function<void()>& step) {
  EVENKEEL_CHECK(options.horizon >= 1 && options.every >= 1 && options.period >= 1);
  const int day = HistoryView(truth).slots_per_day();
  if (options.first <= day || options.first + options.horizon > truth.num_slots()) {
    throw InputError(
        "no forecast can be judged: the first one would see {} slots of {}, allowed is more than a day ({}) "
        "and at most {}, so that {} steps follow",
        options.first, truth.num_slots(), day, truth.num_slots() - options.horizon, options.horizon);
  }
  const int needed = forecaster.SlotsNeeded(day);
  if (options.first < needed) {
    throw InputError("the predictor needs {} slots for a forecast, and the first one would see {}: judge from later on",
                     needed, options.first);
  }
  return Backtester(truth, forecaster, options).Run(step);
}

}  // namespace evenkeel
