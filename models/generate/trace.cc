#include "models/generate/trace.h"

#include <cmath>
#include <string>
#include <vector>

#include "models/base/error.h"
#include "models/generate/demand.h"
#include "models/generate/places.h"
#include "models/generate/signals.h"
#include "models/generate/weather.h"

namespace evenkeel {
namespace {

constexpr double kCapacity = 1.0;  // MW of IT power in every region
constexpr std::int64_t kYear2100 = 4102444800;
constexpr double kMaxValues = 5e8;  // 4 GB of signals

template <typename T>
void CheckRange(const char* option, T value, T low, T high) {
  // Written so that NaN fails.
  if (!(value >= low && value <= high)) {
    throw InputError("trace generate: option {} is {}, allowed: {} to {}", option, value, low, high);
  }
}

void CheckWork(const GeneratorOptions& options) {
  CheckRange("work_share", options.work.share, 0.0, 1.0);
  CheckRange("work_home", options.work.home, 0.0, 1.0);
  DeadlineInSlots("trace generate: option work_deadline", options.work.deadline, options.slot_hours);
  if (options.work.share > 0.0 && options.work.home > 0.0 && options.reach < 1.0) {
    throw InputError(
        "trace generate: option work_home is {} with reach {}, allowed: 0, or reach 1; that every slot can be served "
        "beside work that stays home is only known where every gateway reaches every region",
        options.work.home, options.reach);
  }
}

void CheckOptions(const GeneratorOptions& options) {
  CheckRange("regions", options.regions, 1, 1000);
  CheckRange("gateways", options.gateways, 1, 10000);
  CheckRange("slots", options.slots, 1, 1000000);
  if (options.variants != 1 && options.variants != 3) {
    throw InputError("trace generate: option variants is {}, allowed: 1 or 3", options.variants);
  }
  CheckRange("slot_hours", options.slot_hours, 0.05, 6.0);
  const double seconds = options.slot_hours * 3600.0;
  if (std::abs(seconds - std::round(seconds)) > 1e-6) {
    throw InputError("trace generate: option slot_hours is {}, allowed: whole numbers of seconds (multiples of 1/3600)",
                     options.slot_hours);
  }
  CheckRange<std::int64_t>("start_time", options.start_time, 0, kYear2100);
  CheckRange("utilisation", options.utilisation, 0.01, 0.9);
  if (!(options.reach > 0.0 && options.reach <= 1.0)) {
    throw InputError("trace generate: option reach is {}, allowed: greater than 0, at most 1", options.reach);
  }
  CheckRange("network_cost", options.network_cost, 0.0, 1e6);
  CheckWork(options);
  const double classes = options.work.share > 0.0 ? 1.0 + options.regions : 0.0;
  const double values = static_cast<double>(options.slots) * (4.0 * options.regions + options.gateways + classes);
  if (values > kMaxValues) {
    throw InputError(
        "trace generate: option slots is {}, allowed with {} regions and {} gateways: at most {:.0f} (4 GB of signals)",
        options.slots, options.regions, options.gateways, std::floor(kMaxValues / (values / options.slots)));
  }
}

/// One unit of workload is what costs 1 MWh on the largest model. Quality: MMLU of Llama 2 70B, 13B and 7B
/// (68.9, 54.8, 45.3 %; arXiv 2307.09288), as loss against the largest. Energy and capacity per unit: in proportion to
/// the parameters, as arithmetic per token is (arXiv 2001.08361); an assumption, since measured energy also depends on
/// batching and on memory traffic.
void AddVariants(int count, Network* network) {
  if (count == 3) {
    network->variants = {{"large-70b", 1.0, 0.0}, {"medium-13b", 13.0 / 70.0, 0.141}, {"small-7b", 7.0 / 70.0, 0.236}};
  } else {
    network->variants = {{"base", 1.0, 0.0}};
  }
  network->energy_per_unit = RowMatrix::Zero(network->num_regions(), count);
  for (int i = 0; i < network->num_regions(); ++i) {
    for (int m = 0; m < count; ++m) network->energy_per_unit(i, m) = network->variants[m].resource_per_unit;
  }
}

Network BuildNetwork(const GeneratorOptions& options, const std::vector<GeneratedRegion>& regions,
                     const std::vector<GeneratedGateway>& gateways, const Vector& expected) {
  std::vector<Region> region_list;
  for (const GeneratedRegion& place : regions) region_list.push_back(place.region);
  std::vector<Gateway> gateway_list;
  for (const GeneratedGateway& place : gateways) gateway_list.push_back(place.gateway);
  Network network = MakeFullNetwork(std::move(region_list), std::move(gateway_list));
  AddVariants(options.variants, &network);
  network.network_cost = network.distance * (options.network_cost / 1000.0);
  if (options.reach < 1.0) network.reachable = ReachNearest(network.distance, expected / kCapacity, options.reach);
  return network;
}

Provenance Describe(const GeneratorOptions& options) {
  Provenance provenance;
  provenance.title = fmt::format("Synthetic trace of {} regions and {} gateways", options.regions, options.gateways);
  provenance.source =
      "Synthetic. Levels: carbon from Electricity Maps 2022/2023 life-cycle (ODbL), wholesale prices 2022/2023, "
      "weather from Open-Meteo "
      "(CC-BY 4.0), off-site water from public eGLB data (arXiv 2307.05494) or assumed; docs/generator.md";
  provenance.licence = "CC0-1.0";
  provenance.command = options.command;
  provenance.generator = "evenkeel " EVENKEEL_VERSION;
  provenance.seed = std::to_string(options.seed);
  provenance.carbon_signal_type = "average";
  provenance.carbon_scope = "lifecycle";
  return provenance;
}

Signals AllocateSignals(const GeneratorOptions& options) {
  Signals signals;
  signals.time.resize(options.slots);
  signals.demand.resize(options.slots, options.gateways);
  signals.capacity = RowMatrix::Constant(options.slots, options.regions, kCapacity);
  signals.price.resize(options.slots, options.regions);
  signals.carbon_intensity.resize(options.slots, options.regions);
  signals.water_intensity.resize(options.slots, options.regions);
  return signals;
}

}  // namespace

Trace GenerateTrace(const GeneratorOptions& options) {
  CheckOptions(options);
  const std::vector<GeneratedRegion> regions = PlaceRegions(options.seed, options.regions);
  const std::vector<GeneratedGateway> gateways = PlaceGateways(options.seed, options.gateways);
  const Vector expected = ExpectedDemand(gateways, options.utilisation * options.regions * kCapacity);

  Trace trace;
  trace.header = {BuildNetwork(options, regions, gateways, expected), options.slot_hours, Describe(options)};
  trace.signals = AllocateSignals(options);
  Signals& signals = trace.signals;

  const std::int64_t seconds = std::llround(options.slot_hours * 3600.0);
  const DemandLimiter limiter(trace.header.network.reachable, expected / kCapacity);
  GatewayDemand source(options.seed, gateways, expected, options.slot_hours);
  RegionSignals region_signals(options.seed, regions, options.slot_hours);
  Vector demand(options.gateways);
  for (int t = 0; t < options.slots; ++t) {
    const Clock clock = ClockAt(options.start_time, options.slot_hours, t);
    signals.time[t] = options.start_time + t * seconds;
    region_signals.Fill(t, clock, &signals.price, &signals.carbon_intensity, &signals.water_intensity);
    source.Fill(t, clock, &demand);
    demand /= kCapacity;
    limiter.Limit(&demand);
    signals.demand.row(t) = (demand * (kCapacity * options.slot_hours)).transpose();
  }
  MakeWorkOf(options.work, &trace);
  return trace;
}

}  // namespace evenkeel
