// One slot of an online policy, on the generated trace (seed 1). Arguments: regions (= gateways), reach in percent.
#include <benchmark/benchmark.h>

#include <functional>

#include "engine/policies/constant_price.h"
#include "engine/policies/dual_mirror_descent.h"
#include "engine/policies/greedy.h"
#include "engine/policies/nearest.h"
#include "engine/simulate.h"
#include "models/generate/trace.h"

namespace evenkeel {
namespace {

using Maker = std::function<std::unique_ptr<Policy>(const Problem&)>;

/// Time per slot of whole runs over 240 slots, or 24 of 1,000 regions, reading from memory and settling included.
void RunPolicy(benchmark::State& state, const Maker& make) {
  GeneratorOptions options;
  options.regions = options.gateways = static_cast<int>(state.range(0));
  options.slots = options.regions > 300 ? 24 : 240;
  options.reach = 0.01 * static_cast<double>(state.range(1));
  const Trace trace = GenerateTrace(options);
  const Problem problem = MakeProblem(trace.header.network, PublishedObjective(), options.slots, TotalDemand(trace));
  const auto slots = MakeSlotSource(trace);
  PolicyReport report;
  for (auto _ : state) {
    const std::unique_ptr<Policy> policy = make(problem);
    benchmark::DoNotOptimize(Simulate(problem, *slots, *slots, *policy, {}));
    report = policy->Report();
  }
  state.counters["worst_gap"] = report.worst_slot_gap;
  state.counters["per_slot"] = benchmark::Counter(
      static_cast<double>(options.slots), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"size", "reach"})->Unit(benchmark::kMillisecond);
  for (const int size : {10, 30, 100, 300}) benchmark->Args({size, 100});
  for (const int size : {100, 300, 1000}) benchmark->Args({size, 5});
}

void BM_Cost(benchmark::State& state) {
  RunPolicy(state, [](const Problem& problem) {
    ConstantPriceOptions options;
    options.prices = ZeroPrices(problem);
    return MakeConstantPrice(problem, options);
  });
}
BENCHMARK(BM_Cost)->Apply(Sizes);

void BM_FullWeights(benchmark::State& state) {  // l1-greedy
  RunPolicy(state, [](const Problem& problem) {
    ConstantPriceOptions options;
    options.prices = ZeroPrices(problem);
    for (int k = 0; k < problem.num_groups(); ++k) options.prices[k].setConstant(problem.groups[k].weight);
    return MakeConstantPrice(problem, options);
  });
}
BENCHMARK(BM_FullWeights)->Apply(Sizes);

void BM_Nearest(benchmark::State& state) {
  RunPolicy(state, [](const Problem& problem) { return MakeNearest(problem); });
}
BENCHMARK(BM_Nearest)->Apply(Sizes);

void BM_DualMirrorDescent(benchmark::State& state) {
  RunPolicy(state, [](const Problem& problem) { return MakeDualMirrorDescent(problem, {}); });
}
BENCHMARK(BM_DualMirrorDescent)->Apply(Sizes);

void BM_NormGreedy(benchmark::State& state) {
  RunPolicy(state, [](const Problem& problem) { return MakeNormGreedy(problem, {}); });
}
BENCHMARK(BM_NormGreedy)->Apply(Sizes);

void BM_PowerGreedy(benchmark::State& state) {
  RunPolicy(state, [](const Problem& problem) { return MakePowerGreedy(problem, {}); });
}
BENCHMARK(BM_PowerGreedy)->Apply(Sizes);

}  // namespace
}  // namespace evenkeel
