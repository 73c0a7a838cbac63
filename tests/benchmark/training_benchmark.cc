// What training costs beyond reading the traces: an epoch of 1,024 samples in batches of 32, ten regions, ten gateways,
// two years of hours.
#include <benchmark/benchmark.h>

#include "experiments/catalog/catalog.h"
#include "models/base/error.h"
#include "models/generate/trace.h"
#include "predictors/learning/learned_inputs.h"
#include "predictors/learning/training.h"

namespace evenkeel {
namespace {

const History& TwoYears() {
  static const History history = [] {
    GeneratorOptions options;
    options.slots = 2 * 365 * 24;
    const Trace trace = GenerateTrace(options);
    History all;
    all.AppendAll(*MakeSlotSource(trace));
    return all;
  }();
  return history;
}

void BM_Epoch(benchmark::State& state, const char* spec) {
  try {
    const HistoryView view(TwoYears());
    const auto neural = MakeNeural(ParseNetwork(ParseSpec(spec)), ShapeOf(view.columns(), view.slots_per_day()), {});
    std::vector<int> origins, which;
    for (int n = kLongDays * 24; n + TargetSlots(24) <= view.num_slots(); ++n) origins.push_back(n);
    const auto data = neural->Keep(SeriesOf(view, TrainingScales(view), origins, true).series);
    for (int i = 0; i < static_cast<int>(origins.size()); ++i) which.push_back(i);
    TrainingOptions options;
    options.samples = 1024;
    int epoch = 0;
    for (auto _ : state) {
      const std::vector<int> order = EpochExamples(which, options, ++epoch);
      benchmark::DoNotOptimize(neural->TrainEpoch(*data, order, options.batch, {options.rate, options.decay}, {}));
    }
  } catch (const InputError& error) {  // a build without LibTorch
    state.SkipWithError(error.what());
  }
}

BENCHMARK_CAPTURE(BM_Epoch, dlinear, "dlinear")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Epoch, mlp, "mlp")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Epoch, tcn, "tcn")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Epoch, gru, "gru")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Epoch, patch_64, "patch(hidden=64)")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace evenkeel
