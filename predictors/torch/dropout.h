// Dropout (Srivastava and others, 2014) with 15 random bits for a value: drawing them is what its time goes to.
#pragma once

#include <torch/types.h>

namespace evenkeel {

/// What values are multiplied by; undefined where all of them stay.
torch::Tensor DropoutFactors(torch::IntArrayRef sizes, double share, const torch::TensorOptions& options);

/// Each value is 0 with this probability, to the nearest of 32768 steps, and else larger so that its mean stays.
torch::Tensor Dropped(const torch::Tensor& x, double share);

}  // namespace evenkeel
