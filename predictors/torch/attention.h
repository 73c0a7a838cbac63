// Attention of few tokens in several heads (Vaswani and others, NeurIPS 2017), of thousands of rows at once. In each
// row and head, with queries q, keys k and values v of a width w,
//
//   seen_i = sum over j of d_ij p_ij v_j,    p_ij = softmax over j of q_i k_j / sqrt(w)
//
// where d is dropout, or 1. On the CPU in plain loops, both ways.
#pragma once

#include <torch/types.h>

namespace evenkeel {

/// queries [rows x asked x hidden], keys and values side by side [rows x tokens x 2 hidden] -> [rows x asked x hidden].
/// Heads divide `hidden`; `share` of the weights p rest (predictors/torch/dropout.h).
torch::Tensor Attended(const torch::Tensor& queries, const torch::Tensor& keys_values, std::int64_t heads,
                       double share);

}  // namespace evenkeel
