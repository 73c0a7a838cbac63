// Modules that were made elsewhere, in TorchScript: the contract.
//
//   forward(values: Tensor, times: Tensor) -> Tensor
//
//   values   float64 [window x columns], the last slots seen, the newest last; columns are demand by gateway, then
//            price, carbon and water intensity by region, in the units of a trace
//   times    int64 [window], starts of these slots, seconds since 1970-01-01 00:00:00 UTC
//   result   float32 or float64 [steps x columns], at least one step: the slots that follow
//
// A module is called with gradients off, on the CPU, on one thread. It must not keep a state that changes results.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "predictors/forecast/forecaster.h"

namespace evenkeel {

/// A loaded module, as the library of LibTorch hands it out.
class Script {
 public:
  virtual ~Script() = default;
  /// `values` [window x columns] row-major -> [steps x columns] row-major. Throws InputError, without a file's name,
  /// for a module that fails or returns another shape or type.
  virtual std::vector<double> Forward(const std::vector<double>& values, const std::vector<std::int64_t>& times,
                                      int columns) = 0;
};

/// Forecasts of the module as far as it goes, behind them FadeIntoHourlyMean of 7 days. As long as fewer than `window`
/// slots have been seen: the hourly mean. Loads LibTorch. Throws InputError naming the file: for what cannot be loaded
/// now, for results of the wrong shape or not finite when they come.
std::unique_ptr<Forecaster> MakeScript(const std::string& path, int window);

}  // namespace evenkeel
