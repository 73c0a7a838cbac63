// What came of a sweep as the table that is written.
#pragma once

#include <vector>

#include "experiments/files/sweep_file.h"
#include "experiments/sweep/cell.h"

namespace evenkeel {

/// `outcomes`: one per cell of the plan. A cell that failed has its reason in `failure` and no numbers.
SweepTable MakeSweepTable(const SweepPlan& plan, const SweepSchema& schema, const std::vector<SweepOutcome>& outcomes);

}  // namespace evenkeel
