// The optimum of a whole period on generated traces (seed 1): ours, without the certificate's check, and CLP's dual
// simplex. Arguments: regions
// (= gateways), slots, reach in percent (100 gathers the gateways at one).
#include <benchmark/benchmark.h>

#include "engine/interior_point.h"
#include "engine/period_data.h"
#include "models/generate.h"
#include "tests/reference/clp_period.h"

namespace evenkeel {
namespace {

struct PlannerCase {
  Trace trace;
  Problem problem;
};

PlannerCase MakeCase(const benchmark::State& state) {
  GeneratorOptions options;
  options.regions = options.gateways = static_cast<int>(state.range(0));
  options.slots = static_cast<int>(state.range(1));
  options.reach = 0.01 * static_cast<double>(state.range(2));
  PlannerCase instance;
  instance.trace = GenerateTrace(options);
  instance.problem =
      MakeProblem(instance.trace.header.network, PublishedObjective(), options.slots, TotalDemand(instance.trace));
  return instance;
}

void BM_Planner(benchmark::State& state) {
  const PlannerCase instance = MakeCase(state);
  const auto slots = MakeSlotSource(instance.trace);
  InteriorPointResult result;
  for (auto _ : state) {
    const PeriodData data = AssemblePeriod(instance.problem, *slots, 0, ZeroPrices(instance.problem));
    result = SolveInteriorPoint(data, {});
  }
  state.counters["iterations"] = result.iterations;
  state.counters["gap"] = result.gap;
}
BENCHMARK(BM_Planner)
    ->ArgNames({"size", "slots", "reach"})
    ->Args({10, 457, 100})
    ->Args({10, 457, 50})
    
    ->Args({10, 8760, 50})
    ->Unit(benchmark::kMillisecond);

void BM_Clp(benchmark::State& state) {
  const PlannerCase instance = MakeCase(state);
  const auto slots = MakeSlotSource(instance.trace);
  for (auto _ : state) benchmark::DoNotOptimize(SolvePeriodWithClp(instance.problem, *slots));
}
BENCHMARK(BM_Clp)->ArgNames({"size", "slots", "reach"})->Args({10, 100, 50})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace evenkeel
