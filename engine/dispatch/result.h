// What a dispatch came to.
#pragma once

namespace evenkeel {

enum class DispatchStatus {
  kOptimal,
  kInfeasible,    ///< some demand cannot be served; the allocation's `shed` says how much of which gateway
  kNotConverged,  ///< pivot limit: the allocation is feasible, but not known to be optimal
};

struct DispatchResult {
  DispatchStatus status = DispatchStatus::kOptimal;
  double cost = 0.0;  ///< objective value
  int pivots = 0;     ///< steps that the method took
};

}  // namespace evenkeel
