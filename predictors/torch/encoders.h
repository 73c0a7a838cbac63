// Where the contexts of the networks come from (predictors/torch/networks.h).
#pragma once

#include <torch/nn/module.h>

#include "predictors/learning/neural.h"

namespace evenkeel {

class Encoder : public torch::nn::Module {
 public:
  /// window [columns x batch x slots] -> [columns or 1 x batch x width].
  virtual torch::Tensor Forward(const torch::Tensor& window) = 0;
};

/// The encoder of `mlp`, `tcn`, `gru` or `patch`. Throws InputError for another name.
std::shared_ptr<Encoder> MakeEncoder(const NeuralSpec& spec, const NeuralShape& shape);

}  // namespace evenkeel
