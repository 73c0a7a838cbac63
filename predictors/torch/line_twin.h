// The robustifier `line` in tensors: the same alpha as robustifiers/line.h, and a gradient through it.
//
// With budget b(alpha; inputs) concave in alpha, an alpha strictly inside (0, 1) is a root of b, so that
// d alpha = -(db/d inputs) / (db/d alpha); at alpha = 0 and 1 it stays where it is.
#pragma once

#include <torch/types.h>

#include "predictors/learning/price_network.h"

namespace evenkeel {

/// [periods] slots at once; increments have cost first, then loads.
struct LineTensors {
  torch::Tensor room;            ///< [periods]
  torch::Tensor difference;      ///< [periods x buckets]
  torch::Tensor advice, expert;  ///< [periods x (1 + buckets)]
};

/// [periods]
torch::Tensor TwinAlpha(const PriceShape& shape, const LineTensors& slots);

/// ||v||_q over the last dimension of non-negative v, with the largest entry taken out before powers are.
torch::Tensor TwinNorm(const torch::Tensor& v, double q);

LineAlpha TwinOfLine(const PriceShape& shape, const LineSlot& slot);

}  // namespace evenkeel
