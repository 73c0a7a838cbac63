// The one interface of everything that predicts signals.
#pragma once

#include <vector>

#include "predictors/forecast/history.h"

namespace evenkeel {

/// Laws, checked for the whole catalog by tests/property/forecaster_laws_test.cc:
///   F1 causal: a forecast depends on the slots of its view only, not on what is after them nor on calls before;
///   F2 total: every horizon is served, at least from one slot on, with finite values.
class Forecaster {
 public:
  virtual ~Forecaster() = default;
  /// Fills `forecast` [horizon x columns]: row k is slot num_slots + k of the view's history, so that the first row is
  /// the slot after the last one seen. It has its size and arbitrary content.
  virtual void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) = 0;
  /// Forecasts from several slots of one history: as many matrices [horizon x columns], each what Predict makes of
  /// history.Before(origins[i]), but for rounding where a predictor makes them at once. Whoever does that overrides it.
  virtual void PredictEach(const HistoryView& history, const std::vector<int>& origins, int horizon,
                           std::vector<RowMatrix>* forecasts);
  /// Slots that a view must have for the forecasts that this predictor is there for, of a history with so many a day;
  /// shorter views get what its maker says.
  virtual int SlotsNeeded(int /*slots_per_day*/) const { return 1; }
};

/// Predict, with demand, carbon and water not below 0: [horizon x columns]. Throws InternalError for a value that is
/// not finite.
RowMatrix Forecast(Forecaster& forecaster, const HistoryView& history, int horizon);

/// PredictEach, in the same way.
std::vector<RowMatrix> ForecastEach(Forecaster& forecaster, const HistoryView& history, const std::vector<int>& origins,
                                    int horizon);

/// Mean of each slot of the day over the last `days` days of the view: row k is the mean at the time of day of slot
/// num_slots + k. A time of day that has not been seen yet has the last value seen.
void PredictHourlyMean(const HistoryView& history, int days, int horizon, RowMatrix* forecast);

/// How forecasts go on behind the horizon H that a predictor was made for: the distance to the hourly mean fades,
///
///   forecast[k] = mean[k] + (forecast[H - 1] - mean[H - 1]) exp(-(k - H + 1) / slots_per_day),    k >= H,
///
/// with PredictHourlyMean over `days`. Rows [0, H) are left as they are.
void FadeIntoHourlyMean(const HistoryView& history, int days, int horizon_made_for, RowMatrix* forecast);

/// A forecast of which somebody else made `steps` [any number x columns]: as many of them as it has rows, behind them
/// FadeIntoHourlyMean of 7 days; without steps the hourly mean of 7 days.
void PredictFromSteps(const HistoryView& history, const RowMatrix& steps, int horizon, RowMatrix* forecast);

}  // namespace evenkeel
