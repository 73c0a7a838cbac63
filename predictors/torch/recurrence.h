// A gated recurrent unit (Cho and others, 2014) of few and large operations: automatic differentiation has ten of them
// in every slot, which is what its time goes to.
//
//   r = sigmoid(W_r x + b_r + U_r h + c_r),    z = sigmoid(W_z x + b_z + U_z h + c_z),
//   n = tanh(W_n x + b_n + r (U_n h + c_n)),    h' = n + z (h - n)
//
// with the rows of weights in the order r, z, n, as torch::nn::GRU has them.
#pragma once

#include <torch/types.h>

namespace evenkeel {

struct RecurrentWeights {
  torch::Tensor input, state;            ///< [3 hidden x inputs], [3 hidden x hidden]
  torch::Tensor input_bias, state_bias;  ///< [3 hidden]
};

/// x [slots x batch x inputs] -> the states after every slot, [slots x batch x hidden], from a state of zero.
torch::Tensor RecurrentStates(const torch::Tensor& x, const RecurrentWeights& weights);

}  // namespace evenkeel
