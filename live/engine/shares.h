// What a balancer has to know of a decision.
#pragma once

#include <cstdint>

#include "models/base/linear_algebra.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"

namespace evenkeel {

/// The part of each gateway's workload that goes to each region, and the work that can wait that each region is to do.
struct Shares {
  int slot = 0;                  ///< of the accounting period
  std::int64_t begin = 0;        ///< of the slot, seconds since 1970-01-01 00:00:00 UTC
  std::int64_t valid_until = 0;  ///< when an adapter should stop believing them
  RowMatrix share;     ///< [firm gateways x regions], >= 0; a row's sum is 1, or 0 where nothing can be served
  RowMatrix released;  ///< [classes x regions], >= 0, units of work to be done in the slot; empty where nothing is said
};

/// Sets every row to the parts of the firm gateway's served workload in `allocation`. A gateway of which nothing is
/// served, as none is expected, keeps its row: requests that come all the same have to go somewhere.
void SetShares(const Problem& problem, const Allocation& allocation, RowMatrix* share);

/// What a decision releases of the work that can wait, [classes x regions].
RowMatrix ReleasedByRegion(const Problem& problem, const Allocation& allocation);

}  // namespace evenkeel
