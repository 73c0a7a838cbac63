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
  RowMatrix deferral_prices;  ///< y, [slots x classes], USD per unit (engine/planner/offline.h)
  /// Work that the plan has done of every class by the end of each slot, that before the first one included, [slots x
  /// classes], units. Within [due, arrived], and it never falls.
  RowMatrix work_done;
};

/// Prices of   min over the slots' feasible sets of   sum_t c_t . x_t + sum_k mu_k || L0^k + sum_t h^k_t x_t ||_{q_k}
/// with L0 = `load` per group [buckets], to a gap of `tolerance`; it counts as converged at ten times that. `work_done`
/// [classes] is Ledger's before the first slot, and may be left out where there are no classes; the slots' arrived and
/// due are counted from where it is. Throws InputError when a slot's demand cannot be served, or more work is due than
/// capacity can do.
RestPlan PlanRest(const Problem& problem, SlotSource& slots, const Loads& load, double tolerance,
                  const Vector& work_done = Vector());

}  // namespace evenkeel
