#include "models/world/problem.h"

#include <cmath>
#include <set>

#include "models/base/error.h"

namespace evenkeel {
namespace {

std::string UnitOf(Footprint footprint) {
  switch (footprint) {
    case Footprint::kCarbon:
      return "t";
    case Footprint::kWater:
      return "m3";
    case Footprint::kQualityLoss:
      return "quality";
  }
  throw InternalError("unknown footprint");
}

void CheckGroup(const EquityGroup& group, int num_buckets) {
  if (!std::isfinite(group.weight) || group.weight < 0.0) {
    throw InputError("weight of group '{}' is {}, allowed: at least 0", group.name, group.weight);
  }
  if (std::isnan(group.norm) || group.norm < 1.0) {
    throw InputError("norm of group '{}' is {}, allowed: at least 1, or inf", group.name, group.norm);
  }
  if (group.bucket_weight.size() != 0 && group.bucket_weight.size() != num_buckets) {
    throw InputError("group '{}' has {} bucket weights for {} buckets", group.name, group.bucket_weight.size(),
                     num_buckets);
  }
  for (double theta : group.bucket_weight) {
    if (!std::isfinite(theta) || theta <= 0.0) {
      throw InputError("a bucket weight of group '{}' is {}, allowed: greater than 0", group.name, theta);
    }
  }
}

Group LayOverArcs(const EquityGroup& spec, const Network& network, const ArcSet& arcs) {
  Group group;
  group.name = spec.name;
  group.unit = UnitOf(spec.footprint);
  group.footprint = spec.footprint;
  group.weight = spec.weight;
  group.norm = spec.norm;
  const bool by_gateway = spec.footprint == Footprint::kQualityLoss;
  if (by_gateway) {
    for (int j = 0; j < network.num_firm(); ++j) group.bucket_names.push_back(network.gateways[j].name);
  } else {
    for (const Region& region : network.regions) group.bucket_names.push_back(region.name);
  }
  CheckGroup(spec, group.num_buckets());
  group.bucket_weight = spec.bucket_weight.size() != 0 ? spec.bucket_weight : Vector::Ones(group.num_buckets());
  for (const Arc& arc : arcs.arcs) {
    const int served = arc.gateway < network.num_firm() ? arc.gateway : 0;  // a class's work has no quality to lose
    group.bucket_of_arc.push_back(by_gateway ? served : arc.region);
  }
  return group;
}

}  // namespace

Problem MakeProblem(const Network& network, const Objective& objective, int num_slots, const Vector& expected_demand) {
  EVENKEEL_CHECK_EQ(expected_demand.size(), network.num_gateways());
  if (objective.shed_cost && !(std::isfinite(*objective.shed_cost) && *objective.shed_cost >= 0.0)) {
    throw InputError("shed cost is {} USD, allowed: at least 0", *objective.shed_cost);
  }
  Problem problem;
  problem.network = network;
  problem.arcs = MakeArcs(network);
  problem.shed_cost = objective.shed_cost;
  problem.num_slots = num_slots;
  problem.expected_demand = expected_demand;
  std::set<std::string> names;
  int num_buckets = 0;
  for (const EquityGroup& spec : objective.groups) {
    if (!names.insert(spec.name).second) throw InputError("equity group '{}' appears twice", spec.name);
    problem.groups.push_back(LayOverArcs(spec, network, problem.arcs));
    problem.groups.back().first_bucket = num_buckets;
    num_buckets += problem.groups.back().num_buckets();
    if (spec.footprint != Footprint::kQualityLoss) continue;
    for (int j = 0; j < network.num_firm(); ++j) {
      if (!(expected_demand[j] > 0.0)) {
        throw InputError(
            "group '{}': gateway '{}' has no demand in the period, so that its mean quality loss is undefined",
            spec.name, network.gateways[j].name);
      }
    }
  }
  return problem;
}

double FirmDemand(const Problem& problem, const Slot& slot) {
  return problem.num_classes() == 0 ? slot.demand.sum() : slot.demand.head(problem.network.num_firm()).sum();
}

Prices ZeroPrices(const Problem& problem) {
  Prices prices;
  for (const Group& group : problem.groups) prices.push_back(Vector::Zero(group.num_buckets()));
  return prices;
}

Loads ZeroLoads(const Problem& problem) { return ZeroPrices(problem); }

void ScaleIntoDualSet(const Problem& problem, Prices* prices) {
  for (int k = 0; k < problem.num_groups(); ++k) {
    ScaleIntoDualBall(problem.groups[k].weight, problem.groups[k].norm, (*prices)[k]);
  }
}

}  // namespace evenkeel
