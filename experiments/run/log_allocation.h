// Decisions out of a run log's dense rows.
#pragma once

#include "experiments/files/run_log.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"

namespace evenkeel {

/// The decision of a slot, whose row is `row` of `flow`, [gateways x regions x variants], and of `shed`. Throws
/// RunDifference when workload goes where no arc is.
Allocation AllocationOf(const Problem& problem, int slot, int row, const RowMatrix& flow, const RowMatrix& shed);

inline Allocation PlayedAllocation(const Problem& problem, const RunLog& log, int slot) {
  return AllocationOf(problem, slot, slot - log.first_slot, log.allocation, log.shed);
}

}  // namespace evenkeel
