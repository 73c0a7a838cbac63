// How good forecasts are: every slot so often, forecast what follows from what was seen, and compare.
#pragma once

#include <functional>
#include <vector>

#include "predictors/forecast/forecaster.h"
#include "predictors/forecast/intervals.h"

namespace evenkeel {

/// Sums of errors y - f over some set of forecasts.
struct ForecastErrors {
  double count = 0.0;
  double absolute = 0.0;
  double square = 0.0;
  double relative = 0.0;      ///< |y - f| / |y|
  double undefined = 0.0;     ///< truths of 0, for which that is not defined
  double scaled = 0.0;        ///< |y - f| over the column's scale
  double scaled_count = 0.0;  ///< of columns whose scale is not 0
  double pinball = 0.0;       ///< mean pinball loss of the quantiles (1 -+ coverage) / 2 and of the forecast as median
  double inside = 0.0;        ///< truths in the interval
  double naive_absolute = 0.0;  ///< |y - g|, g the forecast beside it

  double Mae() const { return absolute / count; }
  double Rmse() const;
  /// NaN where a truth is 0.
  double Mape() const;
  /// NaN where no column has a scale.
  double Mase() const;
  double Pinball() const { return pinball / count; }
  double Coverage() const { return inside / count; }
  double NaiveMae() const { return naive_absolute / count; }
};

void Add(const ForecastErrors& more, ForecastErrors* sum);

struct BacktestOptions {
  int first = 0;     ///< slots seen by the first forecast; at least a day more than nothing
  int horizon = 24;  ///< steps
  int every = 24;    ///< slots between two forecasts
  int period = 730;  ///< slots of the accounting periods that begin with `first`, for the means of their rest
  IntervalOptions intervals;
  std::vector<int> level_days = {1, 3, 7, 14, 30};
};

struct SignalErrors {
  ForecastErrors all;
  std::vector<ForecastErrors> by_horizon;  ///< [horizon]
  std::vector<ForecastErrors> by_column;   ///< [gateways or regions]
  /// Of the mean per time of day over the rest of the period, forecast against true: `absolute` and `naive_absolute`.
  ForecastErrors rest;
  /// Of the mean over the next level_days[i] days, beside climatology: the mean of the year before, or of as much of it
  /// as has been seen. `absolute` and `naive_absolute`; no count where no truth reaches so far.
  std::vector<ForecastErrors> level;
};

struct BacktestResult {
  int origins = 0;
  std::vector<SignalErrors> signals;  ///< in the order of kSignals
};

/// Forecasts from views of `truth` of first, first + every, .. slots, as long as the horizon is inside. Beside it
/// always seasonal-naive with a season of one day. MASE divides by each column's mean |y[s] - y[s - day]| over the
/// slots before the first forecast. `step` is called after every forecast; it may be empty. Throws InputError when
/// there is no room for a forecast, or the first one would see fewer slots than the predictor needs.
BacktestResult Backtest(const History& truth, Forecaster& forecaster, const BacktestOptions& options,
                        const std::function<void()>& step);

}  // namespace evenkeel
