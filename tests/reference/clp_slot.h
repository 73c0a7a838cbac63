// One slot's dispatch problem solved by CLP: the independent reference for engine/dispatch.h.
#pragma once

#include "models/problem.h"
#include "models/slot.h"

namespace evenkeel {

/// Optimal cost, or infinity when the slot cannot be served.
double ClpSlotOptimum(const Problem& problem, const Vector& cost, const Slot& slot);

}  // namespace evenkeel
