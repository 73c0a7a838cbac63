// Learned prices: a policy that asks a network for the prices of every slot.
#pragma once

#include <memory>
#include <string>

#include "engine/policy.h"
#include "predictors/forecast/forecaster.h"
#include "predictors/learning/price_network.h"

namespace evenkeel {

/// x_t = argmin over X_t of (c_t + sum_k gamma^k h^k_t) . x with gamma in Gamma from the network, the slot, the ledger
/// so far and forecasts of the rest (predictors/prices/inputs.h).
///
/// `past` is what was seen before the period. The policy learns of a slot when it decides on it, never before. Deciding
/// throws InputError beginning with `where` where a price of the network is not finite.
std::unique_ptr<Policy> MakeLearnedPrice(const Problem& problem, std::shared_ptr<PriceNetwork> network,
                                         std::unique_ptr<Forecaster> forecaster, History past,
                                         const std::string& where);

}  // namespace evenkeel
