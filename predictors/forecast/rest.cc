#include "predictors/forecast/rest.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "models/base/error.h"

namespace evenkeel {

std::vector<RowMatrix> ForecastRests(Forecaster& forecaster, const HistoryView& history,
                                     const std::vector<int>& origins, int slots, const RestOptions& options) {
  const int made = options.horizon > 0 ? std::min(options.horizon, slots) : slots;
  std::vector<RowMatrix> rests(origins.size(), RowMatrix(slots, history.columns().size()));
  if (made == 0) return rests;
  const std::vector<RowMatrix> forecasts = ForecastEach(forecaster, history, origins, made);
  for (std::size_t i = 0; i < origins.size(); ++i) {
    rests[i].topRows(made) = forecasts[i];
    FadeIntoHourlyMean(history.Before(origins[i]), options.mean_days, made, &rests[i]);
    // A fading distance can lead below zero, where only prices may be.
    KeepPossible(history.columns(), &rests[i]);
  }
  return rests;
}

RowMatrix ForecastRest(Forecaster& forecaster, const HistoryView& history, int slots, const RestOptions& options) {
  return std::move(ForecastRests(forecaster, history, {history.num_slots()}, slots, options).front());
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
