// A network together with an objective: everything a policy or a solver needs to know once, in the flat form in which
// it is used in every slot.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/base/linear_algebra.h"
#include "models/world/network.h"
#include "models/world/objective.h"
#include "models/world/slot.h"

namespace evenkeel {

/// An equity group laid over the arcs. An arc adds to at most one bucket of a group: it has one region and one gateway.
struct Group {
  std::string name;
  std::string unit;  ///< of a load: t, m3, or quality (mean quality lost per unit of workload)
  Footprint footprint = Footprint::kCarbon;
  double weight = 0.0;                    ///< mu
  double norm = kInfinity;                ///< q
  Vector bucket_weight;                   ///< theta, [buckets]
  std::vector<std::string> bucket_names;  ///< [buckets]
  std::vector<int> bucket_of_arc;         ///< [arcs]
  int first_bucket = 0;                   ///< buckets of the groups before it (models/world/stack.h)

  int num_buckets() const { return static_cast<int>(bucket_names.size()); }
};

struct Problem {
  Network network;
  ArcSet arcs;
  std::vector<Group> groups;
  std::optional<double> shed_cost;
  int num_slots = 0;
  Vector expected_demand;  ///< [gateways], the period's demand as known at the start; normalises quality loss

  int num_arcs() const { return arcs.size(); }
  int num_groups() const { return static_cast<int>(groups.size()); }
  int num_classes() const { return network.num_classes(); }
  /// The first arc of a class's work: those before it serve firm demand.
  int first_class_arc() const { return arcs.first_of_gateway[network.num_firm()]; }
};

/// sum_j d[j] over firm demand, units of workload.
double FirmDemand(const Problem& problem, const Slot& slot);

/// Loads L^k: one vector per group, one entry per bucket, in the group's unit.
using Loads = std::vector<Vector>;
/// Shadow prices gamma^k of the loads, USD per unit.
using Prices = std::vector<Vector>;

/// Checks the objective against the network (weights, norms, bucket weights) and lays it over the arcs. Throws
/// InputError. `expected_demand` [gateways] must be > 0 for gateways of a group that is normalised by it.
Problem MakeProblem(const Network& network, const Objective& objective, int num_slots, const Vector& expected_demand);

Prices ZeroPrices(const Problem& problem);
Loads ZeroLoads(const Problem& problem);

/// Scales every group's prices into the dual set Gamma = { gamma >= 0 : ||gamma^k||_{q_k*} <= mu_k }.
void ScaleIntoDualSet(const Problem& problem, Prices* prices);

}  // namespace evenkeel
