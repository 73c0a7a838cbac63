#include "predictors/forecast/rest.h"

#include <algorithm>

#include "models/base/error.h"

namespace evenkeel {

RowMatrix ForecastRest(Forecaster& forecaster, const HistoryView& history, int slots, const RestOptions& options) {
  RowMatrix forecast(slots, history.columns().size());
  const int made = options.horizon > 0 ? std::min(options.horizon, slots) : slots;
  if (made == 0) return forecast;
  forecast.topRows(made) = Forecast(forecaster, history, made);
  FadeIntoHourlyMean(history, options.mean_days, made, &forecast);
  // A fading distance can lead below zero, where only prices may be.
  KeepPossible(history.columns(), &forecast);
  return forecast;
}

RealisedError ErrorOfRest(Forecaster& forecaster, const History& seen, const History& truth, int first, int every,
                          const RestOptions& options) {
  EVENKEEL_CHECK_EQ(seen.num_slots(), truth.num_slots());
  RealisedError error;
  for (int t = first; t < truth.num_slots(); t += every) {
    const RowMatrix forecast = ForecastRest(forecaster, HistoryView(seen, t + 1), truth.num_slots() - t - 1, options);
    for (int k = 0; k < static_cast<int>(forecast.rows()); ++k) {
      error.Add(truth.columns(), truth.row(t + 1 + k), forecast.row(k));
    }
  }
  return error;
}

}  // namespace evenkeel
