// predictors/learning/price_network.h in LibTorch. The score of bucket b of group k is
//
//   score[b] = 7 gain log(L_b / unit + left) + place[b] + perceptron(own[b], l[b], k; mean over the group)
//
// with l the loads in their units: as they are, and their distance to the group's largest and mean. Prices are
// mu_k softmax(score)^(1 / q*): on the edge of the dual ball of the norm q, whatever the scores. Untrained, the place
// and the perceptron say nothing, gain is 1, and prices lean on loads as the gradient of the 8-norm does, the rest of
// the period counted in as if it were even.
#pragma once

#include "predictors/learning/price_network.h"

namespace evenkeel {

std::unique_ptr<PriceNetwork> MakeTorchPrices(const PriceNetworkSpec& spec, const PriceShape& shape,
                                              const NeuralRuntime& runtime);

}  // namespace evenkeel
