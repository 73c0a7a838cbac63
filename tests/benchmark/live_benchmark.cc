// A live engine: a slot's decision with its journal on disk, its status for those who ask, a restart in the middle of a
// month of hours, and a year of hours with what it takes of memory. Argument: regions (= gateways).
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>

#include "experiments/catalog/catalog.h"
#include "live/engine/live_engine.h"
#include "live/engine/slot_list.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kHour = 3600, kJanuary = 1767225600;  // 2026-01-01
constexpr const char* kRobust = "robust(advice=plan(forecast=seasonal-naive,every=24),expert=norm-greedy(q=8))";

Network MakeNetwork(int size) {
  std::vector<Region> regions(size);
  std::vector<Gateway> gateways(size);
  for (int i = 0; i < size; ++i) regions[i].name = gateways[i].name = std::to_string(i);
  return MakeFullNetwork(regions, gateways);
}

std::vector<Reading> ReadingsAt(int size, std::int64_t time) {
  std::mt19937_64 random(static_cast<std::uint64_t>(time));
  const double day = std::sin(2.0 * M_PI * static_cast<double>(time % 86400) / 86400.0);
  std::vector<Reading> readings;
  for (int i = 0; i < size; ++i) {
    readings.push_back({LiveSignal::kDemand, i, 0.65 + 0.2 * day + Draw(&random, -0.05, 0.05), time});
    readings.push_back({LiveSignal::kCapacity, i, 1.0, time});
    readings.push_back({LiveSignal::kPrice, i, Draw(&random, 20.0, 120.0), time});
    readings.push_back({LiveSignal::kCarbonIntensity, i, Draw(&random, 0.05, 0.7), time});
    readings.push_back({LiveSignal::kWaterIntensity, i, Draw(&random, 0.5, 4.0), time});
  }
  return readings;
}

/// An engine with its journals in a folder of its own, which goes with it.
struct Live {
  std::string folder;
  LiveEngineOptions options;
  std::unique_ptr<LiveEngine> engine;
  std::int64_t next;  // slot to decide

  Live(int size, const std::string& policy, std::int64_t begin) : next(begin) {
    const char* memory = std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp";
    folder = std::string(memory) + "/evenkeel-live-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no folder for journals");
    options.folder = folder;
    options.policy = policy;
    options.network = MakeNetwork(size);
    options.make_period = [size, policy](const PeriodStart& start) {
      PeriodSetup setup;
      setup.time = start.time;
      setup.problem = std::make_unique<Problem>(
          MakeProblem(MakeNetwork(size), PublishedObjective(), start.num_slots,
                      start.expected_demand.value_or(Vector::Constant(size, 0.65 * start.num_slots))));
      PolicyContext context{*setup.problem, 1, {}};
      context.time = start.time;
      context.open_history = [past = start.past] { return std::make_unique<SlotList>(past); };
      setup.policy = MakePolicy(context, ParseSpec(policy));
      return setup;
    };
    Start();
  }
  ~Live() {
    engine.reset();
    std::filesystem::remove_all(folder);
  }
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  void Start() { engine = std::make_unique<LiveEngine>(options, next - 20); }
  void Observe() {
    const auto size = static_cast<int>(options.network.regions.size());
    engine->Observe("test", ReadingsAt(size, next), next - 20);
  }
  void Decide() {
    engine->Tick(next - 20);
    next += kHour;
  }
  /// What the balancer did of the slot before last.
  void Meter() {
    MeterReport meter;
    meter.begin = next - 2 * kHour;
    meter.served = 0.66 * engine->published()->share;
    engine->Meter(meter, next - 20);
  }
};

double ResidentMegabytes() {
  std::ifstream file("/proc/self/statm");
  double size = 0.0, resident = 0.0;
  file >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

void BM_LiveDecision(benchmark::State& state) {
  Live live(static_cast<int>(state.range(0)), "norm-greedy(q=8)", kJanuary);
  for (auto _ : state) {
    state.PauseTiming();
    live.Observe();
    state.ResumeTiming();
    live.Decide();
  }
}
BENCHMARK(BM_LiveDecision)->Arg(10)->Unit(benchmark::kMillisecond)->Iterations(500);

void BM_LiveStatus(benchmark::State& state) {
  Live live(static_cast<int>(state.range(0)), "norm-greedy(q=8)", kJanuary);
  for (int t = 0; t < 360; ++t) {
    live.Observe();
    live.Decide();
  }
  for (auto _ : state) benchmark::DoNotOptimize(live.engine->Status(live.next));
}
BENCHMARK(BM_LiveStatus)->Arg(10)->Unit(benchmark::kMillisecond);

/// Half a month of hours with meters and with advice, whose answers are in the journal.
void BM_LiveRestart(benchmark::State& state) {
  Live live(static_cast<int>(state.range(0)), kRobust, kJanuary);
  for (int t = 0; t < 372; ++t) {
    live.Observe();
    live.Decide();
    if (t > 1) live.Meter();
  }
  for (auto _ : state) {
    live.engine.reset();
    live.Start();
  }
  state.counters["journal_MB"] =
      static_cast<double>(std::filesystem::file_size(live.folder + "/2026-01.journal")) / 1e6;
}
BENCHMARK(BM_LiveRestart)->Arg(10)->Unit(benchmark::kMillisecond);

/// Memory after two months and after twelve.
void BM_LiveYear(benchmark::State& state) {
  for (auto _ : state) {
    Live live(static_cast<int>(state.range(0)), "norm-greedy(q=8)", kJanuary);
    for (int t = 0; t < 365 * 24; ++t) {
      live.Observe();
      live.Decide();
      if (t > 1) live.Meter();
      benchmark::DoNotOptimize(live.engine->Status(live.next));
      if (t == 59 * 24) state.counters["MB_after_2_months"] = ResidentMegabytes();
    }
    state.counters["MB_after_12_months"] = ResidentMegabytes();
  }
}
BENCHMARK(BM_LiveYear)->Arg(10)->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace
}  // namespace evenkeel
