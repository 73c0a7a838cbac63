#include "models/world/footprint.h"

#include <algorithm>

#include "models/base/error.h"

namespace evenkeel {
double ActivityPerUnit(Footprint footprint, const Arc& arc) {
  return footprint == Footprint::kQualityLoss ? arc.quality_loss : arc.energy;
}

double Intensity(const Problem& problem, const Group& group, int bucket, const Slot& slot) {
  const double theta = group.bucket_weight[bucket];
  switch (group.footprint) {
    case Footprint::kCarbon:
      return theta * (problem.network.regions[bucket].pue * slot.carbon_intensity[bucket]);
    case Footprint::kWater:
      return theta * slot.water_intensity[bucket];
    case Footprint::kQualityLoss:
      return theta / problem.expected_demand[bucket];
  }
  throw InternalError("unknown footprint");
}

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
    const double cost = UnitCost(slot.price[arc.region], network.regions[arc.region].pue, arc.energy,
                                 network.network_cost(arc.gateway, arc.region));
    coefficients->cost[a] = cost;
    if (arc.gateway < network.num_firm()) cheapest = std::min(cheapest, cost);
  }
  coefficients->shift = cheapest < 0.0 ? -cheapest : 0.0;
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    Vector& load = coefficients->load[k];
    load.resize(num_arcs);
    for (int a = 0; a < num_arcs; ++a) {
      load[a] = ActivityPerUnit(group.footprint, problem.arcs.arcs[a]) *
                Intensity(problem, group, group.bucket_of_arc[a], slot);
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
