// An own program as a predictor (docs/process.md).
#pragma once

#include <memory>

#include "predictors/forecast/forecaster.h"
#include "predictors/learning/learned.h"
#include "predictors/process/program.h"

namespace evenkeel {

struct ProcessForecasterOptions {
  ProgramOptions program;
  TraceIdentity identity = {{}, {}, 0.0};  ///< what the program is told of the trace: no names, hours of 0: not known
  int window = 1;                          ///< slots that a view must have: as long as it has fewer, the hourly mean
  bool start_now = false;                  ///< rather than with the first forecast; `identity` must have names then
};

/// Forecasts of the program as far as they go, behind them FadeIntoHourlyMean of 7 days. It is started by the first
/// forecast, and knows the slots of the view and nothing else (F1), since a view that is shorter than the one before
/// makes it forget. Predict throws InputError when there is no answer, and why; the next call tries again.
std::unique_ptr<Forecaster> MakeProcessForecaster(const ProcessForecasterOptions& options);

}  // namespace evenkeel
