// The network of prices, and the policy that uses it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "experiments/catalog/entries.h"
#include "experiments/catalog/make.h"
#include "models/base/error.h"
#include "predictors/advice/learned_price.h"
#include "predictors/prices/inputs.h"

namespace evenkeel {
namespace {

std::vector<ParameterInfo> NetworkParameters() {
  return {
      IntegerParameter("hidden", "32", "width", 1, 1024),
      WordParameter("through", "the robustifier that it is trained through", {"none", "line"}),
      NumberParameter("rho", "0.05", "through=line: the margin over the expert", 0.0, 1e6),
      Parameter(ParameterKind::kPolicy, "expert", "norm-greedy(q=8)", "losses are relative to its objective"),
      Parameter(ParameterKind::kForecast, "forecast", "hourly-mean(days=7)", "of the rest of the period"),
      NumberParameter("temperature", "0.02",
                      "of the smoothed dispatch, in mean costs of a unit of workload at even prices", 0.0, 10.0, true),
      SpanParameter("slots", "730h", "a period that it is trained on", 1),
      SpanParameter("stride", "3d", "from one such period to the next", 1)};
}

PriceSpec PriceSpecOf(const Arguments& arguments) {
  PriceSpec result;
  result.network.hidden = IntegerArgument(arguments, "hidden");
  result.network.through_line = arguments.at("through").name == "line";
  result.network.rho = NumberArgument(arguments, "rho");
  result.slots = arguments.at("slots").name;
  result.stride = arguments.at("stride").name;
  result.temperature = NumberArgument(arguments, "temperature");
  result.expert = arguments.at("expert");
  result.forecast = arguments.at("forecast");
  if (IsClairvoyant(*arguments.registry, Kind::kPolicy, result.expert) ||
      IsClairvoyant(*arguments.registry, Kind::kPredictor, result.forecast))
    throw InputError("network \"{}\": its expert and its forecast may not look into the future", kLearnedPrice);
  // They stand in its file, which may come from anyone.
  if (RunsForeignCode(*arguments.registry, Kind::kPolicy, result.expert) ||
      RunsForeignCode(*arguments.registry, Kind::kPredictor, result.forecast))
    throw InputError("network \"{}\": its expert and its forecast may not run programs, such as torchscript or process",
                     kLearnedPrice);
  result.whole.name = kLearnedPrice;
  for (const ParameterInfo& parameter : NetworkParameters())
    result.whole.parameters.emplace_back(parameter.name, arguments.at(parameter.name));
  return result;
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

void CheckPriceHeader(const std::string& path, const Checkpoint& header) {
  if (header.training.epoch > 0)
    throw InputError("{}: a training that has not ended, expected the file that it was to write", path);
  if (!IsPriceNetwork(header))
    throw InputError("{}: a network of forecasts, {}, expected one of prices, {}", path, header.network, kLearnedPrice);
}

std::unique_ptr<Policy> MakeLearnedPricePolicy(const PolicyContext& context, const Arguments& arguments) {
  const std::string path = arguments.at("file").name;
  if (context.problem.num_classes() > 0)
    throw InputError(
        "policy \"{}\": it is for firm demand only, expected a trace without classes of work that can wait",
        kLearnedPrice);
  History past;
  if (context.open_history) past.AppendAll(*context.open_history());
  const ForecastContext forecast = ForecastContextOf(context, past.num_slots());
  PriceSpec spec;
  std::shared_ptr<PriceNetwork> network;
  const Checkpoint checkpoint = ReadCheckpoint(path, [&](const Checkpoint& header) {
    CheckPriceHeader(path, header);
    CheckSameSignals(header, *forecast.trace, path);
    CheckObjective(path, header.objective, ObjectiveLines(context.problem));
    spec = MakePriceSpec(*arguments.registry, ParseSpec(header.network));
    network = MakePriceNetwork(spec.network, PriceShapeOf(context.problem), {});
    return OutlineOf(*network);
  });
  try {
    network->LoadWeights(checkpoint.weights);
  } catch (const InputError& error) {
    throw InputError("{}: {}", path, error.what());
  }
  return MakeLearnedPrice(context.problem, std::move(network),
                          MakeForecaster(*arguments.registry, forecast, spec.forecast), std::move(past), path);
}

}  // namespace

PriceTrainingOptions PriceTrainingOf(const PriceSpec& spec, double slot_hours) {
  const auto slots = [slot_hours](const char* name, const std::string& text) {
    return SlotsOf(fmt::format("{}: {}", kLearnedPrice, name), text, slot_hours, 1);
  };
  return {slots("slots", spec.slots), slots("stride", spec.stride), spec.temperature};
}

Entry PriceNetworkEntry() {
  return {kLearnedPrice, "prices rather than forecasts: a perceptron shared by all buckets, trained on J",
          NetworkParameters(), PriceSpecOf};
}

Entry LearnedPriceEntry() {
  return {kLearnedPrice,
          "dispatches at prices that a network says, from the loads so far and forecasts of the rest",
          {Parameter(ParameterKind::kPath, "file", "", "what `evenkeel train` wrote")},
          MakeLearnedPricePolicy};
}

}  // namespace evenkeel
