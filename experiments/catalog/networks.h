// Every network that can be trained, in one explicit list.
#pragma once

#include <string>
#include <vector>

#include "experiments/catalog/catalog.h"
#include "predictors/learning/neural.h"

namespace evenkeel {

struct NetworkInfo {
  std::string name;
  std::string description;  ///< one line
  std::vector<ParameterInfo> parameters;
};

const std::vector<NetworkInfo>& NetworkCatalog();

/// Checks name, kinds and ranges, and fills in the defaults. Throws InputError listing what is known and the closest
/// match.
NeuralSpec ParseNetwork(const Spec& spec);

/// The network with all its options, as a spec. ParseNetwork(ParseSpec(NetworkText(spec))) is the same again.
std::string NetworkText(const NeuralSpec& network);

/// The list for people.
std::string NetworkCatalogText();

}  // namespace evenkeel
