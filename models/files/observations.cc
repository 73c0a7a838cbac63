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
void CheckNames(const Pair& pair, const char* kind, const char* kinds, const std::vector<Node>& metered,
                const std::vector<Node>& observed) {
  if (metered.size() != observed.size())
    pair.Fail(fmt::format("it has {} {}, expected {}", observed.size(), kinds, metered.size()));
  for (std::size_t i = 0; i < metered.size(); ++i) {
    if (metered[i].name == observed[i].name) continue;
    pair.Fail(fmt::format("{} {} is \"{}\", expected \"{}\"", kind, i, observed[i].name, metered[i].name));
  }
}

std::vector<Gateway> Firm(const Network& network) {
  return {network.gateways.begin(), network.gateways.begin() + network.num_firm()};
}

std::vector<Gateway> Work(const Network& network) {
  return {network.gateways.begin() + network.num_firm(), network.gateways.end()};
}

void CheckClasses(const Pair& pair, const Network& metered, const Network& observed) {
  CheckNames(pair, "work_class", "classes of work", Work(metered), Work(observed));
  const double hours = pair.metered.header().slot_hours;
  for (int k = 0; k < metered.num_classes(); ++k) {
    const auto check = [&](const char* field, double expected, double found, const char* unit) {
      if (found == expected) return;
      pair.Fail(fmt::format("{} of work_class '{}' is {}{}, expected {}{}", field,
                            metered.gateways[metered.num_firm() + k].name, found, unit, expected, unit));
    };
    const WorkClass &expected = metered.classes[k], &found = observed.classes[k];
    check("work_deadline", expected.deadline * hours, found.deadline * hours, " h");
    check("work_resource_per_unit", expected.resource_per_unit, found.resource_per_unit, "");
    check("work_cost_floor", expected.cost_floor, found.cost_floor, "");
  }
  if (metered.work_energy != observed.work_energy) pair.Fail("another work_energy_per_unit");
}

// What the problem is made of, coordinates excepted.
void CheckNetworks(const Pair& pair) {
  const Network& metered = pair.metered.header().network;
  const Network& observed = pair.observed.header().network;
  CheckNames(pair, "region", "regions", metered.regions, observed.regions);
  CheckNames(pair, "gateway", "gateways", Firm(metered), Firm(observed));
  CheckNames(pair, "variant", "variants", metered.variants, observed.variants);
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
  CheckClasses(pair, metered, observed);
  const auto differ = [&](const auto& a, const auto& b, const char* of_gateways, const char* of_classes) {
    const int firm = metered.num_firm(), classes = metered.num_classes();
    if (a.topRows(firm) != b.topRows(firm)) pair.Fail(fmt::format("another {}", of_gateways));
    if (a.bottomRows(classes) != b.bottomRows(classes)) pair.Fail(fmt::format("another {}", of_classes));
  };
  differ(metered.reachable, observed.reachable, "reachability", "work_reachable");
  differ(metered.network_cost, observed.network_cost, "network_cost", "work_transfer_cost");
  if (metered.distance != observed.distance) pair.Fail("another distance");
}

void CheckColumns(const Pair& pair, const char* field, const Eigen::Ref<const RowMatrix>& metered,
                  const Eigen::Ref<const RowMatrix>& observed, int first) {
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
  const int slots = metered.num_slots();
  if (observed.header().slot_hours != metered.header().slot_hours) pair.Fail("another slot length");
  CheckNetworks(pair);
  if (observed.num_slots() != slots)
    pair.Fail(fmt::format("it has {} slots, expected {}", observed.num_slots(), slots));
  for (int first = 0; first < slots; first += kBlock) {
    const int count = std::min(kBlock, slots - first);
    const Signals truth = metered.ReadSignals(first, count);
    const Signals seen = observed.ReadSignals(first, count);
    for (int t = 0; t < count; ++t) {
      const auto row = static_cast<std::size_t>(t);
      if (truth.time[row] != seen.time[row]) pair.Fail(fmt::format("slot {} begins at another time", first + t));
    }
    const int firm = metered.header().network.num_firm(), classes = metered.header().network.num_classes();
    CheckColumns(pair, "demand", truth.demand.leftCols(firm), seen.demand.leftCols(firm), first);
    CheckColumns(pair, "work_arrival", truth.demand.rightCols(classes), seen.demand.rightCols(classes), first);
    CheckColumns(pair, "capacity", truth.capacity, seen.capacity, first);
  }
}

}  // namespace evenkeel
