// Intervals around any forecast, from how far the same predictor was off before (split conformal prediction; J. Lei and
// others, "Distribution-Free Predictive Inference for Regression", JASA 113, 2018).
#pragma once

#include <map>

#include "predictors/forecast/forecaster.h"

namespace evenkeel {

struct IntervalOptions {
  double coverage = 0.8;  ///< share of the truth that should lie inside
  int origins = 60;       ///< days back, one origin a day at the same time of day
};

/// [horizon x columns] each; lower <= upper, which need not have `mean` between them.
struct IntervalForecast {
  RowMatrix mean, lower, upper;
};

/// For column c and step k, with residuals e_1 <= .. <= e_m of the last origins whose step k has been seen:
///
///   lower = mean + e_floor((m + 1) (1 - coverage) / 2),   upper = mean + e_ceil((m + 1) (1 + coverage) / 2),
///
/// ranks kept in 1 .. m. With fewer than 10 residuals a step takes those of the longest shorter step that has as many,
/// and where there is none, no interval is known: lower = upper = mean. Demand, carbon and water stay at least 0.
class IntervalForecaster {
 public:
  /// `forecaster` must outlive it.
  IntervalForecaster(Forecaster& forecaster, const IntervalOptions& options);

  IntervalForecast Predict(const HistoryView& history, int horizon);

 private:
  const RowMatrix& Earlier(const HistoryView& history, int horizon);

  Forecaster& forecaster_;
  IntervalOptions options_;
  std::map<int, RowMatrix> earlier_;  // forecasts by the slots that they were made from
};

}  // namespace evenkeel
