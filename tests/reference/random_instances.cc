#include "tests/reference/random_instances.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "models/base/error.h"

namespace evenkeel {
namespace {

Network DrawNetwork(std::mt19937_64* random, const InstanceOptions& options) {
  std::vector<Region> regions(DrawInt(random, 1, options.max_regions));
  std::vector<Gateway> gateways(DrawInt(random, 1, options.max_gateways));
  for (std::size_t i = 0; i < regions.size(); ++i) {
    regions[i].name = "region" + std::to_string(i);
    regions[i].pue = Draw(random, 1.0, 1.6);
    regions[i].latitude = Draw(random, -60.0, 60.0);
    regions[i].longitude = Draw(random, -180.0, 180.0);
  }
  for (std::size_t j = 0; j < gateways.size(); ++j) {
    gateways[j].name = "gateway" + std::to_string(j);
    gateways[j].latitude = Draw(random, -60.0, 60.0);
    gateways[j].longitude = Draw(random, -180.0, 180.0);
  }
  Network network = MakeFullNetwork(regions, gateways);
  network.variants.assign(DrawInt(random, 1, options.max_variants), Variant{});
  const int n = network.num_regions(), g = network.num_gateways(), v = network.num_variants();
  network.energy_per_unit.resize(n, v);
  for (int m = 0; m < v; ++m) {
    network.variants[m] = {"variant" + std::to_string(m), DrawInt(random, 0, 1) ? 1.0 : Draw(random, 0.3, 1.0),
                           m == 0 ? 0.0 : Draw(random, 0.0, 1.0)};
    for (int i = 0; i < n; ++i) network.energy_per_unit(i, m) = Draw(random, 0.2, 1.2);
  }
  const double reach = Draw(random, options.min_reach, 1.3);  // above 1: everyone reaches everyone
  for (int j = 0; j < g; ++j) {
    for (int i = 0; i < n; ++i) network.reachable(j, i) = Draw(random, 0.0, 1.0) < reach;
    network.reachable(j, DrawInt(random, 0, n - 1)) = 1;
    if (!options.network_cost || DrawInt(random, 0, 1)) continue;
    for (int i = 0; i < n; ++i) network.network_cost(j, i) = Draw(random, 0.0, 20.0);
  }
  return network;
}

/// Capacity that certainly suffices: every gateway's demand is split at random over the regions it reaches, on the
/// hungriest variant.
void DrawServableLoad(std::mt19937_64* random, const Network& network, bool integers, bool outages, int t,
                      Signals* signals) {
  const int n = network.num_regions(), g = network.num_gateways();
  double resource = 0.0;
  for (const Variant& variant : network.variants) resource = std::max(resource, variant.resource_per_unit);
  std::vector<std::uint8_t> out(n, 0);
  if (outages && n > 1 && DrawInt(random, 0, 3) == 0) out[DrawInt(random, 0, n - 1)] = 1;
  signals->capacity.row(t).setZero();
  for (int j = 0; j < g; ++j) {
    double demand = integers ? DrawInt(random, 0, 3) : Draw(random, 0.0, 2.0);
    std::vector<int> reached;
    for (int i = 0; i < n; ++i) {
      if (network.reachable(j, i) && !out[i]) reached.push_back(i);
    }
    if (reached.empty()) demand = 0.0;
    signals->demand(t, j) = demand;
    while (demand > 0.0) {
      const double part = integers ? 1.0 : std::min(demand, Draw(random, 0.1, 1.5));
      signals->capacity(t, reached[DrawInt(random, 0, static_cast<int>(reached.size()) - 1)]) += part * resource;
      demand -= part;
    }
  }
  for (int i = 0; i < n; ++i) {
    if (!out[i] && DrawInt(random, 0, 1))
      signals->capacity(t, i) += integers ? DrawInt(random, 0, 2) : Draw(random, 0.0, 2.0);
  }
}

Signals DrawSignals(std::mt19937_64* random, const InstanceOptions& options, const Network& network) {
  const int slots = DrawInt(random, 1, options.max_slots), n = network.num_regions();
  const bool ties = options.ties && DrawInt(random, 0, 2) == 0;
  Signals signals;
  signals.demand.resize(slots, network.num_gateways());
  for (RowMatrix* matrix : {&signals.capacity, &signals.price, &signals.carbon_intensity, &signals.water_intensity})
    matrix->resize(slots, n);
  for (int t = 0; t < slots; ++t) {
    signals.time.push_back(3600 * t);
    for (int i = 0; i < n; ++i) {
      signals.price(t, i) = ties ? DrawInt(random, 1, 3) : Draw(random, options.negative_prices ? -20.0 : 0.0, 120.0);
      signals.carbon_intensity(t, i) = ties ? DrawInt(random, 0, 2) : Draw(random, 0.0, 0.9);
      signals.water_intensity(t, i) = ties ? DrawInt(random, 0, 2) : Draw(random, 0.0, 8.0);
    }
    DrawServableLoad(random, network, ties, options.outages, t, &signals);
  }
  return signals;
}

Objective DrawObjective(std::mt19937_64* random, const InstanceOptions& options, const Network& network,
                        bool every_gateway_has_demand) {
  Objective objective = PublishedObjective();
  objective.groups[0].weight = DrawInt(random, 0, 9) == 0 ? 0.0 : Draw(random, 1.0, 1500.0);
  objective.groups[1].weight = DrawInt(random, 0, 9) == 0 ? 0.0 : Draw(random, 1.0, 60.0);
  if (options.performance_group && every_gateway_has_demand && DrawInt(random, 0, 1)) {
    EquityGroup performance;
    performance.name = "performance";
    performance.footprint = Footprint::kQualityLoss;
    performance.weight = Draw(random, 1.0, 300.0);
    objective.groups.push_back(performance);
  }
  for (EquityGroup& group : objective.groups) {
    group.norm = options.norms[DrawInt(random, 0, static_cast<int>(options.norms.size()) - 1)];
    if (!options.bucket_weights || DrawInt(random, 0, 2)) continue;
    group.bucket_weight.resize(group.footprint == Footprint::kQualityLoss ? network.num_gateways()
                                                                          : network.num_regions());
    for (double& theta : group.bucket_weight) theta = Draw(random, 0.5, 2.0);
  }
  return objective;
}

}  // namespace

double Draw(std::mt19937_64* random, double low, double high) {
  return low + (high - low) * static_cast<double>((*random)() >> 11) * 0x1p-53;
}

int DrawInt(std::mt19937_64* random, int low, int high) {
  return low + static_cast<int>((*random)() % static_cast<std::uint64_t>(high - low + 1));
}

int Scaled(int count) {
  const char* scale = std::getenv("EVENKEEL_TEST_SCALE");
  return scale == nullptr ? count : std::max(1, static_cast<int>(std::lround(count * std::atof(scale))));
}

Instance MakeRandomInstance(std::uint64_t seed, const InstanceOptions& options) {
  std::mt19937_64 random(seed);
  Instance instance;
  instance.trace.header.network = DrawNetwork(&random, options);
  instance.trace.signals = DrawSignals(&random, options, instance.trace.header.network);
  const Vector demand = instance.trace.signals.demand.colwise().sum();
  instance.objective = DrawObjective(&random, options, instance.trace.header.network, demand.minCoeff() > 0.0);
  instance.problem =
      MakeProblem(instance.trace.header.network, instance.objective, instance.trace.signals.num_slots(), demand);
  return instance;
}

}  // namespace evenkeel
