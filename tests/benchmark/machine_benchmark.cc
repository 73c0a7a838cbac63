// What one core of the machine can do at best, to hold other benchmarks against (docs/benchmarks.md): additions that
// wait for each other, which is its clock; fused multiply-adds in its widest vectors; memory.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/benchmark/machine_benchmark.cc"
#include <hwy/foreach_target.h>
// Must follow.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace evenkeel {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Sixteen sums, each waiting for itself alone. Returns how many operations that was.
double MultiplyAdd(int rounds, double* out) {
  const hn::ScalableTag<double> lanes;
  constexpr int kSums = 16;
  hn::Vec<decltype(lanes)> sum[kSums];
  for (auto& one : sum) one = hn::Set(lanes, 1.0);
  const auto factor = hn::Set(lanes, 0.999999), term = hn::Set(lanes, 1e-6);
  for (int round = 0; round < rounds; ++round) {
    for (auto& one : sum) one = hn::MulAdd(one, factor, term);
  }
  for (int s = 1; s < kSums; ++s) sum[0] = hn::Add(sum[0], sum[s]);
  *out = hn::GetLane(sum[0]);
  return 2.0 * kSums * static_cast<double>(hn::Lanes(lanes)) * rounds;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace evenkeel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace evenkeel {
HWY_EXPORT(MultiplyAdd);

namespace {

void BM_MultiplyAdd(benchmark::State& state) {
  double operations = 0.0, out = 0.0;
  for (auto _ : state) {
    operations += HWY_DYNAMIC_DISPATCH(MultiplyAdd)(100'000, &out);
    benchmark::DoNotOptimize(out);
  }
  state.counters["flop"] = benchmark::Counter(operations, benchmark::Counter::kIsRate);
}
BENCHMARK(BM_MultiplyAdd);

void BM_Clock(benchmark::State& state) {
  constexpr int kAdditions = 1'000'000;
  for (auto _ : state) {
    std::uint64_t sum = 1;
    for (int i = 0; i < kAdditions; ++i) {
      sum += 3;
      benchmark::DoNotOptimize(sum);  // in its register: the next one waits for it
    }
  }
  state.counters["cycles"] = benchmark::Counter(kAdditions, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(BM_Clock);

/// Reads 256 MiB, more than caches hold.
void BM_Memory(benchmark::State& state) {
  std::vector<std::uint64_t> words(32 << 20, 1);
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (const std::uint64_t word : words) sum += word;
    benchmark::DoNotOptimize(sum);
  }
  state.counters["bytes"] =
      benchmark::Counter(static_cast<double>(8 * words.size()), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(BM_Memory);

}  // namespace
}  // namespace evenkeel
#endif  // HWY_ONCE
