#include "models/world/network.h"

#include <cmath>
#include <set>
#include <string_view>

#include "models/base/error.h"
#include "models/world/limits.h"

namespace evenkeel {
namespace {

/// Bytes of the UTF-8 sequence that `text` begins with; 0: none, or not the shortest.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const std::size_t length = byte(0) < 0x80   ? 1
                             : byte(0) < 0xC2 ? 0
                             : byte(0) < 0xE0 ? 2
                             : byte(0) < 0xF0 ? 3
                             : byte(0) < 0xF5 ? 4
                                              : 0;
  if (length > text.size()) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(k) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  const bool beyond = (byte(0) == 0xED && byte(1) >= 0xA0) || (byte(0) == 0xF4 && byte(1) >= 0x90);
  return overlong || beyond ? 0 : length;
}

/// What is wrong with a name that is printed, quoted in CSV files and typed by people; empty: nothing.
std::string NameFault(std::string_view name) {
  constexpr std::size_t kLongest = 256;
  if (name.size() > kLongest) return fmt::format("has {} bytes, allowed are at most {}", name.size(), kLongest);
  if (name.front() == ' ' || name.back() == ' ') return "has a blank at an end";
  for (std::string_view rest = name; !rest.empty();) {
    const std::size_t length = SequenceLength(rest);
    if (length == 0) return "is not UTF-8";
    const auto first = static_cast<unsigned char>(rest[0]);
    const bool is_control =
        first < 0x20 || first == 0x7F || (first == 0xC2 && static_cast<unsigned char>(rest[1]) < 0xA0);
    if (is_control) return "has a control character";
    rest.remove_prefix(length);
  }
  return "";
}

/// For messages: what cannot be printed as \\xNN.
std::string Printable(std::string_view name) {
  std::string text;
  for (const char c : name.substr(0, 64)) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < 0x20 || byte >= 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return text;
}

template <typename Named>
void CheckNames(const std::vector<Named>& named, const char* what, const std::string& where) {
  if (named.empty()) throw InputError("{}: no {}: at least one is needed", where, what);
  std::set<std::string> seen;
  for (const Named& one : named) {
    if (one.name.empty()) throw InputError("{}: a {} has an empty name", where, what);
    if (const std::string fault = NameFault(one.name); !fault.empty())
      throw InputError("{}: {} '{}' {}", where, what, Printable(one.name), fault);
    if (!seen.insert(one.name).second) throw InputError("{}: {} '{}' appears twice", where, what, one.name);
  }
}

template <typename Matrix>
void CheckShape(const Matrix& matrix, const char* field, Eigen::Index rows, Eigen::Index columns,
                const std::string& where) {
  if (matrix.rows() != rows || matrix.cols() != columns) {
    throw InputError("{}: {} has shape [{} x {}], expected [{} x {}]", where, field, matrix.rows(), matrix.cols(), rows,
                     columns);
  }
}

void CheckValue(double value, bool allowed, const char* field, const std::string& of, const char* range,
                const std::string& where) {
  if (!std::isfinite(value) || !allowed) {
    throw InputError("{}: {} of {} is {}, allowed: {}", where, field, of, value, range);
  }
}

/// Classes of work have names among those of the gateways.
void CheckEntries(const Network& network, const std::string& where) {
  if (network.num_firm() < 0)
    throw InputError("{}: {} classes of work at {} gateways", where, network.num_classes(), network.num_gateways());
  const auto classes = network.gateways.begin() + network.num_firm();
  const std::vector<Gateway> firm(network.gateways.begin(), classes), work(classes, network.gateways.end());
  CheckNames(firm, "gateway", where);
  if (!work.empty()) CheckNames(work, "work_class", where);
  std::set<std::string> names;
  for (const Gateway& gateway : firm) names.insert(gateway.name);
  for (const Gateway& one : work) {
    if (names.count(one.name) == 0) continue;
    throw InputError("{}: work_class '{}' has the name of a gateway, allowed are other names", where, one.name);
  }
}

void CheckReach(const Network& network, int j, const std::string& where) {
  const bool firm = j < network.num_firm();
  bool reaches_one = false;
  for (int i = 0; i < network.num_regions(); ++i) {
    const std::string of = network.gateways[j].name + " to " + network.regions[i].name;
    CheckValue(network.reachable(j, i), network.reachable(j, i) <= 1, firm ? "reachable" : "work_reachable", of,
               "0 or 1", where);
    CheckValue(network.network_cost(j, i), network.network_cost(j, i) >= 0.0,
               firm ? "network_cost" : "work_transfer_cost", of, "at least 0", where);
    const double distance = network.distance(j, i);
    CheckValue(distance, firm ? distance >= 0.0 : distance == 0.0, "distance", of,
               firm ? "at least 0" : "0 for work that can wait", where);
    reaches_one = reaches_one || network.reachable(j, i) != 0;
  }
  if (reaches_one) return;
  if (firm) throw InputError("{}: gateway '{}' reaches no region", where, network.gateways[j].name);
  throw InputError("{}: work_class '{}' may be done in no region, allowed is a 1 in at least one of 'work_reachable'",
                   where, network.gateways[j].name);
}

void CheckMatrices(const Network& network, const std::string& where) {
  const int regions = network.num_regions(), gateways = network.num_gateways(), variants = network.num_variants();
  CheckShape(network.work_energy, "work_energy", network.num_classes(), network.num_classes() > 0 ? regions : 0, where);
  CheckShape(network.energy_per_unit, "energy_per_unit", regions, variants, where);
  CheckShape(network.reachable, "reachable", gateways, regions, where);
  CheckShape(network.network_cost, "network_cost", gateways, regions, where);
  CheckShape(network.distance, "distance", gateways, regions, where);
  for (int i = 0; i < regions; ++i) {
    for (int m = 0; m < variants; ++m) {
      const double energy = network.energy_per_unit(i, m);
      CheckValue(energy, energy > 0.0, "energy_per_unit", network.regions[i].name + "/" + network.variants[m].name,
                 "greater than 0", where);
    }
  }
  for (int j = 0; j < gateways; ++j) CheckReach(network, j, where);
}

void CheckClasses(const Network& network, const std::string& where) {
  for (int k = 0; k < network.num_classes(); ++k) {
    const WorkClass& work = network.classes[k];
    const std::string& name = network.gateways[network.num_firm() + k].name;
    CheckValue(work.deadline, work.deadline >= 0 && work.deadline <= kMostDeadlineSlots, "work_deadline", name,
               fmt::format("0 to {} slots", kMostDeadlineSlots).c_str(), where);
    CheckValue(work.resource_per_unit, work.resource_per_unit > 0.0, "work_resource_per_unit", name, "greater than 0",
               where);
    CheckValue(work.cost_floor, work.cost_floor <= 0.0, "work_cost_floor", name, "at most 0", where);
    for (int i = 0; i < network.num_regions(); ++i) {
      CheckValue(network.work_energy(k, i), network.work_energy(k, i) > 0.0, "work_energy_per_unit",
                 name + " in " + network.regions[i].name, "greater than 0", where);
    }
  }
}

}  // namespace

std::vector<Gateway> FirmGateways(const Network& network) {
  return {network.gateways.begin(), network.gateways.begin() + network.num_firm()};
}

ArcSet MakeArcs(const Network& network) {
  ArcSet set;
  set.first_of_gateway.push_back(0);
  for (int j = 0; j < network.num_gateways(); ++j) {
    for (int i = 0; i < network.num_regions(); ++i) {
      if (!network.reachable(j, i)) continue;
      if (const int k = j - network.num_firm(); k >= 0) {
        set.arcs.push_back({j, i, 0, network.work_energy(k, i), network.classes[k].resource_per_unit, 0.0});
        continue;
      }
      for (int m = 0; m < network.num_variants(); ++m) {
        const Variant& variant = network.variants[m];
        set.arcs.push_back({j, i, m, network.energy_per_unit(i, m), variant.resource_per_unit, variant.quality_loss});
      }
    }
    set.first_of_gateway.push_back(set.size());
  }
  return set;
}

Network MakeFullNetwork(std::vector<Region> regions, std::vector<Gateway> gateways) {
  Network network;
  network.regions = std::move(regions);
  network.gateways = std::move(gateways);
  const int num_regions = network.num_regions(), num_gateways = network.num_gateways();
  network.energy_per_unit = RowMatrix::Ones(num_regions, network.num_variants());
  network.reachable = FlagMatrix::Ones(num_gateways, num_regions);
  network.network_cost = RowMatrix::Zero(num_gateways, num_regions);
  network.distance.resize(num_gateways, num_regions);
  for (int j = 0; j < num_gateways; ++j) {
    for (int i = 0; i < num_regions; ++i) {
      const Gateway& from = network.gateways[j];
      const Region& to = network.regions[i];
      network.distance(j, i) = GreatCircleKm(from.latitude, from.longitude, to.latitude, to.longitude);
    }
  }
  return network;
}

double GreatCircleKm(double latitude_a, double longitude_a, double latitude_b, double longitude_b) {
  const double radians = std::acos(-1.0) / 180.0;
  const double dlat = (latitude_b - latitude_a) * radians, dlon = (longitude_b - longitude_a) * radians;
  const double s = std::sin(dlat / 2.0), c = std::sin(dlon / 2.0);
  const double h = s * s + std::cos(latitude_a * radians) * std::cos(latitude_b * radians) * c * c;
  return 2.0 * 6371.0 * std::asin(std::sqrt(std::min(1.0, h)));
}

void ValidateNetwork(const Network& network, const std::string& where) {
  CheckNames(network.regions, "region", where);
  CheckEntries(network, where);
  CheckNames(network.variants, "variant", where);
  for (const Region& region : network.regions) {
    CheckValue(region.pue, region.pue >= 1.0, "pue", region.name, "at least 1", where);
    CheckValue(region.latitude, std::abs(region.latitude) <= 90.0, "latitude", region.name, "-90 to 90", where);
    CheckValue(region.longitude, std::abs(region.longitude) <= 180.0, "longitude", region.name, "-180 to 180", where);
  }
  for (const Gateway& gateway : network.gateways) {
    CheckValue(gateway.latitude, std::abs(gateway.latitude) <= 90.0, "latitude", gateway.name, "-90 to 90", where);
    CheckValue(gateway.longitude, std::abs(gateway.longitude) <= 180.0, "longitude", gateway.name, "-180 to 180",
               where);
  }
  for (const Variant& variant : network.variants) {
    CheckValue(variant.resource_per_unit, variant.resource_per_unit > 0.0, "resource_per_unit", variant.name,
               "greater than 0", where);
    CheckValue(variant.quality_loss, variant.quality_loss >= 0.0, "quality_loss", variant.name, "at least 0", where);
  }
  CheckMatrices(network, where);
  CheckClasses(network, where);
}

}  // namespace evenkeel
