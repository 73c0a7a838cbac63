// Quantiles and their loss from what networks put out: three numbers for each output, the raw size of a
// step down, a median and the raw size of a step up,
//
//   q[0.1] = median - softplus(down),    q[0.5] = median,    q[0.9] = median + softplus(up)
//
// which lie plane by plane, so that kernels go through memory in order; weights of a network have the three of an
// output together, in the order of its quantiles (InPlanes).
#pragma once

#include <torch/types.h>

#include "predictors/learning/neural.h"

namespace evenkeel {

/// Some of the planes down, median, up.
struct PlaneRange {
  int first, count;

  bool operator==(const PlaneRange& other) const { return first == other.first && count == other.count; }
};
inline constexpr PlaneRange kAllPlanes{0, kNumNeuralQuantiles}, kMedians{1, 1};

/// Rows (or whatever lies along dimension 0) [outputs x quantiles] of a parameter, plane by plane.
torch::Tensor InPlanes(const torch::Tensor& parameter, PlaneRange planes);

/// raw [.. x 3 outputs] -> [.. x outputs x quantiles], in order.
torch::Tensor QuantilesOf(const torch::Tensor& raw);

/// Mean of weight times the pinball loss of each quantile's error e = target - q at its level l,
///
///   (l - 1/2) e + |e| / 2
///
/// raw [.. x 3 outputs], target [.. x outputs], weight [.. x 1]. With respect to raw only.
torch::Tensor PinballLoss(const torch::Tensor& raw, const torch::Tensor& target, const torch::Tensor& weight);

}  // namespace evenkeel
