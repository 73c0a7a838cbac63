// A predictor made worse on purpose.
#pragma once

#include <memory>

#include "models/world/signal_error.h"
#include "predictors/forecast/forecaster.h"

namespace evenkeel {

/// The forecasts of another predictor with an error in them (models/world/signal_error.h); level 0 leaves every bit as
/// it is. Throws InputError for a bad error.
std::unique_ptr<Forecaster> MakeNoisy(std::unique_ptr<Forecaster> forecaster, const SignalError& error);

}  // namespace evenkeel
