// The formula of predictors/learning/input_formula.h, the only place that has it: inputs, targets and forecasts of any
// origins of a series that lies on the device.
#pragma once

#include <torch/types.h>

#include <utility>

#include "predictors/learning/neural.h"

namespace evenkeel {

/// A series as tensors, and views of it in which a slot's row is what an origin there needs.
class SeriesTensors : public NeuralData {
 public:
  SeriesTensors(const NeuralShape& shape, const NeuralSeries& series, const torch::Device& device);

  torch::Tensor origins;   ///< [origins]
  torch::Tensor calendar;  ///< [origins x calendar]
  torch::Tensor windows;   ///< [columns x slots x window]: row s begins at slot s
  torch::Tensor months;    ///< [columns x slots x day]: M of origin kLongDays days + s
  std::vector<torch::Tensor>
      blocks;  ///< [columns x slots x day] each: the outputs' means at origin s; no targets: none
};

/// Everything has the columns first: what a signal's columns share is then one matrix.
struct GatheredInputs {
  torch::Tensor own;       ///< [columns x batch x inputs]
  torch::Tensor calendar;  ///< [batch x calendar]
  torch::Tensor mean;      ///< [columns x batch x day], m
  torch::Tensor scale;     ///< [columns x batch x 1], a
};
GatheredInputs GatherInputs(const NeuralShape& shape, const SeriesTensors& series, const torch::Tensor& which);

/// [columns x batch x outputs], in units of a as the distance to m.
torch::Tensor GatherTargets(const SeriesTensors& series, const GatheredInputs& inputs, const torch::Tensor& which);

/// z of the outputs, [columns x batch x outputs], from outputs in those units.
torch::Tensor ToLevels(const GatheredInputs& inputs, const torch::Tensor& outputs);

}  // namespace evenkeel
