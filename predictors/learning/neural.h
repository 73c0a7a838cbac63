// Networks as the rest of the program sees them: shapes, arrays of floats, named tensors. No type of LibTorch is in
// here; predictors/torch/ implements it in a library of its own that is loaded on first use.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "predictors/learning/trainable.h"

namespace evenkeel {

/// Quantiles that every network forecasts, the median in the middle.
inline constexpr double kNeuralQuantiles[] = {0.1, 0.5, 0.9};
inline constexpr int kNumNeuralQuantiles = 3;

/// What goes in and out for one origin (predictors/learning/input_formula.h says what is in it).
struct NeuralShape {
  std::vector<int> columns;  ///< of each signal, in the order of the columns
  int day = 24;              ///< slots
  int window = 168;          ///< the first inputs of a column: its past, in order of time; a multiple of `day`
  int inputs = 0;            ///< per column, at least `window`
  int calendar = 0;          ///< known inputs, the same for all columns
  int outputs = 0;           ///< per column and quantile

  int num_columns() const {
    int sum = 0;
    for (int count : columns) sum += count;
    return sum;
  }
};

/// Which network, with every option by name: `hidden` (width), `layers`, `dropout` (share, while training), as far as
/// the network has them.
struct NeuralSpec {
  std::string name;  ///< dlinear, mlp, tcn, gru or patch
  std::map<std::string, double> options;
};

/// A stretch of slots with the origins in it: all that inputs and targets are gathered from
/// (predictors/learning/input_formula.h).
struct NeuralSeries {
  int slots = 0;
  std::vector<float> values;    ///< [columns x slots], z
  std::vector<int> origins;     ///< slots n of the series, each with 28 days before it, at most `slots`
  std::vector<float> calendar;  ///< [origins x calendar]
  bool has_targets = false;     ///< there are 31 days after every origin
};

/// A series on the device of the network that keeps it.
class NeuralData {
 public:
  virtual ~NeuralData() = default;
};

/// Origins, one after another; arrays are row-major.
struct NeuralBatch {
  int size = 0;
  std::vector<float> own;       ///< [size x columns x inputs]
  std::vector<float> calendar;  ///< [size x calendar]
  std::vector<float> target;    ///< [size x columns x outputs]; empty where only a forecast is wanted
  std::vector<float> weight;    ///< [size x columns], of the losses; empty with `target`
};

class Neural : public Trainable {
 public:
  /// The series on the device. Networks of one device and shape can use it, in any number of calls.
  virtual std::shared_ptr<const NeuralData> Keep(const NeuralSeries& series) const = 0;
  /// Inputs, and targets where the series has them, of the origins with these indices, as all others here use them.
  virtual NeuralBatch Gather(const NeuralData& data, const std::vector<int>& which) const = 0;
  /// What the medians of all origins forecast, z of the outputs: [origins x columns x outputs].
  virtual void Forecast(const NeuralData& data, std::vector<float>* medians) = 0;
  /// Step after step over the origins with these indices, `batch` at a time; returns the mean loss. `step` is called
  /// after every step and may be empty. Nothing in between waits for the device.
  virtual double TrainEpoch(const NeuralData& data, const std::vector<int>& which, int batch,
                            const NeuralStep& settings, const std::function<void()>& step) = 0;
  /// Mean loss of all origins, `batch` at a time.
  virtual double MeanLoss(const NeuralData& data, int batch) = 0;

  /// Quantiles [size x columns x outputs x kNumNeuralQuantiles], in order.
  virtual void Forward(const NeuralBatch& batch, std::vector<float>* quantiles) = 0;
  /// Mean over the batch of weight times the mean pinball loss of the quantiles.
  virtual double Loss(const NeuralBatch& batch) = 0;
  /// One step down the gradient of Loss, whose norm is cut at 1; returns the loss before it.
  virtual double Step(const NeuralBatch& batch, const NeuralStep& step) = 0;
  /// Gradient of Loss, all weights in a row, for tests.
  virtual std::vector<double> Gradient(const NeuralBatch& batch) = 0;
};

/// A network with weights drawn from the seed. Loads LibTorch if nobody has yet. Throws InputError where the build has
/// no LibTorch or the machine no such device.
std::unique_ptr<Neural> MakeNeural(const NeuralSpec& spec, const NeuralShape& shape, const NeuralRuntime& runtime);

}  // namespace evenkeel
