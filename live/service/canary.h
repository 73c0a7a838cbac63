// Which of the decided shares are applied in which mode. Pure.
#pragma once

#include <vector>

#include "live/engine/status.h"
#include "models/base/linear_algebra.h"

namespace evenkeel {

struct CanaryOptions {
  std::vector<int> gateways;  ///< that canary mode applies to
  double step = 0.1;          ///< of a gateway's requests, what may move from one slot to the next, in (0, 1]
};

/// What a balancer is to be given in a slot, [gateways x regions]: in active mode the decision; in canary mode of the
/// listed gateways the point at most `step` of the requests away from what they had in the slot before, on the straight
/// way to the decision; and rows of zeros, which leave a gateway as it is, for all others and in shadow mode.
/// `before` [gateways x regions]: what was applied in the slot before; a row of zeros: not known, then the decision.
RowMatrix SharesToApply(LiveMode mode, const CanaryOptions& options, const RowMatrix& decided, const RowMatrix& before);

}  // namespace evenkeel
