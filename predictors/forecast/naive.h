// Predictors that have nothing to fit, and the one that knows everything.
#pragma once

#include <memory>

#include "predictors/forecast/forecaster.h"

namespace evenkeel {

/// The last value goes on.
std::unique_ptr<Forecaster> MakePersistence();

/// The last `season` slots repeat. As long as fewer have been seen, those repeat.
std::unique_ptr<Forecaster> MakeSeasonalNaive(int season);

/// Each slot of the day as on average over the last `days` days: PredictHourlyMean.
std::unique_ptr<Forecaster> MakeHourlyMean(int days);

/// The truth: slot t of `future` is slot `slots_before` + t of the histories that it is given. The last slot goes on
/// behind the end. For tests and experiments.
std::unique_ptr<Forecaster> MakePerfect(std::unique_ptr<SlotSource> future, int slots_before);

}  // namespace evenkeel
