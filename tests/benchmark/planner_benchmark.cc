// The optimum of a whole period on generated traces (seed 1): ours, without the certificate's check, beside CLP's
// barrier method, and re-planning from every slot. Arguments: regions (= gateways), slots, reach in percent (100
// gathers the gateways at one), threads.
#include <benchmark/benchmark.h>

#include "engine/planner/interior_point.h"
#include "engine/planner/period_data.h"
#include "models/generate/trace.h"
#include "models/slots/work_share.h"
#include "tests/reference/clp_period.h"

namespace evenkeel {
namespace {

struct PlannerCase {
  Trace trace;
  Problem problem;
};

/// A tenth of the demand each as work that may go everywhere and wait 6, 24 and 72 hours.
void AddClasses(int count, Trace* trace) {
  const double deadlines[] = {6.0, 24.0, 72.0};
  for (int k = 0; k < count; ++k) MakeWorkOf({0.1, deadlines[k % 3], 0.0}, trace);
}

PlannerCase MakeCase(const GeneratorOptions& options, int classes) {
  PlannerCase instance;
  instance.trace = GenerateTrace(options);
  AddClasses(classes, &instance.trace);
  instance.problem =
      MakeProblem(instance.trace.header.network, PublishedObjective(), options.slots, TotalDemand(instance.trace));
  return instance;
}

PlannerCase MakeCase(const benchmark::State& state, int classes = 0) {
  GeneratorOptions options;
  options.regions = options.gateways = static_cast<int>(state.range(0));
  options.slots = static_cast<int>(state.range(1));
  options.reach = 0.01 * static_cast<double>(state.range(2));
  return MakeCase(options, classes);
}

void Plan(const PlannerCase& instance, benchmark::State& state) {
  const auto slots = MakeSlotSource(instance.trace);
  InteriorPointOptions options;
  options.threads = static_cast<int>(state.range(3));
  InteriorPointResult result;
  for (auto _ : state) {
    const PeriodData data = AssemblePeriod(instance.problem, *slots, 0, ZeroPrices(instance.problem));
    result = SolveInteriorPoint(data, options);
  }
  state.counters["iterations"] = result.iterations;
  state.counters["gap"] = result.gap;
}

void BM_Planner(benchmark::State& state) { Plan(MakeCase(state), state); }
BENCHMARK(BM_Planner)
    ->ArgNames({"size", "slots", "reach", "threads"})
    ->Args({10, 457, 100, 1})
    ->Args({10, 457, 50, 1})
    ->Args({10, 457, 50, 2})
    ->Args({10, 8760, 50, 1})
    ->Args({10, 8760, 50, 2})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Five times as many regions as gateways.
void BM_SparsePlanner(benchmark::State& state) {
  GeneratorOptions options;
  options.regions = static_cast<int>(state.range(0));
  options.gateways = options.regions / 5;
  options.slots = static_cast<int>(state.range(1));
  options.reach = 0.01 * static_cast<double>(state.range(2));
  Plan(MakeCase(options, 0), state);
}
BENCHMARK(BM_SparsePlanner)
    ->ArgNames({"regions", "slots", "reach", "threads"})
    ->Args({200, 48, 8, 1})
    ->Args({1000, 24, 5, 1})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// A month in which some work can wait.
void BM_PlannerWithWork(benchmark::State& state) {
  const PlannerCase instance = MakeCase(state, static_cast<int>(state.range(3)));
  const auto slots = MakeSlotSource(instance.trace);
  const Vector none_done = Vector::Zero(instance.problem.num_classes());
  InteriorPointResult result;
  for (auto _ : state) {
    const PeriodData data = AssemblePeriod(instance.problem, *slots, 0, ZeroPrices(instance.problem), none_done);
    result = SolveInteriorPoint(data, {});
  }
  state.counters["iterations"] = result.iterations;
  state.counters["gap"] = result.gap;
}
BENCHMARK(BM_PlannerWithWork)
    ->ArgNames({"size", "slots", "reach", "classes"})
    ->Args({10, 730, 50, 0})
    ->Args({10, 730, 50, 1})
    ->Args({10, 730, 50, 3})
    ->Args({10, 730, 90, 0})
    ->Args({10, 730, 90, 3})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// The rest of the period from every slot on, one plan after the other.
void BM_Replan(benchmark::State& state) {
  const PlannerCase instance = MakeCase(state);
  const auto slots = MakeSlotSource(instance.trace);
  double worst = 0.0;
  for (auto _ : state) {
    for (int first = 0; first < slots->num_slots(); ++first) {
      const PeriodData data = AssemblePeriod(instance.problem, *slots, first, ZeroPrices(instance.problem));
      worst = std::max(worst, SolveInteriorPoint(data, {}).gap);
    }
  }
  state.counters["worst_gap"] = worst;
}
BENCHMARK(BM_Replan)
    ->ArgNames({"size", "slots", "reach"})
    ->Args({10, 457, 100})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

void BM_Clp(benchmark::State& state) {
  const PlannerCase instance = MakeCase(state);
  const auto slots = MakeSlotSource(instance.trace);
  const auto method = static_cast<ClpMethod>(state.range(3));
  for (auto _ : state) benchmark::DoNotOptimize(SolvePeriodWithClp(instance.problem, *slots, method));
}
BENCHMARK(BM_Clp)
    ->ArgNames({"size", "slots", "reach", "barrier"})
    ->Args({10, 100, 50, 0})
    ->Args({10, 457, 50, 0})
    ->Args({10, 457, 50, 1})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace evenkeel
