#include "experiments/catalog/networks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "experiments/catalog/check.h"
#include "experiments/catalog/prices.h"
#include "models/base/error.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

ParameterInfo Width(std::string default_value) {
  return Parameter(ParameterKind::kInteger, "hidden", std::move(default_value), "width", 1, 1024);
}
ParameterInfo Layers(std::string default_value, std::string description) {
  return Parameter(ParameterKind::kInteger, "layers", std::move(default_value), std::move(description), 1, 12);
}
ParameterInfo Dropout() {
  return Parameter(ParameterKind::kNumber, "dropout", "0.1", "share of the units that rest in a step", 0.0, 0.9);
}

ParameterInfo PatchWidth() {
  ParameterInfo width = Width("32");
  width.kind = ParameterKind::kWord;
  width.description = "width, in four heads";
  width.words = {"8", "16", "32", "64", "128", "256"};
  return width;
}

}  // namespace

const std::vector<NetworkInfo>& NetworkCatalog() {
  static const std::vector<NetworkInfo> catalog = {
      {"dlinear", "linear in the moving mean of the column's week and in what is left, one map per signal", {}},
      {"mlp", "dlinear plus a perceptron that sees the last day of all columns", {Width("64"), Dropout()}},
      {"tcn",
       "dlinear plus dilated convolutions over the week of all columns",
       {Width("64"), Layers("6", "convolutions, each reaching twice as far"), Dropout()}},
      {"gru",
       "dlinear plus a gated recurrent unit over the week of all columns",
       {Width("64"), Layers("1", "units on top of each other"), Dropout()}},
      {"patch",
       "dlinear plus a transformer over the days of the column's week",
       {PatchWidth(), Layers("2", "of the transformer"), Dropout()}},
  };
  return catalog;
}

NeuralSpec ParseNetwork(const Spec& spec) {
  const std::vector<NetworkInfo>& catalog = NetworkCatalog();
  const auto found =
      std::find_if(catalog.begin(), catalog.end(), [&](const NetworkInfo& info) { return info.name == spec.name; });
  if (found == catalog.end()) {
    std::vector<std::string> known;
    for (const NetworkInfo& info : catalog) known.push_back(info.name);
    known.emplace_back(kLearnedPrice);
    throw InputError("\"{}\" cannot be trained{} (can be: {})", spec.name, DidYouMean(spec.name, known),
                     fmt::join(known, ", "));
  }
  NeuralSpec network{spec.name, {}};
  const PolicyArguments arguments = CheckParameters("network", found->parameters, spec);
  for (const auto& [name, value] : arguments) network.options[name] = NumberArgument(arguments, name);
  return network;
}

std::string NetworkText(const NeuralSpec& network) {
  std::vector<std::string> options;
  for (const auto& [name, value] : network.options) options.push_back(fmt::format("{}={}", name, value));
  return options.empty() ? network.name : fmt::format("{}({})", network.name, fmt::join(options, ","));
}

std::string NetworkCatalogText() {
  std::string text = "Networks\n";
  for (const NetworkInfo& info : NetworkCatalog()) text += EntryText(info.name, info.description, info.parameters);
  return text;
}

}  // namespace evenkeel
