// Who can serve whom, and at what fixed rates: regions, gateways, model variants, reachability.
// Static for an accounting period; what changes from slot to slot is in models/world/slot.h.
#pragma once

#include <string>
#include <vector>

#include "models/base/linear_algebra.h"

namespace evenkeel {

/// A data center.
struct Region {
  std::string name;
  double pue = 1.0;        ///< Power usage effectiveness, facility energy per IT energy, at least 1.
  double latitude = 0.0;   ///< degrees north
  double longitude = 0.0;  ///< degrees east
};

/// A user region, or a class of work that can wait: demand enters the system here.
struct Gateway {
  std::string name;
  double latitude = 0.0;   ///< degrees north
  double longitude = 0.0;  ///< degrees east
};

/// A size of the served model. One variant means that there is nothing to choose.
struct Variant {
  std::string name = "base";
  double resource_per_unit = 1.0;  ///< r_m, capacity used per unit of workload, > 0
  double quality_loss = 0.0;       ///< s_m, quality lost per unit of workload served by it, >= 0
};

/// Work that can wait, training or batch jobs: what arrives in slot t may be served in any of the slots t .. t +
/// deadline, but not beyond the period's end (docs/waiting.md). Its demand enters at a gateway of its own, by its name.
struct WorkClass {
  int deadline = 0;                ///< D, slots, >= 0; 0: in the slot in which it arrives
  double resource_per_unit = 1.0;  ///< capacity used per unit of its work, > 0
  /// f, USD per unit, <= 0: nothing that serves it ever costs less. What a bound around advice is based on
  /// (docs/guarantees.md). A trace is held to floors below 0; 0 is also what nobody said anything about.
  double cost_floor = 0.0;
};

struct Network {
  std::vector<Region> regions;
  std::vector<Gateway> gateways;  ///< users' regions first, whose demand is firm; then the classes', in their order
  std::vector<WorkClass> classes;
  std::vector<Variant> variants = {Variant{}};
  RowMatrix energy_per_unit;  ///< e, [regions x variants], MWh of IT energy per unit of workload, > 0
  FlagMatrix reachable;       ///< [gateways x regions], 1 where the gateway may use the region
  RowMatrix network_cost;     ///< [gateways x regions], USD per unit of workload, >= 0
  RowMatrix distance;         ///< [gateways x regions], km, >= 0
  RowMatrix work_energy;      ///< [classes x regions], MWh of IT energy per unit of a class's work, > 0

  int num_regions() const { return static_cast<int>(regions.size()); }
  int num_gateways() const { return static_cast<int>(gateways.size()); }
  int num_classes() const { return static_cast<int>(classes.size()); }
  /// Gateways whose demand is served in its own slot: [0, num_firm()). Class k has the gateway num_firm() + k.
  int num_firm() const { return num_gateways() - num_classes(); }
  int num_variants() const { return static_cast<int>(variants.size()); }
};

/// The gateways of firm demand.
std::vector<Gateway> FirmGateways(const Network& network);

/// One way of serving a gateway: in a region, on a variant; a class's work knows no variants.
struct Arc {
  int gateway;
  int region;
  int variant;
  double energy = 1.0;        ///< e, MWh of IT energy per unit of workload
  double resource = 1.0;      ///< r, capacity used per unit of workload
  double quality_loss = 0.0;  ///< s, quality lost per unit of workload; 0 for a class's work
};

/// All arcs that reachability allows, by gateway, then region, then variant.
struct ArcSet {
  std::vector<Arc> arcs;
  std::vector<int> first_of_gateway;  ///< [gateways + 1]; gateway j owns arcs [first[j], first[j + 1])

  int size() const { return static_cast<int>(arcs.size()); }
};

ArcSet MakeArcs(const Network& network);

/// A network where everyone reaches everyone, with e = 1, no network cost, and distances from the coordinates.
Network MakeFullNetwork(std::vector<Region> regions, std::vector<Gateway> gateways);

/// Great-circle distance in km (haversine, mean Earth radius 6371.0 km).
double GreatCircleKm(double latitude_a, double longitude_a, double latitude_b, double longitude_b);

/// Checks shapes, ranges, and that every gateway reaches a region. Throws InputError that begins with `where`.
void ValidateNetwork(const Network& network, const std::string& where);

}  // namespace evenkeel
