// One slot's dispatch problem solved by CLP: the independent reference for engine/dispatch/dispatch.h.
#pragma once

#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// Optimal cost, or infinity when the slot cannot be served.
double ClpSlotOptimum(const Problem& problem, const Vector& cost, const Slot& slot);

}  // namespace evenkeel
