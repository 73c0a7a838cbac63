// The networks. All of them are a sum of a linear map of each column's own inputs, one map per signal, and a head that
// sees a context; they differ in where the context comes from:
//
//   out[c] = A_signal(c) own[c] + B_signal(c) calendar + bias[c] + head(own[c], calendar, e[c], context[c])
//
//   dlinear  no head; the window is split into a moving mean of a day and the rest (Zeng and others, AAAI 2023)
//   mlp      context: linear in the last day of all columns
//   tcn      context: dilated causal convolutions over the window of all columns (Bai and others, 2018)
//   gru      context: the last state of a gated recurrent unit over the window of all columns (Cho and others, 2014)
//   patch    context: a transformer over the days of the column's own window (Nie and others, ICLR 2023), and the last
//            day of all columns
//
// e[c] is a learned vector per column. What is put out is a median and steps away from it (predictors/torch/pinball.h).
#pragma once

#include <torch/nn/module.h>

#include "predictors/learning/neural.h"
#include "predictors/torch/pinball.h"

namespace evenkeel {

class ForecastNetwork : public torch::nn::Module {
 public:
  /// own [columns x batch x inputs], calendar [batch x calendar] -> [columns x batch x planes outputs].
  virtual torch::Tensor Forward(const torch::Tensor& own, const torch::Tensor& calendar, PlaneRange planes) = 0;
};

/// Throws InputError for a name that is unknown.
std::shared_ptr<ForecastNetwork> MakeForecastNetwork(const NeuralSpec& spec, const NeuralShape& shape);

}  // namespace evenkeel
