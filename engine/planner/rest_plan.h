// The rest of a period, planned from the loads so far.
#pragma once

#include <vector>

#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

struct RestPlan {
  bool converged = false;
  double gap = kInfinity;  ///< relative; larger of the solver's gap and residuals
  Prices prices;           ///< in the dual set
  Allocation first;  ///< what the plan does in the first slot: its demand met, capacity kept to the plan's accuracy
};

/// Prices of   min over the slots' feasible sets of   sum_t c_t . x_t + sum_k mu_k || L0^k + sum_t h^k_t x_t ||_{q_k}
/// with L0 = `load` per group [buckets], to a gap of `tolerance`; it counts as converged at ten times that. Throws
/// InputError when a slot's demand cannot be served.
RestPlan PlanRest(const Problem& problem, SlotSource& slots, const Loads& load, double tolerance);

}  // namespace evenkeel
