// Forecasts of the rest of a period, as plans are made from them.
#pragma once

#include <vector>

#include "models/world/signal_error.h"
#include "predictors/forecast/forecaster.h"

namespace evenkeel {

struct RestOptions {
  int horizon = 0;    ///< steps taken from the forecaster, FadeIntoHourlyMean behind; 0: all
  int mean_days = 7;  ///< of that mean, >= 1
};

/// The `slots` slots behind the view's last one, [slots x columns]; demand, carbon and water are not below 0. Throws
/// InternalError for a forecast that is not finite.
RowMatrix ForecastRest(Forecaster& forecaster, const HistoryView& history, int slots, const RestOptions& options);

/// The same from each of these slots of the history, made at once.
std::vector<RowMatrix> ForecastRests(Forecaster& forecaster, const HistoryView& history,
                                     const std::vector<int>& origins, int slots, const RestOptions& options);

/// How far such forecasts are from the truth when they are made at slots first, first + every, .., each from the slots
/// of `seen` up to it and over all slots of `truth` behind it; the two have the same slots.
RealisedError ErrorOfRest(Forecaster& forecaster, const History& seen, const History& truth, int first, int every,
                          const RestOptions& options);

}  // namespace evenkeel
