// An own program as a predictor (docs/process.md).
#pragma once

#include <memory>

#include "predictors/forecast/forecaster.h"
#include "predictors/learning/learned.h"
#include "predictors/process/program.h"

namespace evenkeel {

/// Forecasts of the program as far as they go, behind them FadeIntoHourlyMean of 7 days. It is started by the first
/// forecast, and knows the slots of the view and nothing else (F1), since a view that is shorter than the one before
/// makes it forget. Predict throws InputError when there is no answer, and why; the next call tries again.
///
/// `identity` is what the program is told of the trace, without names and with hours of 0 where it is not known.
std::unique_ptr<Forecaster> MakeProcessForecaster(const ProgramOptions& options, const TraceIdentity& identity);

}  // namespace evenkeel
