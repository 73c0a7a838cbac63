// Two regions, two gateways, two variants, two slots, with every number small enough to work out by hand.
//
// Arcs of each gateway: north large, north small, south large, south small. Slot 0 has a negative price in the south.
//
//             PUE   e large  e small   theta of carbon   price     ci (kg/kWh)  wi (L/kWh)
//   north    1.25      1       0.4            1          40, 20     0.5, 0.4       2, 1
//   south    1.5       2       0.8            2         -10, 30     0.2, 0.1       5, 1
//
// Network cost: g0 to south 3, g1 to north 1, else 0. Small uses half the resource and loses quality 0.2. Demand over
// the period, as expected: g0 10, g1 20; in the slots (2, 3) and (1, 1).
#pragma once

#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

inline Problem HandProblem() {
  Network network = MakeFullNetwork({{"north", 1.25, 60.0, 10.0}, {"south", 1.5, 40.0, 10.0}},
                                    {{"g0", 50.0, 0.0}, {"g1", 45.0, 5.0}});
  network.variants = {{"large", 1.0, 0.0}, {"small", 0.5, 0.2}};
  network.energy_per_unit.resize(2, 2);
  network.energy_per_unit << 1.0, 0.4, 2.0, 0.8;
  network.network_cost << 0.0, 3.0, 1.0, 0.0;
  Objective objective = PublishedObjective();
  objective.groups[0].weight = 100.0;
  objective.groups[0].bucket_weight = Eigen::Vector2d(1.0, 2.0);
  objective.groups[1].weight = 10.0;
  objective.groups[1].norm = 1.0;
  EquityGroup performance;
  performance.name = "performance";
  performance.footprint = Footprint::kQualityLoss;
  performance.weight = 50.0;
  performance.norm = 2.0;
  objective.groups.push_back(performance);
  return MakeProblem(network, objective, 2, Eigen::Vector2d(10.0, 20.0));
}

inline Slot HandSlot(int t) {
  Slot slot;
  slot.index = t;
  slot.time = 3600 * t;
  slot.demand = t == 0 ? Eigen::Vector2d(2, 3) : Eigen::Vector2d(1, 1);
  slot.capacity = Eigen::Vector2d(4, 8);
  slot.price = t == 0 ? Eigen::Vector2d(40, -10) : Eigen::Vector2d(20, 30);
  slot.carbon_intensity = t == 0 ? Eigen::Vector2d(0.5, 0.2) : Eigen::Vector2d(0.4, 0.1);
  slot.water_intensity = t == 0 ? Eigen::Vector2d(2, 5) : Eigen::Vector2d(1, 1);
  return slot;
}

}  // namespace evenkeel
