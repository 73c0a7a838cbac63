#include "models/files/observations.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/files/trace_file.h"

namespace evenkeel {
namespace {

struct Pair {
  const TraceFile& metered;
  const TraceFile& observed;
  const std::string& metered_path;
  const std::string& observed_path;

  [[noreturn]] void Fail(const std::string& what) const {
    throw InputError("{}: it does not fit {}: {}", observed_path, metered_path, what);
  }
};

template <typename Node>
void CheckNames(const Pair& pair, const char* kind, const std::vector<Node>& metered,
                const std::vector<Node>& observed) {
  if (metered.size() != observed.size()) {
    pair.Fail(fmt::format("it has {} {}s, expected {}", observed.size(), kind, metered.size()));
  }
  for (std::size_t i = 0; i < metered.size(); ++i) {
    if (metered[i].name == observed[i].name) continue;
    pair.Fail(fmt::format("{} {} is \"{}\", expected \"{}\"", kind, i, observed[i].name, metered[i].name));
  }
}

// What the problem is made of, coordinates excepted.
void CheckNetworks(const Pair& pair) {
  const Network& metered = pair.metered.header().network;
  const Network& observed = pair.observed.header().network;
  CheckNames(pair, "region", metered.regions, observed.regions);
  CheckNames(pair, "gateway", metered.gateways, observed.gateways);
  CheckNames(pair, "variant", metered.variants, observed.variants);
  const auto same_region = [](const Region& a, const Region& b) { return a.pue == b.pue; };
  const auto same_variant = [](const Variant& a, const Variant& b) {
    return a.resource_per_unit == b.resource_per_unit && a.quality_loss == b.quality_loss;
  };
  if (!std::equal(metered.regions.begin(), metered.regions.end(), observed.regions.begin(), same_region)) {
    pair.Fail("another PUE");
  }
  if (!std::equal(metered.variants.begin(), metered.variants.end(), observed.variants.begin(), same_variant)) {
    pair.Fail("other variants");
  }
  if (metered.energy_per_unit != observed.energy_per_unit) pair.Fail("another energy_per_unit");
  if (metered.reachable != observed.reachable) pair.Fail("another reachability");
  if (metered.network_cost != observed.network_cost) pair.Fail("another network_cost");
  if (metered.distance != observed.distance) pair.Fail("another distance");
}

void CheckColumns(const Pair& pair, const char* field, const RowMatrix& metered, const RowMatrix& observed, int first) {
  for (Eigen::Index t = 0; t < metered.rows(); ++t) {
    for (Eigen::Index c = 0; c < metered.cols(); ++c) {
      if (metered(t, c) == observed(t, c)) continue;
      pair.Fail(fmt::format("{} of slot {}, column {} is {}, expected {}", field, first + t, c, observed(t, c),
                            metered(t, c)));
    }
  }
}

}  // namespace

void CheckObservations(const std::string& metered_path, const std::string& observed_path) {
  constexpr int kBlock = 256;
  const TraceFile metered(metered_path);
  const TraceFile observed(observed_path);
  const Pair pair{metered, observed, metered_path, observed_path};
  CheckNetworks(pair);
  const int slots = metered.num_slots();
  if (observed.num_slots() != slots)
    pair.Fail(fmt::format("it has {} slots, expected {}", observed.num_slots(), slots));
  if (observed.header().slot_hours != metered.header().slot_hours) pair.Fail("another slot length");
  for (int first = 0; first < slots; first += kBlock) {
    const int count = std::min(kBlock, slots - first);
    const Signals truth = metered.ReadSignals(first, count);
    const Signals seen = observed.ReadSignals(first, count);
    for (int t = 0; t < count; ++t) {
      const auto row = static_cast<std::size_t>(t);
      if (truth.time[row] != seen.time[row]) pair.Fail(fmt::format("slot {} begins at another time", first + t));
    }
    CheckColumns(pair, "demand", truth.demand, seen.demand, first);
    CheckColumns(pair, "capacity", truth.capacity, seen.capacity, first);
  }
}

}  // namespace evenkeel
