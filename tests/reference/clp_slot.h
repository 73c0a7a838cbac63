// One slot's linear problems solved by CLP, and what prices prove without it: the independent reference for
// engine/dispatch/dispatch.h and robustifiers/price_optimal.h.
#pragma once

#include "models/world/footprint.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// Optimal cost, or infinity when the slot cannot be served.
double ClpSlotOptimum(const Problem& problem, const Vector& cost, const Slot& slot);

/// What the capacity prices promise that no decision can beat: every gateway at its cheapest arc, or shedding, less the
/// value of all capacity.
double DualValue(const Problem& problem, const Vector& cost, const Slot& slot, const Vector& price);

/// Least cost . x over the decisions x of the slot with
///   c . x + sum_k mu_k max_b (difference^k_b + (h^k x)_b) <= room,
/// or infinity when there are none. The shed cost counts in `cost` and in c.
double ClpSafeOptimum(const Problem& problem, const Vector& cost, const Slot& slot, const Coefficients& coefficients,
                      const Loads& difference, double room);

}  // namespace evenkeel
