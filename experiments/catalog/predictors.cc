// Predictors.
#include "experiments/catalog/entries.h"
#include "experiments/catalog/errors.h"
#include "experiments/catalog/make.h"
#include "experiments/catalog/process.h"
#include "experiments/catalog/training_setup.h"
#include "models/base/error.h"
#include "predictors/forecast/average.h"
#include "predictors/forecast/naive.h"
#include "predictors/forecast/noisy.h"
#include "predictors/forecast/ridge.h"
#include "predictors/learning/script.h"
#include "predictors/process/module_forecaster.h"

namespace evenkeel {
namespace {

ParameterInfo ForecastParameter(std::string name, std::string default_value, std::string description) {
  return Parameter(ParameterKind::kForecast, std::move(name), std::move(default_value), std::move(description));
}

ParameterInfo FileParameter(std::string description) {
  return Parameter(ParameterKind::kPath, "file", "", std::move(description));
}

std::unique_ptr<Forecaster> MakePerfectForecaster(const ForecastContext& context, const Arguments&) {
  if (!context.open_future) throw InputError("predictor 'perfect' knows the future, and may not here");
  return MakePerfect(context.open_future(), context.slots_before);
}

std::unique_ptr<Forecaster> MakeRidgeForecaster(const ForecastContext& context, const Arguments& arguments) {
  RidgeOptions options;
  options.days = IntegerArgument(arguments, "days");
  options.refit = SlotsArgument(arguments, "refit", SlotHoursOf(context));
  options.penalty = NumberArgument(arguments, "penalty");
  return MakeRidge(options);
}

SignalError NoiseOf(const Arguments& arguments) { return MakeSignalError(arguments.at("kind").name, arguments); }

std::unique_ptr<Forecaster> MakeNoisyForecaster(const ForecastContext& context, const Arguments& arguments) {
  return MakeNoisy(ForecasterArgument(context, arguments, "of"), NoiseOf(arguments));
}

Entry NoisyEntry() {
  std::vector<ParameterInfo> parameters = {
      ForecastParameter("of", "seasonal-naive(season=24h)", "what predicts"),
      WordParameter("kind", "of error", {std::begin(kErrorKindNames), std::end(kErrorKindNames)})};
  for (ParameterInfo& parameter : ErrorParameters()) parameters.push_back(std::move(parameter));
  parameters.push_back(NumberParameter(
      "growth", "0", "growth of the level from step to step ahead, in levels; not for lag, swap and stale", 0.0, 1e4));
  Entry entry{"noisy", "another predictor with an error in its forecasts", std::move(parameters), MakeNoisyForecaster};
  entry.check = [](const Arguments& arguments) { NoiseOf(arguments); };  // levels that only some kinds have
  return entry;
}

std::unique_ptr<Forecaster> MakeLearnedForecaster(const ForecastContext& context, const Arguments& arguments) {
  const std::string path = arguments.at("file").name;
  NeuralSpec network;
  const Checkpoint checkpoint = ReadCheckpoint(path, [&](const Checkpoint& header) {
    if (header.training.epoch > 0)
      throw InputError("{}: a training that has not ended, expected the file that it was to write", path);
    if (IsPriceNetwork(header))
      throw InputError("{}: a network of prices, expected one of forecasts; it serves {}(file=..)", path,
                       kLearnedPrice);
    CheckFits(header, context.trace.value_or(IdentityOf(header)), path);
    network = MakeNeuralSpec(*arguments.registry, ParseSpec(header.network));
    return OutlineOf(*MakeNeural(network, ShapeOf(header), NeuralRuntime()));
  });
  if (!context.retrain) return MakeLearned(checkpoint, network, path);
  const TrainingSetup setup = ParseTraining(checkpoint.options, path);
  return MakeRetrained(checkpoint, network, path, {*context.retrain, setup.options, setup.runtime});
}

std::unique_ptr<Forecaster> MakeTorchScript(const ForecastContext& context, const Arguments& arguments) {
  const std::string path = arguments.at("file").name;
  CheckNoCheckpoint(path);
  const int window = SlotsArgument(arguments, "window", SlotHoursOf(context));
  if (context.trust_modules) return MakeTrustedScript(path, window);
  ProgramOptions patience;
  SetPatience(arguments, &patience);
  return MakeModuleForecaster(path, window, context.trace.value_or(TraceIdentity{{}, {}, 0.0}), std::move(patience));
}

std::unique_ptr<Forecaster> MakeAverageForecaster(const ForecastContext& context, const Arguments& arguments) {
  return MakeAverage(ForecasterArgument(context, arguments, "first"), ForecasterArgument(context, arguments, "second"));
}

Entry PerfectEntry() {
  Entry entry{"perfect", "the truth: for experiments", {}, MakePerfectForecaster};
  entry.clairvoyant = true;
  return entry;
}

Entry TorchScriptEntry() {
  Entry entry{"torchscript",
              "a TorchScript module, for example made in Python; fades into the hourly mean behind its steps",
              {FileParameter("the module"), SpanParameter("window", "7d", "what it sees", 1)},
              MakeTorchScript};
  for (ParameterInfo& parameter : PatienceParameters()) entry.parameters.push_back(std::move(parameter));
  entry.foreign_code = true;
  return entry;
}

}  // namespace

std::vector<Entry> PredictorEntries() {
  return {
      {"persistence",
       "the last value goes on",
       {},
       [](const ForecastContext&, const Arguments&) { return MakePersistence(); }},
      {"seasonal-naive",
       "the last season repeats",
       {SpanParameter("season", "24h", "a season", 1)},
       [](const ForecastContext& context, const Arguments& arguments) {
         return MakeSeasonalNaive(SlotsArgument(arguments, "season", SlotHoursOf(context)));
       }},
      {"hourly-mean",
       "each time of day as on average over the last days",
       {IntegerParameter("days", "7", "days that are averaged", 1, 366)},
       [](const ForecastContext&, const Arguments& arguments) {
         return MakeHourlyMean(IntegerArgument(arguments, "days"));
       }},
      {"ridge",
       "linear in the last values, yesterday, last week and the calendar; fades into the hourly mean after a day",
       {IntegerParameter("days", "56", "days that it is fitted on", 10, 3660),
        SpanParameter("refit", "7d", "from a fit to the next", 1),
        NumberParameter("penalty", "100", "on squared weights at unit deviation", 0.0, 1e9)},
       MakeRidgeForecaster},
      NoisyEntry(),
      {"learned",
       "a network that `evenkeel train` has trained",
       {FileParameter("what it wrote")},
       MakeLearnedForecaster},
      TorchScriptEntry(),
      {"average",
       "the mean of two predictors",
       {ForecastParameter("first", "hourly-mean(days=7)", "one"), ForecastParameter("second", "ridge", "the other")},
       MakeAverageForecaster},
      PerfectEntry(),
  };
}

}  // namespace evenkeel
