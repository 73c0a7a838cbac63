// Networks of prices by spec: what `train` makes, and the policy that uses it.
#pragma once

#include "experiments/catalog/catalog.h"
#include "predictors/learning/checkpoint.h"
#include "predictors/learning/price_network.h"
#include "predictors/prices/training.h"

namespace evenkeel {

inline constexpr char kLearnedPrice[] = "learned-price";

/// A spec of a network of prices, checked.
struct PriceSpec {
  PriceNetworkSpec network;
  PriceTrainingOptions training;
  Spec expert;    ///< a policy: losses are relative to its J, and the robustifier stays close to it
  Spec forecast;  ///< a predictor, of the rest of the period
  Spec whole;     ///< with all parameters
};

/// Throws InputError.
PriceSpec ParsePriceSpec(const Spec& spec);
/// Whether a checkpoint is of a network of prices.
bool IsPriceNetwork(const Checkpoint& checkpoint);
/// The entry of the list of networks, for people.
std::string PriceNetworkText();

/// The objective, a line per group: what prices are learned for.
std::vector<std::string> ObjectiveLines(const Problem& problem);

/// The entry of `learned-price`.
PolicyInfo LearnedPricePolicy();

}  // namespace evenkeel
