// Dispatch with an entropy term: decisions that move a little when prices do, so that prices can be learned.
//
// With u_a = w_a exp(..) below, the arcs a = (j, i, m), resource r_m and the weights w_a = cap_i / r_m,
//
//   x = argmin over X_t of   cost . x + tau sum_a x_a (log(x_a / w_a) - 1)
//
// which is x_a = w_a exp((lambda_j - cost_a - r_m nu_i) / tau), lambda_j from the demand of gateway j, and nu_i >= 0
// the price of region i's capacity. As tau -> 0 it becomes dispatch (Cuturi, NIPS 2013, for equal sums on both sides).
// Where the problem may shed, serving nobody is one more way at its cost, with no capacity; its weight is the largest
// capacity, or 1 where no region has any.
#pragma once

#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// A solution, and what its gradient needs.
struct SmoothFlow {
  Vector flow;            ///< [arcs], units of workload
  Vector shed;            ///< [gateways]
  Vector capacity_price;  ///< nu, [regions], USD per unit of resource
  double temperature = 0.0;
  // Work space:
  Vector base_price;   ///< capacity prices that are in the weights already, [regions]
  Vector arc_weight;   ///< w_a exp((cheapest - cost_a - r nu) / tau) at those, cheapest of a's gateway, [arcs]
  Vector shed_weight;  ///< the same of serving nobody, [gateways]
};

/// Solves by scaling gateways and regions in turn until no region is above its capacity, nor below where it has a
/// price, by more than 1e-10 of all demand, or for 5000 rounds. Returns whether it got there; demands are met to
/// rounding in any case. `cost` [arcs], USD per unit; `temperature` tau > 0, in the same unit. Starts at the prices
/// `start` [regions], such as those of dispatch, or at none. Throws InputError for a gateway with demand and no region
/// that has capacity, where nothing may be shed.
bool SmoothDispatch(const Problem& problem, const Slot& slot, const Vector& cost, double temperature,
                    SmoothFlow* result, const Vector* start = nullptr);

/// What every gateway does by itself at capacity prices that somebody found: the formula above with nu given. Demands
/// are met, whatever that uses of the regions. Fills `result`. Returns false where a gateway with demand has no region
/// with capacity and nothing may be shed; its flows are 0 then.
bool RouteAtPrices(const Problem& problem, const Slot& slot, const Vector& cost, double temperature,
                   const Vector& capacity_price, SmoothFlow* result);

/// From the gradient of some number in the flows [arcs] to its gradient in the costs [arcs], at a converged solution;
/// the number must not depend on what is shed but through the flows. By implicit differentiation: regions with a price
/// stay full, the others have none.
Vector SmoothDispatchGradient(const Problem& problem, const Slot& slot, const SmoothFlow& solution,
                              const Vector& flow_gradient);

}  // namespace evenkeel
