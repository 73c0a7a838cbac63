// Own programs, as policy and as predictor.
#include "experiments/catalog/process.h"

#include "experiments/catalog/entries.h"
#include "experiments/catalog/make.h"
#include "experiments/catalog/releases.h"
#include "predictors/process/process_forecaster.h"
#include "predictors/process/process_policy.h"

namespace evenkeel {
namespace {

std::vector<ParameterInfo> ProgramParameters() {
  std::vector<ParameterInfo> parameters = {
      Parameter(ParameterKind::kText, "command", "", "what is started, as a shell takes it")};
  for (ParameterInfo& parameter : PatienceParameters()) parameters.push_back(std::move(parameter));
  return parameters;
}

ProgramOptions ProgramOf(const Arguments& arguments) {
  ProgramOptions options = ShellCommand(arguments.at("command").name);
  SetPatience(arguments, &options);
  return options;
}

std::unique_ptr<Policy> MakeProgramPolicy(const PolicyContext& context, const Arguments& arguments) {
  ProcessPolicyOptions options;
  options.program = ProgramOf(arguments);
  options.seed = context.seed;
  options.slot_hours = SlotHoursOf(context);
  options.history = SlotsArgument(arguments, "history", options.slot_hours);
  options.horizon = SlotsArgument(arguments, "horizon", options.slot_hours);
  History past;
  const bool looks_back = options.history > 0 || options.horizon > 0;
  if (looks_back && context.open_history) past.AppendAll(*context.open_history());
  std::unique_ptr<Forecaster> forecaster;
  if (options.horizon > 0)
    forecaster = ForecasterArgument(ForecastContextOf(context, past.num_slots()), arguments, "forecast");
  return MakeProcessPolicy(context.problem, options, std::move(forecaster), std::move(past));
}

}  // namespace

std::vector<ParameterInfo> PatienceParameters() {
  return {NumberParameter("timeout", "10", "seconds for an answer", 0.001, 1e6),
          NumberParameter("start", "60", "seconds until it is ready", 0.001, 1e6),
          IntegerParameter("restarts", "3", "times that it is started anew after it failed", 0, 1'000'000'000)};
}

void SetPatience(const Arguments& arguments, ProgramOptions* options) {
  options->timeout = NumberArgument(arguments, "timeout");
  options->start = NumberArgument(arguments, "start");
  options->restarts = IntegerArgument(arguments, "restarts");
}

Entry ProcessPolicyEntry() {
  Entry entry{"process", "an own program decides: docs/process.md", ProgramParameters(), MakeProgramPolicy};
  entry.parameters.push_back(SpanParameter("history", "0", "sent at the start: the last before the first slot", 0));
  entry.parameters.push_back(ReleaseParameter());
  entry.parameters.push_back(SpanParameter("horizon", "0", "forecasts sent with every slot; 0: none", 0));
  entry.parameters.push_back(
      Parameter(ParameterKind::kForecast, "forecast", "seasonal-naive(season=24h)", "what predicts them"));
  entry.asks_a_program = true;
  return entry;
}

Entry ProcessPredictorEntry() {
  Entry entry{"process", "an own program predicts: docs/process.md", ProgramParameters(),
              [](const ForecastContext& context, const Arguments& arguments) {
                ProcessForecasterOptions options;
                options.program = ProgramOf(arguments);
                if (context.trace) options.identity = *context.trace;
                return MakeProcessForecaster(options);
              }};
  entry.asks_a_program = true;
  return entry;
}

}  // namespace evenkeel
