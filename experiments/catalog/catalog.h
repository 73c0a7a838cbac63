// Everything that a spec can name, put together in one explicit list, and what is asked of it most.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/catalog/make.h"

namespace evenkeel {

const Registry& Catalog();

/// Check the spec and make what it names, as the functions of make.h. Throw InputError.
std::unique_ptr<Policy> MakePolicy(const PolicyContext& context, const Spec& spec);
std::unique_ptr<Forecaster> MakeForecaster(const ForecastContext& context, const Spec& spec);
NeuralSpec ParseNetwork(const Spec& spec);
PriceSpec ParsePriceSpec(const Spec& spec);
SignalError ParseSignalError(const Spec& spec);
/// Also for a region or gateway that the network does not have.
ScenarioEvent ParseEvent(const Spec& spec, const Network& network);

/// The policies that `compare` runs when none is named, in the catalog's order.
std::vector<Spec> DefaultComparison();

/// The lists for people, with parameters, defaults and ranges: policies and predictors, predictors, networks.
std::string CatalogText();
std::string PredictorsText();
std::string NetworksText();

}  // namespace evenkeel
