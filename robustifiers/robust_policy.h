// Follow any advice, never end above the allowance over an expert (docs/guarantees.md).
#pragma once

#include <memory>

#include "robustifiers/decision.h"
#include "robustifiers/trust.h"

namespace evenkeel {

/// The way back into the safe set when the advice is outside.
enum class WayBack {
  kSwitch,  ///< the expert's decision
  kLine,    ///< the nearest safe point on the segment to the expert's decision
  kPrice,   ///< the safe decision that is cheapest at the advice's own prices; line where it states none
};

struct RobustOptions {
  Spending spending;
  TrustOptions trust;
  WayBack mode = WayBack::kPrice;
  double advice_timeout = 0.0;  ///< seconds; 0: wait
};

/// J_t <= J_E,t + allowance_t at every t on shifted objectives, whatever the advice does (theorem 4); with observations
/// that differ from what is metered the budget is settled with metered values (theorem 5 b). The policy has
/// RobustDecisions.
std::unique_ptr<Policy> MakeRobust(const Problem& problem, std::unique_ptr<Policy> advice,
                                   std::unique_ptr<Policy> expert, const RobustOptions& options);

}  // namespace evenkeel
