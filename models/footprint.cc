#include "models/footprint.h"

#include <algorithm>

#include "models/error.h"

namespace evenkeel {
namespace {

/// Load per unit of workload on every arc, before the bucket's weight.
double LoadPerUnit(const Problem& problem, Footprint footprint, const Arc& arc, const Slot& slot) {
  const Network& network = problem.network;
  const double energy = network.energy_per_unit(arc.region, arc.variant);
  switch (footprint) {
    case Footprint::kCarbon:
      return network.regions[arc.region].pue * energy * slot.carbon_intensity[arc.region];
    case Footprint::kWater:
      return energy * slot.water_intensity[arc.region];
    case Footprint::kQualityLoss:
      return network.variants[arc.variant].quality_loss / problem.expected_demand[arc.gateway];
  }
  throw InternalError("unknown footprint");
}

}  // namespace

void EstimateCoefficients(const Problem& problem, const Slot& slot, Coefficients* coefficients) {
  const Network& network = problem.network;
  EVENKEEL_CHECK_EQ(slot.price.size(), network.num_regions());
  EVENKEEL_CHECK_EQ(slot.carbon_intensity.size(), network.num_regions());
  EVENKEEL_CHECK_EQ(slot.water_intensity.size(), network.num_regions());
  const int num_arcs = problem.num_arcs();
  coefficients->cost.resize(num_arcs);
  coefficients->load.resize(problem.groups.size());
  double cheapest = 0.0;
  for (int a = 0; a < num_arcs; ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    const double energy = network.energy_per_unit(arc.region, arc.variant);
    const double cost = slot.price[arc.region] * network.regions[arc.region].pue * energy +
                        network.network_cost(arc.gateway, arc.region);
    coefficients->cost[a] = cost;
    cheapest = std::min(cheapest, cost);
  }
  coefficients->shift = cheapest < 0.0 ? -cheapest : 0.0;
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    Vector& load = coefficients->load[k];
    load.resize(num_arcs);
    for (int a = 0; a < num_arcs; ++a) {
      load[a] = group.bucket_weight[group.bucket_of_arc[a]] *
                LoadPerUnit(problem, group.footprint, problem.arcs.arcs[a], slot);
    }
  }
}

void PricedCost(const Problem& problem, const Coefficients& coefficients, double cost_scale, const Prices& prices,
                Vector* cost) {
  *cost = cost_scale * coefficients.cost;
  for (int k = 0; k < problem.num_groups(); ++k) {
    const std::vector<int>& bucket = problem.groups[k].bucket_of_arc;
    const Vector& load = coefficients.load[k];
    const Vector& price = prices[k];
    for (Eigen::Index a = 0; a < load.size(); ++a) (*cost)[a] += price[bucket[a]] * load[a];
  }
}

}  // namespace evenkeel
