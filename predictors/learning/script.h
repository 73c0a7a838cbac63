// Forecasts of modules that were made elsewhere, in TorchScript (predictors/learning/script_module.h). A module is a
// program: what is in this file runs it inside this process, with all of its rights.
// predictors/process/module_forecaster.h does not.
#pragma once

#include <memory>
#include <string>

#include "predictors/forecast/forecaster.h"

namespace evenkeel {

/// A module with its window.
class ScriptSteps {
 public:
  virtual ~ScriptSteps() = default;
  /// What it forecasts from the last `window` slots: [steps x columns], finite. Throws InputError without a file's name
  /// for a view that has fewer, for a module that fails, and for results of the wrong shape or not finite.
  virtual RowMatrix Steps(const HistoryView& history) = 0;
};

/// Of a file's bytes. Loads LibTorch. Throws InputError without a file's name for what cannot be loaded.
std::unique_ptr<ScriptSteps> LoadScriptSteps(const std::string& bytes, int window);

/// Loads LibTorch and has it do once all that it does only once: behind it a module opens no file and starts no thread.
void WarmUpScripts();

/// Forecasts of the module as far as it goes, behind them FadeIntoHourlyMean of 7 days. As long as fewer than `window`
/// slots have been seen: the hourly mean. Throws InputError naming the file: for what cannot be loaded now, for what
/// fails when it is asked.
std::unique_ptr<Forecaster> MakeTrustedScript(const std::string& path, int window);

}  // namespace evenkeel
