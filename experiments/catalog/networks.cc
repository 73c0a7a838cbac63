// Networks of forecasts.
#include "experiments/catalog/entries.h"

namespace evenkeel {
namespace {

ParameterInfo Width(std::string default_value) {
  return IntegerParameter("hidden", std::move(default_value), "width", 1, 1024);
}

ParameterInfo PatchWidth() {
  ParameterInfo width = WordParameter("hidden", "width, in four heads", {"8", "16", "32", "64", "128", "256"});
  width.default_value = "32";
  return width;
}

ParameterInfo Layers(std::string default_value, std::string description) {
  return IntegerParameter("layers", std::move(default_value), std::move(description), 1, 12);
}

ParameterInfo Dropout() {
  return NumberParameter("dropout", "0.1", "share of the units that rest in a step", 0.0, 0.9);
}

/// All parameters are numbers, the options of the network.
Entry NetworkEntry(const std::string& name, std::string description, std::vector<ParameterInfo> parameters) {
  const auto make = [name](const Arguments& arguments) {
    NeuralSpec network{name, {}};
    for (const auto& [option, value] : arguments.values) network.options[option] = NumberArgument(arguments, option);
    return network;
  };
  return {name, std::move(description), std::move(parameters), make};
}

}  // namespace

std::vector<Entry> NetworkEntries() {
  return {
      NetworkEntry("dlinear", "linear in the moving mean of the column's week and in what is left, one map per signal",
                   {}),
      NetworkEntry("mlp", "dlinear plus a perceptron that sees the last day of all columns", {Width("64"), Dropout()}),
      NetworkEntry("tcn", "dlinear plus dilated convolutions over the week of all columns",
                   {Width("64"), Layers("6", "convolutions, each reaching twice as far"), Dropout()}),
      NetworkEntry("gru", "dlinear plus a gated recurrent unit over the week of all columns",
                   {Width("64"), Layers("1", "units on top of each other"), Dropout()}),
      NetworkEntry("patch", "dlinear plus a transformer over the days of the column's week",
                   {PatchWidth(), Layers("2", "of the transformer"), Dropout()})};
}

}  // namespace evenkeel
