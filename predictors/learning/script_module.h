// Modules that were made elsewhere, in TorchScript: the contract.
//
//   forward(values: Tensor, times: Tensor) -> Tensor
//
//   values   float64 [window x columns], or float32 where all weights of the module are; the last slots seen, the
//            newest last; columns are demand by gateway, then price, carbon and water intensity by region, in the units
//            of a trace
//   times    int64 [window], starts of these slots, seconds since 1970-01-01 00:00:00 UTC
//   result   float32 or float64 [steps x columns], at least one step: the slots that follow
//
// A module is loaded to the CPU, wherever it was saved, and called with gradients off, on one thread. It must not keep
// a state that changes results.
#pragma once

#include <cstdint>
#include <vector>

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

}  // namespace evenkeel
