#include "experiments/catalog/prices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "experiments/catalog/check.h"
#include "experiments/catalog/forecast.h"
#include "models/base/error.h"
#include "predictors/advice/learned_price.h"
#include "predictors/prices/inputs.h"

namespace evenkeel {
namespace {

std::vector<ParameterInfo> NetworkParameters() {
  ParameterInfo through =
      Parameter(ParameterKind::kWord, "through", "none", "the robustifier that it is trained through");
  through.words = {"none", "line"};
  ParameterInfo temperature =
      Parameter(ParameterKind::kNumber, "temperature", "0.02",
                "of the smoothed dispatch, in mean costs of a unit of workload at even prices", 0.0, 10.0);
  temperature.above_low = true;
  return {Parameter(ParameterKind::kInteger, "hidden", "32", "width", 1, 1024),
          through,
          Parameter(ParameterKind::kNumber, "rho", "0.05", "through=line: the margin over the expert", 0.0, 1e6),
          Parameter(ParameterKind::kPolicy, "expert", "norm-greedy(q=8)", "losses are relative to its objective"),
          Parameter(ParameterKind::kForecast, "forecast", "hourly-mean(days=7)", "of the rest of the period"),
          temperature,
          Parameter(ParameterKind::kInteger, "slots", "730", "of a period that it is trained on", 1, 8784),
          Parameter(ParameterKind::kInteger, "stride", "72", "slots from one such period to the next", 1, 8784)};
}

void CheckObjective(const std::string& path, const std::vector<std::string>& trained,
                    const std::vector<std::string>& given) {
  if (trained.size() != given.size())
    throw InputError("{}: trained for {} parts of an objective ({}), there are {} ({})", path, trained.size(),
                     fmt::join(trained, "; "), given.size(), fmt::join(given, "; "));
  for (std::size_t i = 0; i < trained.size(); ++i) {
    if (trained[i] != given[i])
      throw InputError("{}: trained for the objective \"{}\", here it is \"{}\"", path, trained[i], given[i]);
  }
}

std::unique_ptr<Policy> MakeLearnedPricePolicy(const PolicyContext& context, const PolicyArguments& arguments) {
  const std::string path = arguments.at("file").name;
  const Checkpoint checkpoint = ReadCheckpoint(path);
  if (checkpoint.training.epoch > 0)
    throw InputError("{}: a training that has not ended, expected the file that it was to write", path);
  if (!IsPriceNetwork(checkpoint))
    throw InputError("{}: a network of forecasts, {}, expected one of prices, {}", path, checkpoint.network,
                     kLearnedPrice);
  History past;
  if (context.open_history) past.AppendAll(*context.open_history());
  const double slot_hours = past.num_slots() < 2 ? 0.0 : static_cast<double>(HistoryView(past).step()) / 3600.0;
  CheckSameSignals(checkpoint, IdentityOf(context.problem.network, slot_hours), path);
  CheckObjective(path, checkpoint.objective, ObjectiveLines(context.problem));
  const PriceSpec spec = ParsePriceSpec(ParseSpec(checkpoint.network));
  std::shared_ptr<PriceNetwork> network = MakePriceNetwork(spec.network, PriceShapeOf(context.problem), {});
  try {
    network->LoadWeights(checkpoint.weights);
  } catch (const InputError& error) {
    throw InputError("{}: {}", path, error.what());
  }
  return MakeLearnedPrice(context.problem, std::move(network), MakeForecaster({}, spec.forecast), std::move(past));
}

}  // namespace

PriceSpec ParsePriceSpec(const Spec& spec) {
  const std::vector<ParameterInfo> parameters = NetworkParameters();
  const PolicyArguments arguments = CheckParameters("network", parameters, spec);
  const auto integer = [&](const char* name) { return static_cast<int>(NumberArgument(arguments, name)); };
  PriceSpec result;
  result.network.hidden = integer("hidden");
  result.network.through_line = arguments.at("through").name == "line";
  result.network.rho = NumberArgument(arguments, "rho");
  result.training.slots = integer("slots");
  result.training.stride = integer("stride");
  result.training.temperature = NumberArgument(arguments, "temperature");
  result.expert = arguments.at("expert");
  result.forecast = arguments.at("forecast");
  if (IsClairvoyant(result.expert) || IsClairvoyantForecast(result.forecast))
    throw InputError("network \"{}\": its expert and its forecast may not look into the future", kLearnedPrice);
  result.whole.name = kLearnedPrice;
  for (const ParameterInfo& parameter : parameters)
    result.whole.parameters.emplace_back(parameter.name, arguments.at(parameter.name));
  return result;
}

bool IsPriceNetwork(const Checkpoint& checkpoint) { return ParseSpec(checkpoint.network).name == kLearnedPrice; }

std::string PriceNetworkText() {
  return EntryText(kLearnedPrice, "prices rather than forecasts: a perceptron shared by all buckets, trained on J",
                   NetworkParameters());
}

std::vector<std::string> ObjectiveLines(const Problem& problem) {
  std::vector<std::string> lines;
  for (const Group& group : problem.groups) {
    lines.push_back(fmt::format("{}: weight {}, norm {}, bucket weights {}", group.name, group.weight, group.norm,
                                fmt::join(group.bucket_weight, " ")));
  }
  if (problem.shed_cost) lines.push_back(fmt::format("unserved workload: {}", *problem.shed_cost));
  return lines;
}

PolicyInfo LearnedPricePolicy() {
  PolicyInfo info;
  info.name = kLearnedPrice;
  info.description = "dispatches at prices that a network says, from the loads so far and forecasts of the rest";
  info.parameters = {Parameter(ParameterKind::kPath, "file", "", "what `evenkeel train` wrote")};
  info.prediction_free = false;
  info.make = MakeLearnedPricePolicy;
  return info;
}

}  // namespace evenkeel
