// What all networks have in common, whatever goes in and out: weights that can be kept and an optimiser.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace evenkeel {

struct NeuralRuntime {
  std::uint64_t seed = 1;
  int threads = 1;
  std::string device = "cpu";  ///< or cuda
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
  /// Weights alone, or with the optimiser's state, as bytes. Load throws InputError, without a file's name, for bytes
  /// that are none of this network's.
  virtual std::string SaveWeights() const = 0;
  virtual void LoadWeights(const std::string& bytes) = 0;
  virtual std::string SaveOptimiser() const = 0;
  virtual void LoadOptimiser(const std::string& bytes) = 0;
};

}  // namespace evenkeel
