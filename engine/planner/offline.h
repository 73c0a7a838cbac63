// The optimum in hindsight: the whole period's problem, solved once everything is known.
#pragma once

#include <vector>

#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

struct OfflineOptions {
  double gap = 1e-8;  ///< wanted certified gap, relative
  int threads = 1;    ///< 0: one per core; results do not depend on it
};

struct OfflineOptimum {
  bool converged = false;    ///< the certified gap is at most the wanted one
  double objective = 0.0;    ///< J of `allocations`
  double lower_bound = 0.0;  ///< LB(prices), theorem 1
  double gap = 0.0;          ///< (objective - lower_bound) / |objective|, on the shifted J
  int iterations = 0;
  Prices prices;                        ///< in the dual set
  Ledger ledger;                        ///< of `allocations`
  std::vector<Allocation> allocations;  ///< [slots]
};

/// Throws InputError when some slot's demand cannot be served.
OfflineOptimum SolveOffline(const Problem& problem, SlotSource& slots, const OfflineOptions& options);

}  // namespace evenkeel
