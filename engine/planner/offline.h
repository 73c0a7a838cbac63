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

/// There are two outcomes, `converged` or not, and all fields are filled in both; demand that can't be served is an
/// InputError instead. `lower_bound` is proved by `prices` alone, so that no decision has a smaller J in either case.
/// Who trusts neither takes `prices` and `allocations` to CheckCertificate (engine/certificate.h).
struct OfflineOptimum {
  /// `gap` is at most the wanted one, and every decision is feasible. Else the method stopped short: `allocations` may
  /// then violate constraints, and are the best that it had.
  bool converged = false;
  double objective = 0.0;    ///< J of `allocations`, USD; the optimum to `gap`, when converged
  double lower_bound = 0.0;  ///< LB(prices), theorem 1, USD: at most the optimum, converged or not
  double gap = 0.0;          ///< (objective - lower_bound) / |objective|, on the shifted J
  int iterations = 0;        ///< of the interior-point method
  Prices prices;             ///< in the dual set, converged or not; the optimal ones to the accuracy of the gap
  /// y, [slots x classes], USD per unit: what a unit more of a class's work in that slot would cost, and what its
  /// waiting work is worth. It rises where work is held and falls where as much waits as may. Of the best point found,
  /// converged or not; 0 in slots in which a class has nothing to do.
  RowMatrix deferral_prices;
  Ledger ledger;                        ///< of `allocations`
  std::vector<Allocation> allocations;  ///< [slots]; feasible to AllowedViolation, when converged
};

/// Throws InputError when some slot's demand cannot be served, or more work is due than capacity can do.
OfflineOptimum SolveOffline(const Problem& problem, SlotSource& slots, const OfflineOptions& options);

}  // namespace evenkeel
