// A small world for tests of the live engine: two gateways, three regions, signals that are functions of time, and a
// balancer that is a little off.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "experiments/catalog/catalog.h"
#include "live/engine/live_engine.h"
#include "live/engine/slot_list.h"
#include "models/world/objective.h"
#include "models/world/problem.h"

namespace evenkeel {

inline constexpr std::int64_t kNovember = 1793491200;  // 2026-11-01 00:00:00 UTC
inline constexpr char kLivePolicy[] =
    "robust(advice=plan(forecast=seasonal-naive,every=6),expert=norm-greedy(q=8),rho=0.05)";

inline constexpr int kLiveGateways = 2, kLiveRegions = 3;
inline constexpr double kLivePi = 3.14159265358979323846;

/// In [0, 1), the same for the same arguments.
inline double LiveNoise(std::int64_t time, int signal, int place) {
  std::uint64_t x = static_cast<std::uint64_t>(time) * 31 + static_cast<std::uint64_t>(signal * 7 + place);
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  x ^= x >> 33;
  return static_cast<double>(x >> 11) * 0x1p-53;
}

inline double LiveWave(std::int64_t time, int place) {
  return std::sin(2.0 * kLivePi * (static_cast<double>(time % 86400) / 86400.0 + 0.3 * place));
}

inline Network LiveNetwork() {
  return MakeFullNetwork({{"north", 1.1, 60.0, 10.0}, {"south", 1.3, 40.0, 0.0}, {"west", 1.2, 50.0, -5.0}},
                         {{"berlin", 52.5, 13.4}, {"madrid", 40.4, -3.7}});
}

inline constexpr char kLiveWorkPolicy[] =
    "robust(advice=plan(forecast=seasonal-naive,every=6),expert=norm-greedy(q=8,release=spread(last=0.5)),rho=0.05)";
inline constexpr int kLiveDeadline = 6;

/// With a class of work, the place kLiveGateways of demand, that may wait for six hours and be done in two regions.
inline Network LiveWorkNetwork() {
  Network network = LiveNetwork();
  network.gateways.push_back({"training", 0.0, 0.0});
  network.classes.push_back({kLiveDeadline, 1.0, -100.0});
  for (RowMatrix* matrix : {&network.network_cost, &network.distance}) {
    matrix->conservativeResize(kLiveGateways + 1, Eigen::NoChange);
    matrix->row(kLiveGateways).setZero();
  }
  network.reachable.conservativeResize(kLiveGateways + 1, Eigen::NoChange);
  network.reachable.row(kLiveGateways) << 1, 1, 0;
  network.work_energy = RowMatrix::Ones(1, kLiveRegions);
  return network;
}

/// What is said to have arrived of it in the hour at `time`.
inline Reading LiveArrival(std::int64_t time) {
  return {LiveSignal::kDemand, kLiveGateways, 2.0 + LiveWave(time, 0) + LiveNoise(time, 9, 0), time};
}

/// The slot at `time` as it will be, with the index 0.
inline Slot LiveSlotAt(std::int64_t time) {
  Slot slot;
  slot.time = time;
  slot.demand.resize(kLiveGateways);
  for (Vector* signal : {&slot.capacity, &slot.price, &slot.carbon_intensity, &slot.water_intensity})
    signal->resize(kLiveRegions);
  for (int j = 0; j < kLiveGateways; ++j) slot.demand[j] = 4.0 + 2.0 * LiveWave(time, j) + LiveNoise(time, 0, j);
  for (int i = 0; i < kLiveRegions; ++i) {
    slot.capacity[i] = 8.0;
    slot.price[i] = 60.0 + 30.0 * LiveWave(time, i) + 20.0 * LiveNoise(time, 1, i);
    slot.carbon_intensity[i] = 0.3 + 0.1 * i + 0.1 * LiveWave(time, i + 1) + 0.05 * LiveNoise(time, 2, i);
    slot.water_intensity[i] = 1.0 + 0.5 * (kLiveRegions - i) + 0.2 * LiveNoise(time, 3, i);
  }
  return slot;
}

/// What data services say at `time` of that time: every value of LiveSlotAt, capacity in MW.
inline std::vector<Reading> LiveReadings(std::int64_t time) {
  const Slot slot = LiveSlotAt(time);
  std::vector<Reading> readings;
  const auto add = [&](LiveSignal signal, const Vector& values) {
    for (int i = 0; i < values.size(); ++i) readings.push_back({signal, i, values[i], time});
  };
  add(LiveSignal::kDemand, slot.demand);
  add(LiveSignal::kCapacity, slot.capacity);
  add(LiveSignal::kPrice, slot.price);
  add(LiveSignal::kCarbonIntensity, slot.carbon_intensity);
  add(LiveSignal::kWaterIntensity, slot.water_intensity);
  return readings;
}

/// What meters say of a slot in which `share` was in force: demand up to 20 % beside what was expected, a balancer
/// with a bias of 2 %, prices as expected.
inline MeterReport LiveMeter(std::int64_t begin, const RowMatrix& share, int revision = 1) {
  const Slot slot = LiveSlotAt(begin);
  MeterReport meter;
  meter.begin = begin;
  meter.revision = revision;
  meter.served = share;
  for (int j = 0; j < kLiveGateways; ++j) {
    for (int i = 0; i < kLiveRegions; ++i) meter.served(j, i) *= 1.0 + 0.02 * (i - 1);
    const double demand = slot.demand[j] * (0.8 + 0.4 * LiveNoise(begin, 4 + revision, j));
    meter.served.row(j) *= demand / meter.served.row(j).sum();
  }
  return meter;
}

/// Of an engine with its journals in `folder`, deciding by `policy` with the published objective.
inline LiveEngineOptions LiveOptions(const std::string& folder, const std::string& policy = kLivePolicy,
                                     const Network& network = LiveNetwork()) {
  LiveEngineOptions options;
  options.folder = folder;
  options.policy = policy;
  options.network = network;
  options.make_period = [policy, network](const PeriodStart& start) {
    PeriodSetup setup;
    setup.time = start.time;
    setup.problem = std::make_unique<Problem>(
        MakeProblem(network, PublishedObjective(), start.num_slots,
                    start.expected_demand.value_or(Vector::Constant(network.num_gateways(), 4.0 * start.num_slots))));
    PolicyContext context{*setup.problem, 1, {}};
    context.time = start.time;
    context.open_history = [past = start.past] { return std::make_unique<SlotList>(past); };
    setup.policy = MakePolicy(context, ParseSpec(policy));
    return setup;
  };
  return options;
}

}  // namespace evenkeel
