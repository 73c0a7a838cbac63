#include "experiments/catalog/forecast.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "experiments/catalog/check.h"
#include "experiments/catalog/networks.h"
#include "experiments/catalog/prices.h"
#include "experiments/program/scenario_options.h"
#include "experiments/train/options.h"
#include "models/base/error.h"
#include "models/base/suggest.h"
#include "predictors/advice/chosen_plan.h"
#include "predictors/forecast/average.h"
#include "predictors/forecast/naive.h"
#include "predictors/forecast/noisy.h"
#include "predictors/forecast/ridge.h"
#include "predictors/learning/script.h"

namespace evenkeel {
namespace {

int IntegerArgument(const PolicyArguments& arguments, const std::string& name) {
  return static_cast<int>(NumberArgument(arguments, name));
}

std::unique_ptr<Forecaster> MakePerfectForecaster(const ForecastContext& context, const PolicyArguments&) {
  if (!context.open_future) throw InputError("predictor 'perfect' knows the future, and may not here");
  return MakePerfect(context.open_future(), context.slots_before);
}

std::unique_ptr<Forecaster> MakeRidgeForecaster(const ForecastContext&, const PolicyArguments& arguments) {
  RidgeOptions options;
  options.days = IntegerArgument(arguments, "days");
  options.refit = IntegerArgument(arguments, "refit");
  options.penalty = NumberArgument(arguments, "penalty");
  return MakeRidge(options);
}

std::unique_ptr<Forecaster> MakeNoisyForecaster(const ForecastContext& context, const PolicyArguments& arguments) {
  return MakeNoisy(MakeForecaster(context, arguments.at("of")), MakeSignalError(arguments.at("kind").name, arguments));
}

std::vector<ParameterInfo> NoisyParameters() {
  ParameterInfo kind = Parameter(ParameterKind::kWord, "kind", "gaussian", "of error");
  kind.words.assign(std::begin(kErrorKindNames), std::end(kErrorKindNames));
  std::vector<ParameterInfo> parameters = {
      Parameter(ParameterKind::kForecast, "of", "seasonal-naive(season=24)", "what predicts"), kind};
  for (ParameterInfo& parameter : ErrorParameters()) parameters.push_back(std::move(parameter));
  parameters.push_back(Parameter(ParameterKind::kNumber, "growth", "0",
                                 "growth of the level from step to step ahead, in levels; not for lag, swap and stale",
                                 0.0, 1e4));
  return parameters;
}

std::unique_ptr<Forecaster> MakeLearnedForecaster(const ForecastContext& context, const PolicyArguments& arguments) {
  const std::string path = arguments.at("file").name;
  const Checkpoint checkpoint = ReadCheckpoint(path);
  if (checkpoint.training.epoch > 0)
    throw InputError("{}: a training that has not ended, expected the file that it was to write", path);
  if (IsPriceNetwork(checkpoint))
    throw InputError("{}: a network of prices, expected one of forecasts; it serves {}(file=..)", path, kLearnedPrice);
  if (context.trace) CheckFits(checkpoint, *context.trace, path);
  const NeuralSpec network = ParseNetwork(ParseSpec(checkpoint.network));
  if (!context.retrain) return MakeLearned(checkpoint, network, path);
  const TrainingSetup setup = ParseTraining(checkpoint.options, path);
  return MakeRetrained(checkpoint, network, path, {*context.retrain, setup.options, setup.runtime});
}

std::unique_ptr<Forecaster> MakeAverageForecaster(const ForecastContext& context, const PolicyArguments& arguments) {
  return MakeAverage(MakeForecaster(context, arguments.at("first")), MakeForecaster(context, arguments.at("second")));
}

ParameterInfo FileParameter(std::string description) {
  return Parameter(ParameterKind::kPath, "file", "", std::move(description));
}

std::vector<ForecasterInfo> MakeForecastCatalog() {
  const auto integer = ParameterKind::kInteger;
  return {
      {"persistence",
       "the last value goes on",
       {},
       [](const ForecastContext&, const PolicyArguments&) { return MakePersistence(); }},
      {"seasonal-naive",
       "the last season repeats",
       {Parameter(integer, "season", "24", "slots of a season", 1, 8784)},
       [](const ForecastContext&, const PolicyArguments& arguments) {
         return MakeSeasonalNaive(IntegerArgument(arguments, "season"));
       }},
      {"hourly-mean",
       "each time of day as on average over the last days",
       {Parameter(integer, "days", "7", "days that are averaged", 1, 366)},
       [](const ForecastContext&, const PolicyArguments& arguments) {
         return MakeHourlyMean(IntegerArgument(arguments, "days"));
       }},
      {"ridge",
       "linear in the last values, yesterday, last week and the calendar; fades into the hourly mean after a day",
       {Parameter(integer, "days", "56", "days that it is fitted on", 10, 3660),
        Parameter(integer, "refit", "168", "slots between two fits", 1, 8784),
        Parameter(ParameterKind::kNumber, "penalty", "100", "on squared weights at unit deviation", 0.0, 1e9)},
       MakeRidgeForecaster},
      {"noisy", "another predictor with an error in its forecasts", NoisyParameters(), MakeNoisyForecaster},
      {"learned",
       "a network that `evenkeel train` has trained",
       {FileParameter("what it wrote")},
       MakeLearnedForecaster},
      {"torchscript",
       "a TorchScript module, for example made in Python; fades into the hourly mean behind its steps",
       {FileParameter("the module"), Parameter(integer, "window", "168", "slots that it sees", 1, 87840)},
       [](const ForecastContext&, const PolicyArguments& arguments) {
         return MakeScript(arguments.at("file").name, IntegerArgument(arguments, "window"));
       }},
      {"average",
       "the mean of two predictors",
       {Parameter(ParameterKind::kForecast, "first", "hourly-mean(days=7)", "one"),
        Parameter(ParameterKind::kForecast, "second", "ridge", "the other")},
       MakeAverageForecaster},
      {"perfect", "the truth: for experiments", {}, MakePerfectForecaster, true},
  };
}

const ForecasterInfo& FindForecaster(const Spec& spec) {
  const std::vector<ForecasterInfo>& catalog = ForecastCatalog();
  const auto found =
      std::find_if(catalog.begin(), catalog.end(), [&](const ForecasterInfo& info) { return info.name == spec.name; });
  if (found != catalog.end()) return *found;
  std::vector<std::string> known;
  for (const ForecasterInfo& info : catalog) known.push_back(info.name);
  throw InputError("unknown predictor \"{}\"{} (known: {})", spec.name, DidYouMean(spec.name, known),
                   fmt::join(known, ", "));
}

std::unique_ptr<Policy> MakePlan(const PolicyContext& context, const PolicyArguments& arguments) {
  History past;
  if (context.open_history) past.AppendAll(*context.open_history());
  const double slot_hours = past.num_slots() < 2 ? 0.0 : static_cast<double>(HistoryView(past).step()) / 3600.0;
  const ForecastContext forecast{context.open_future, past.num_slots(),
                                 IdentityOf(context.problem.network, slot_hours)};
  PlanOptions options;
  options.every = IntegerArgument(arguments, "every");
  options.horizon = IntegerArgument(arguments, "horizon");
  options.merge_after = IntegerArgument(arguments, "merge_after");
  options.scenarios = IntegerArgument(arguments, "scenarios");
  options.spread = NumberArgument(arguments, "spread");
  options.own_flows = arguments.at("play").name == "flows";
  options.blend.first = NumberArgument(arguments, "blend");
  options.blend.last = NumberArgument(arguments, "blend_end");
  options.blend.exponent = NumberArgument(arguments, "blend_q");
  options.blend.prime = NumberArgument(arguments, "prime");
  std::unique_ptr<Forecaster> forecaster = MakeForecaster(forecast, arguments.at("forecast"));
  ChoiceOptions choice;
  choice.days = IntegerArgument(arguments, "choose");
  if (choice.days == 0) return MakePlanAdvice(context.problem, std::move(forecaster), std::move(past), options);
  return MakeChosenPlan(context.problem, std::move(forecaster), std::move(past), PlanCandidates(options), choice);
}

}  // namespace

const std::vector<ForecasterInfo>& ForecastCatalog() {
  static const std::vector<ForecasterInfo> catalog = MakeForecastCatalog();
  return catalog;
}

PolicyArguments CheckForecastSpec(const Spec& spec) {
  PolicyArguments arguments = CheckParameters("predictor", FindForecaster(spec).parameters, spec);
  // What a range cannot say: levels that only some kinds of error have.
  if (spec.name == "noisy") MakeSignalError(arguments.at("kind").name, arguments);
  return arguments;
}

std::unique_ptr<Forecaster> MakeForecaster(const ForecastContext& context, const Spec& spec) {
  const ForecasterInfo& info = FindForecaster(spec);
  return info.make(context, CheckParameters("predictor", info.parameters, spec));
}

std::vector<std::string> FilesOfForecast(const Spec& spec) {
  std::vector<std::string> files;
  for (const ParameterInfo& parameter : FindForecaster(spec).parameters) {
    for (const auto& [name, value] : spec.parameters) {
      if (name != parameter.name) continue;
      if (parameter.kind == ParameterKind::kPath) files.push_back(value.name);
      if (parameter.kind != ParameterKind::kForecast) continue;
      for (std::string& file : FilesOfForecast(value)) files.push_back(std::move(file));
    }
  }
  return files;
}

std::vector<std::string> NetworksOfForecast(const Spec& spec) {
  const PolicyArguments arguments = CheckForecastSpec(spec);
  if (spec.name == "learned") return {arguments.at("file").name};
  std::vector<std::string> files;
  for (const ParameterInfo& parameter : FindForecaster(spec).parameters) {
    if (parameter.kind != ParameterKind::kForecast) continue;
    for (std::string& file : NetworksOfForecast(arguments.at(parameter.name))) files.push_back(std::move(file));
  }
  return files;
}

bool IsClairvoyantForecast(const Spec& spec) {
  const ForecasterInfo& info = FindForecaster(spec);
  const PolicyArguments arguments = CheckParameters("predictor", info.parameters, spec);
  return info.clairvoyant ||
         std::any_of(info.parameters.begin(), info.parameters.end(), [&](const ParameterInfo& parameter) {
           return parameter.kind == ParameterKind::kForecast && IsClairvoyantForecast(arguments.at(parameter.name));
         });
}

std::string ForecastCatalogText() {
  std::string text = "Predictors (* looks into the future: for experiments):\n";
  for (const ForecasterInfo& info : ForecastCatalog())
    text += EntryText(info.name + (info.clairvoyant ? " *" : ""), info.description, info.parameters);
  return text;
}

PolicyInfo PlanPolicy() {
  ParameterInfo play =
      Parameter(ParameterKind::kWord, "play", "prices", "in the slot in which a plan is made; flows: the plan's own");
  play.words = {"prices", "flows"};
  PolicyInfo info;
  info.name = "plan";
  info.description = "solves the rest of the period on forecasts, from the loads so far, and dispatches at its prices";
  info.parameters = {
      Parameter(ParameterKind::kForecast, "forecast", "seasonal-naive(season=24)", "what predicts"),
      Parameter(ParameterKind::kInteger, "every", "24", "slots between two plans", 1, 8784),
      Parameter(ParameterKind::kInteger, "horizon", "0",
                "steps taken from the predictor, fading into the hourly mean of 7 days behind; 0: all", 0, 8784),
      Parameter(ParameterKind::kInteger, "merge_after", "0",
                "slots planned one by one; behind them slots of the same time of day are merged; 0: all one by one, or "
                "with scenarios those of two days",
                0, 8784),
      Parameter(ParameterKind::kInteger, "scenarios", "0",
                "futures planned for: the forecast with the predictor's own errors from 7 days apart; 0: the forecast",
                0, 52),
      Parameter(ParameterKind::kNumber, "spread", "1.5", "of those errors, as a factor", 0.0, 10.0),
      Parameter(ParameterKind::kNumber, "blend", "0",
                "share of prices that lean on the loads, as norm-greedy's do, in the first slot", 0.0, 1.0),
      Parameter(ParameterKind::kNumber, "blend_end", "0", "and in the last; in between a straight line", 0.0, 1.0),
      Parameter(ParameterKind::kNumber, "blend_q", "24", "exponent of those prices", 1.0, 64.0),
      Parameter(ParameterKind::kNumber, "prime", "2",
                "their loads of the period before that count at the start, fading to none", 0.0, 100.0),
      Parameter(ParameterKind::kInteger, "choose", "0",
                "days before the period that are replayed to choose scenarios or none and the blend; 0: as given", 0,
                366),
      play};
  info.prediction_free = false;
  info.make = MakePlan;
  return info;
}

}  // namespace evenkeel
