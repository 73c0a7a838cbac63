// What a dispatch came to.
#pragma once

namespace evenkeel {

/// Where the method begins. From the last solve's basis it is quicker where little has changed, but which optimum it
/// finds, where there are several, depends on what was solved before.
enum class DispatchStart {
  kCold,       ///< the same for the same slot, whatever was solved before
  kLastBasis,  ///< cold where there is none
};

enum class DispatchStatus {
  kOptimal,       ///< the allocation is feasible and optimal
  kInfeasible,    ///< some demand cannot be served; the allocation's `shed` says how much of which gateway
  kNotConverged,  ///< pivot limit: within all capacities, but not known to be optimal; `shed` says what is unserved
};

struct DispatchResult {
  DispatchStatus status = DispatchStatus::kOptimal;
  double cost = 0.0;  ///< objective value of the allocation, whatever the status; of what is served, if infeasible
  int pivots = 0;     ///< steps that the method took, whatever the status
};

}  // namespace evenkeel
