// One slot of an online policy, on the generated trace (seed 1). Arguments: regions (= gateways).
#include <benchmark/benchmark.h>

#include <functional>

#include "engine/policies/constant_price.h"
#include "engine/policies/dual_mirror_descent.h"
#include "engine/policies/greedy.h"
#include "engine/simulate.h"
#include "models/generate/trace.h"

namespace evenkeel {
namespace {

using Maker = std::function<std::unique_ptr<Policy>(const Problem&)>;

/// Time per slot of whole runs over 240 slots, reading from memory and settling included.
void RunPolicy(benchmark::State& state, const Maker& make) {
  GeneratorOptions options;
  options.regions = options.gateways = static_cast<int>(state.range(0));
  options.slots = 240;
  const Trace trace = GenerateTrace(options);
  const Problem problem = MakeProblem(trace.header.network, PublishedObjective(), options.slots, TotalDemand(trace));
  const auto slots = MakeSlotSource(trace);
  for (auto _ : state) {
    const std::unique_ptr<Policy> policy = make(problem);
    benchmark::DoNotOptimize(Simulate(problem, *slots, *slots, *policy, {}));
  }
  state.counters["per_slot"] = benchmark::Counter(
      static_cast<double>(options.slots), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void BM_Cost(benchmark::State& state) {
  RunPolicy(state, [](const Problem& problem) {
    ConstantPriceOptions options;
    options.prices = ZeroPrices(problem);
    return MakeConstantPrice(problem, options);
  });
}
BENCHMARK(BM_Cost)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

void BM_DualMirrorDescent(benchmark::State& state) {
  RunPolicy(state, [](const Problem& problem) { return MakeDualMirrorDescent(problem, {}); });
}
BENCHMARK(BM_DualMirrorDescent)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

void BM_NormGreedy(benchmark::State& state) {
  RunPolicy(state, [](const Problem& problem) { return MakeNormGreedy(problem, {}); });
}
BENCHMARK(BM_NormGreedy)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

void BM_PowerGreedy(benchmark::State& state) {
  RunPolicy(state, [](const Problem& problem) { return MakePowerGreedy(problem, {}); });
}
BENCHMARK(BM_PowerGreedy)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace evenkeel
