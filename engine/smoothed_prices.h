// Prices at which given loads stand, smooth in the loads.
#pragma once

#include <vector>

#include "models/world/problem.h"

namespace evenkeel {

/// prices^k = mu_k grad ||L^k||_{min(q_k, 8)}: the gradient of the norm inf itself would see one bucket only. `prices`
/// has the problem's sizes. For q_k > 8 they may lie outside the dual set (ScaleIntoDualSet).
void SmoothedPrices(const Problem& problem, const Loads& load, Prices* prices);

}  // namespace evenkeel
