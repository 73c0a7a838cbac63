// What an own program costs per slot, beside deciding: lines to it and back, in the simulation of a month's part.
// Arguments: regions (= gateways).
#include <benchmark/benchmark.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policies/constant_price.h"
#include "engine/simulate.h"
#include "models/base/error.h"
#include "models/generate/trace.h"
#include "predictors/process/process_policy.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

/// Answers with the same prices as the child's.
std::unique_ptr<Policy> MakeInside(const Problem& problem) {
  ConstantPriceOptions options;
  options.prices = ZeroPrices(problem);
  for (Vector& prices : options.prices) prices.setConstant(1.5);
  return MakeConstantPrice(problem, options);
}

std::unique_ptr<Policy> MakeOutside(const Problem& problem, std::vector<std::string> command) {
  ProcessPolicyOptions options;
  options.program.command = std::move(command);
  options.program.name = "benchmark";
  return MakeProcessPolicy(problem, options, nullptr, {});
}

/// Whole runs, without the first slot: it starts the program.
void TimeSlots(benchmark::State& state, const std::function<std::unique_ptr<Policy>(const Problem&)>& make) {
  GeneratorOptions options;
  options.regions = options.gateways = static_cast<int>(state.range(0));
  options.slots = 240;
  const Trace trace = GenerateTrace(options);
  const Problem problem = MakeProblem(trace.header.network, PublishedObjective(), options.slots, TotalDemand(trace));
  const auto slots = MakeSlotSource(trace);
  Slot slot;
  Coefficients coefficients;
  Allocation allocation = MakeAllocation(problem);
  Ledger ledger = MakeLedger(problem);
  const auto policy = make(problem);
  const auto play = [&](int t) {
    slots->Read(t, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    try {
      policy->Decide({slot, coefficients, ledger}, &allocation);
    } catch (const InputError& error) {  // flows that were read, and are infeasible: the child writes them once
      if (std::string_view(error.what()).find("violates the constraints") == std::string_view::npos) throw;
    }
    policy->Settle({slot, coefficients, coefficients, ledger, true});
  };
  play(0);
  int t = 0;
  for (auto _ : state) {
    play(t);
    t = (t + 1) % options.slots;
  }
}

void BM_Inside(benchmark::State& state) { TimeSlots(state, MakeInside); }
BENCHMARK(BM_Inside)->Arg(10)->Arg(100)->Unit(benchmark::kMicrosecond)->UseRealTime();

void BM_Outside(benchmark::State& state, const char* mode) {
  TimeSlots(state, [mode](const Problem& problem) { return MakeOutside(problem, {ChildProgramPath(), mode}); });
}
BENCHMARK_CAPTURE(BM_Outside, prices, "good")->Arg(10)->Arg(100)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK_CAPTURE(BM_Outside, flows, "numbers")->Arg(10)->Arg(100)->Unit(benchmark::kMicrosecond)->UseRealTime();

void BM_Python(benchmark::State& state) {
  TimeSlots(state, [](const Problem& problem) {
    const std::string script = "import sys; sys.path.insert(0, '" + SourcePath("python") + "'); exec(open('" +
                               SourcePath("python/examples/my_policy.py") + "').read())";
    return MakeOutside(problem, {"/usr/bin/python3", "-c", script});
  });
}
BENCHMARK(BM_Python)->Arg(10)->Arg(100)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace evenkeel
