// Networks that can be trained, as specs say them: what `train` makes, and what a checkpoint keeps as text.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "experiments/specs/spec.h"
#include "models/world/problem.h"
#include "predictors/learning/checkpoint.h"
#include "predictors/learning/neural.h"
#include "predictors/learning/price_network.h"
#include "predictors/prices/training.h"

namespace evenkeel {

/// The network of prices, and the policy that uses it.
inline constexpr char kLearnedPrice[] = "learned-price";

/// A network of prices, checked.
struct PriceSpec {
  PriceNetworkSpec network;
  std::string slots, stride;  ///< spans, as written
  double temperature = 0.02;
  Spec expert;    ///< a policy: losses are relative to its J, and the robustifier stays close to it
  Spec forecast;  ///< a predictor, of the rest of the period
  Spec whole;     ///< with all parameters
};

/// How it is trained on a trace with such slots. Throws InputError where a span is no whole number of them.
PriceTrainingOptions PriceTrainingOf(const PriceSpec& spec, double slot_hours);

/// A network of forecasts or of prices.
using TrainableSpec = std::variant<NeuralSpec, PriceSpec>;

/// The network with all its options, as a spec, which leads back to the same again.
std::string NetworkText(const NeuralSpec& network);

/// Whether a checkpoint is of a network of prices.
bool IsPriceNetwork(const Checkpoint& checkpoint);

/// The objective, a line per group: what prices are learned for.
std::vector<std::string> ObjectiveLines(const Problem& problem);

}  // namespace evenkeel
