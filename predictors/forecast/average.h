// Two predictors are better than one.
#pragma once

#include <memory>

#include "predictors/forecast/forecaster.h"

namespace evenkeel {

/// The mean of two forecasts, value by value, each with demand, carbon and water at least 0.
std::unique_ptr<Forecaster> MakeAverage(std::unique_ptr<Forecaster> first, std::unique_ptr<Forecaster> second);

}  // namespace evenkeel
