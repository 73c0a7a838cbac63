// Forecasts of modules that were made elsewhere, in TorchScript (predictors/learning/script_module.h).
#pragma once

#include <memory>
#include <string>

#include "predictors/forecast/forecaster.h"

namespace evenkeel {

/// Forecasts of the module as far as it goes, behind them FadeIntoHourlyMean of 7 days. As long as fewer than `window`
/// slots have been seen: the hourly mean. Loads LibTorch. Throws InputError naming the file: for what cannot be loaded
/// now, for results of the wrong shape or not finite when they come.
std::unique_ptr<Forecaster> MakeScript(const std::string& path, int window);

}  // namespace evenkeel
