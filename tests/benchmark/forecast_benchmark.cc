// What a forecast of all signals costs: ten regions, ten gateways, a year of hours seen, to the end of a month.
// Networks have random weights, which take as long as trained ones.
#include <benchmark/benchmark.h>

#include "experiments/catalog/catalog.h"
#include "models/base/error.h"
#include "models/generate/trace.h"
#include "predictors/learning/learned.h"
#include "predictors/learning/learned_inputs.h"

namespace evenkeel {
namespace {

constexpr int kSlots = 365 * 24, kHorizon = 744;

const Trace& Year() {
  static const Trace trace = [] {
    GeneratorOptions options;
    options.slots = kSlots;
    return GenerateTrace(options);
  }();
  return trace;
}

const History& Seen() {
  static const History history = [] {
    History all;
    all.AppendAll(*MakeSlotSource(Year()));
    return all;
  }();
  return history;
}

/// Forecasts after every slot of the last days, as a plan makes them.
void TimeForecasts(benchmark::State& state, Forecaster& forecaster) {
  constexpr int kFirst = kSlots - 10 * 24;
  int seen = kFirst;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Forecast(forecaster, HistoryView(Seen(), seen), kHorizon));
    seen = seen == kSlots ? kFirst : seen + 1;
  }
}

/// Of nine origins a week apart, at once: what a plan for eight scenarios asks for.
void TimeScenarios(benchmark::State& state, Forecaster& forecaster) {
  constexpr int kFirst = kSlots - 10 * 24;
  int seen = kFirst;
  for (auto _ : state) {
    std::vector<int> origins;
    for (int j = 0; j < 9; ++j) origins.push_back(seen - 7 * 24 * j);
    benchmark::DoNotOptimize(ForecastEach(forecaster, HistoryView(Seen(), seen), origins, kHorizon));
    seen = seen == kSlots ? kFirst : seen + 1;
  }
}

void BM_Predictor(benchmark::State& state, const char* spec) {
  ForecastContext context;
  context.trace = IdentityOf(Year().header.network, 1.0);
  TimeForecasts(state, *MakeForecaster(context, ParseSpec(spec)));
}

template <void (*time)(benchmark::State&, Forecaster&)>
void TimeNetwork(benchmark::State& state, const char* spec) {
  try {
    const NeuralSpec network = ParseNetwork(ParseSpec(spec));
    const TraceIdentity identity = IdentityOf(Year().header.network, 1.0);
    Checkpoint checkpoint;
    checkpoint.gateways = identity.gateways;
    checkpoint.regions = identity.regions;
    checkpoint.scales = Vector::Ones(Seen().columns().size());
    checkpoint.weights = MakeNeural(network, ShapeOf(Seen().columns(), 24), {})->SaveWeights();
    time(state, *MakeLearned(checkpoint, network, spec));
  } catch (const InputError& error) {  // a build without LibTorch
    state.SkipWithError(error.what());
  }
}

void BM_Network(benchmark::State& state, const char* spec) { TimeNetwork<TimeForecasts>(state, spec); }
void BM_Scenarios(benchmark::State& state, const char* spec) { TimeNetwork<TimeScenarios>(state, spec); }

BENCHMARK_CAPTURE(BM_Predictor, seasonal_naive, "seasonal-naive")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Predictor, hourly_mean, "hourly-mean")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Predictor, ridge, "ridge")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Network, dlinear, "dlinear")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Network, mlp, "mlp")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Network, tcn, "tcn")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Network, gru, "gru")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Network, patch, "patch")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Scenarios, dlinear, "dlinear")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Scenarios, mlp, "mlp")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Scenarios, tcn, "tcn")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Scenarios, gru, "gru")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Scenarios, patch, "patch")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace evenkeel
