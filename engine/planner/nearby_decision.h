// A decision that is almost feasible, made feasible.
#pragma once

#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// Moves `allocation` into the slot's feasible set, to a tenth of AllowedViolation (engine/policy.h), by scaling: what
/// a gateway is given to its demand, what a region takes down to its capacity, in turns (iterative proportional
/// fitting; Deming and Stephan 1940). Flows that are 0 stay 0. A decision that is feasible to AllowedViolation is left
/// as it is, to the bit. Returns the violation that is left, in units of workload: above AllowedViolation where the
/// flows that are not 0 cannot serve the demand, or only after very many turns. `work_done` [classes] before the slot:
/// a class that is outside its window is moved to the nearer end of it.
double MoveIntoFeasibleSet(const Problem& problem, const Slot& slot, const Vector& work_done, Allocation* allocation);

}  // namespace evenkeel
