// From what is seen in a slot to what a unit of workload on each arc costs and loads.
//
//   cost      c[a] = price[i] * pue[i] * e[i,m] + network_cost[j,i]          USD per unit
//   carbon         = pue[i] * e[i,m] * carbon_intensity[i]                   t per unit   (kg/kWh = t/MWh)
//   water          = e[i,m] * water_intensity[i]                             m3 per unit  (L/kWh = m3/MWh)
//   quality loss   = quality_loss[m] / expected_demand[j]                    1 per unit
//
// for arc a = (j, i, m), each times the bucket's weight theta.
#pragma once

#include <vector>

#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

struct Coefficients {
  Vector cost;               ///< c, [arcs], USD per unit; may be negative
  std::vector<Vector> load;  ///< h^k, per group [arcs], >= 0
  double shift = 0.0;  ///< sigma = max(0, -min_a c[a]), USD per unit: makes every cost of firm demand non-negative
};

/// Every footprint is an intensity that changes from slot to slot times an activity that does not:
///   carbon, water   energy used in the bucket's region, e[i,m] per unit of workload
///   quality loss    quality lost at the bucket's gateway, quality_loss[m] per unit of workload.
double ActivityPerUnit(Footprint footprint, const Arc& arc);
/// Load of the bucket per unit of its activity, with the bucket's weight theta.
double Intensity(const Problem& problem, const Group& group, int bucket, const Slot& slot);

/// c of an arc, USD per unit.
inline double UnitCost(double price, double pue, double energy, double network_cost) {
  return price * pue * energy + network_cost;
}

/// Fills `coefficients` (buffers are reused). Sizes are the problem's.
void EstimateCoefficients(const Problem& problem, const Slot& slot, Coefficients* coefficients);

/// Water per kWh of IT energy from its parts, in L/kWh: on-site (cooling) plus PUE times off-site (electricity
/// generation).
inline double TotalWaterIntensity(double onsite, double pue, double offsite) { return onsite + pue * offsite; }

/// cost[a] = cost_scale * c[a] + sum_k prices^k[bucket(a)] * h^k[a]: the linear cost of dispatch at prices, [arcs].
void PricedCost(const Problem& problem, const Coefficients& coefficients, double cost_scale, const Prices& prices,
                Vector* cost);

}  // namespace evenkeel
