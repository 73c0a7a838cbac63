// One slot's dispatch at prices. Arguments: regions (= gateways), reach in percent, whether arcs have a network cost of
// their own (without, costs differ by region only, as in the published case).
#include <benchmark/benchmark.h>

#include <random>

#include "engine/dispatch/dispatch.h"
#include "engine/dispatch/smooth_dispatch.h"
#include "tests/reference/lemon_slot.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

struct DispatchCase {
  Problem problem;
  std::vector<Slot> slots;
  std::vector<Vector> costs;
};

/// 64 slots at 65 % of capacity on average, every gateway within what its neighbourhood can serve.
DispatchCase MakeCase(int size, double reach, bool network_cost) {
  std::mt19937_64 random(1);
  std::vector<Region> regions(size);
  std::vector<Gateway> gateways(size);
  for (int i = 0; i < size; ++i) regions[i].name = gateways[i].name = std::to_string(i);
  Network network = MakeFullNetwork(regions, gateways);
  for (int j = 0; j < size; ++j) {
    for (int i = 0; i < size; ++i) network.reachable(j, i) = i == j || Draw(&random, 0.0, 1.0) < reach;
  }
  DispatchCase out;
  out.problem = MakeProblem(network, PublishedObjective(), 64, Vector::Ones(size));
  for (int t = 0; t < 64; ++t) {
    Slot slot;
    slot.demand.resize(size);
    slot.capacity = Vector::Ones(size);
    for (double& demand : slot.demand) demand = Draw(&random, 0.4, 0.9);
    Vector region_cost(size), cost(out.problem.num_arcs());
    for (double& one : region_cost) one = Draw(&random, 20.0, 200.0);
    for (int a = 0; a < out.problem.num_arcs(); ++a) {
      cost[a] = region_cost[out.problem.arcs.arcs[a].region] + (network_cost ? Draw(&random, 0.0, 40.0) : 0.0);
    }
    out.slots.push_back(std::move(slot));
    out.costs.push_back(std::move(cost));
  }
  return out;
}

void BM_Dispatch(benchmark::State& state) {
  const DispatchCase instance =
      MakeCase(static_cast<int>(state.range(0)), 0.01 * static_cast<double>(state.range(1)), state.range(2) != 0);
  Dispatcher dispatcher(instance.problem);
  Allocation allocation = MakeAllocation(instance.problem);
  std::size_t t = 0;
  long pivots = 0;
  for (auto _ : state) {
    const DispatchResult result = dispatcher.Solve(instance.costs[t], instance.slots[t], &allocation);
    if (result.status != DispatchStatus::kOptimal) state.SkipWithError("not optimal");
    pivots += result.pivots;
    t = (t + 1) % instance.slots.size();
  }
  state.counters["pivots"] = benchmark::Counter(static_cast<double>(pivots), benchmark::Counter::kAvgIterations);
}

/// One slot over and over, whose costs move by a hundredth: what the solver of greedy slots asks for, with (1) and
/// without (0) the last basis.
void BM_DispatchAgain(benchmark::State& state) {
  DispatchCase instance = MakeCase(static_cast<int>(state.range(0)), 0.01 * static_cast<double>(state.range(1)), true);
  for (Vector& cost : instance.costs) cost = 0.99 * instance.costs[0] + 0.01 * cost;
  Dispatcher dispatcher(instance.problem);
  Allocation allocation = MakeAllocation(instance.problem);
  const DispatchStart start = state.range(2) != 0 ? DispatchStart::kLastBasis : DispatchStart::kCold;
  std::size_t t = 0;
  long pivots = 0;
  for (auto _ : state) {
    const DispatchResult result = dispatcher.Solve(instance.costs[t], instance.slots[0], &allocation, 1.0, start);
    if (result.status != DispatchStatus::kOptimal) state.SkipWithError("not optimal");
    pivots += result.pivots;
    t = (t + 1) % instance.costs.size();
  }
  state.counters["pivots"] = benchmark::Counter(static_cast<double>(pivots), benchmark::Counter::kAvgIterations);
}

/// The same slots; building LEMON's graph is not counted.
void BM_Lemon(benchmark::State& state) {
  const DispatchCase instance =
      MakeCase(static_cast<int>(state.range(0)), 0.01 * static_cast<double>(state.range(1)), state.range(2) != 0);
  LemonDispatcher lemon(instance.problem);
  Dispatcher dispatcher(instance.problem);
  Allocation allocation = MakeAllocation(instance.problem);
  const double difference = lemon.Solve(instance.costs[0], instance.slots[0]) -
                            dispatcher.Solve(instance.costs[0], instance.slots[0], &allocation).cost;
  std::size_t t = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(lemon.Solve(instance.costs[t], instance.slots[t]));
    t = (t + 1) % instance.slots.size();
  }
  state.counters["difference"] = difference;  // of LEMON's rounded optimum to ours
}

/// What a coordinator that sends prices adds to a dispatch: capacity prices at which gateways fill regions exactly by
/// themselves, from dispatch's own; at a temperature of 1 USD where costs are 20 to 240.
void BM_SmoothDispatch(benchmark::State& state) {
  const DispatchCase instance =
      MakeCase(static_cast<int>(state.range(0)), 0.01 * static_cast<double>(state.range(1)), true);
  Dispatcher dispatcher(instance.problem);
  Allocation allocation = MakeAllocation(instance.problem);
  std::vector<Vector> start;
  for (std::size_t t = 0; t < instance.slots.size(); ++t) {
    dispatcher.Solve(instance.costs[t], instance.slots[t], &allocation);
    start.push_back(dispatcher.capacity_price());
  }
  SmoothFlow flow;
  std::size_t t = 0;
  for (auto _ : state) {
    if (!SmoothDispatch(instance.problem, instance.slots[t], instance.costs[t], 1.0, &flow, &start[t]))
      state.SkipWithError("not converged");
    t = (t + 1) % instance.slots.size();
  }
}

/// What one gateway does with them in a slot: the time of all gateways over their number is `per_gateway`.
void BM_RouteAtPrices(benchmark::State& state) {
  const int size = static_cast<int>(state.range(0));
  const DispatchCase instance = MakeCase(size, 0.01 * static_cast<double>(state.range(1)), true);
  const Vector none = Vector::Zero(size);
  SmoothFlow flow;
  std::size_t t = 0;
  for (auto _ : state) {
    RouteAtPrices(instance.problem, instance.slots[t], instance.costs[t], 1.0, none, &flow);
    t = (t + 1) % instance.slots.size();
  }
  state.counters["per_gateway"] =
      benchmark::Counter(size, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void Cases(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"size", "reach", "network"})
      ->Args({10, 100, 0})
      ->Args({10, 100, 1})
      ->Args({100, 100, 0})
      ->Args({100, 100, 1})
      ->Args({100, 30, 1})
      ->Args({1000, 5, 1});
}
BENCHMARK(BM_Dispatch)->Apply(Cases);
BENCHMARK(BM_DispatchAgain)
    ->ArgNames({"size", "reach", "last"})
    ->ArgsProduct({{10, 100}, {100}, {0, 1}})
    ->Args({1000, 5, 0})
    ->Args({1000, 5, 1});
BENCHMARK(BM_Lemon)->Apply(Cases);
BENCHMARK(BM_SmoothDispatch)->ArgNames({"size", "reach"})->Args({10, 100})->Args({100, 30})->Args({1000, 5});
BENCHMARK(BM_RouteAtPrices)->ArgNames({"size", "reach"})->Args({10, 100})->Args({100, 30})->Args({1000, 5});

}  // namespace
}  // namespace evenkeel
