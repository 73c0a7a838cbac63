// What all networks have in common, whatever goes in and out: weights that can be kept and an optimiser.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "predictors/learning/tensors.h"

namespace evenkeel {

struct NeuralRuntime {
  std::uint64_t seed = 1;
  int threads = 1;
  std::string device = "cpu";  ///< or cuda
  /// Of matrix products in training: single, or mixed (factors in bfloat16; on cuda only).
  std::string precision = "single";
};

/// Optimiser settings of one step.
struct NeuralStep {
  double rate = 1e-3;   ///< of AdamW (Loshchilov and Hutter, ICLR 2019)
  double decay = 1e-2;  ///< of the weights
};

class Trainable {
 public:
  virtual ~Trainable() = default;
  /// All weights in a row.
  virtual std::vector<double> Weights() const = 0;
  virtual void SetWeights(const std::vector<double>& weights) = 0;
  /// Draws of dropout from here on depend on this number only.
  virtual void Reseed(std::uint64_t seed) = 0;
  /// The weights by name; the optimiser's state: for every weight `mean.NAME` and `square.NAME`, AdamW's moments, and
  /// `steps` [weights], how often each was moved. Load copies values, and throws InputError, without a file's name, for
  /// tensors that are none of this network's.
  virtual NamedTensors SaveWeights() const = 0;
  virtual void LoadWeights(const NamedTensors& weights) = 0;
  virtual NamedTensors SaveOptimiser() const = 0;
  virtual void LoadOptimiser(const NamedTensors& state) = 0;
};

inline NetworkOutline OutlineOf(const Trainable& network) {
  return {OutlinesOf(network.SaveWeights()), OutlinesOf(network.SaveOptimiser())};
}

}  // namespace evenkeel
