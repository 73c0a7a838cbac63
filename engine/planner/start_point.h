// Where the planner's interior-point method starts.
#pragma once

#include "engine/planner/coupling.h"
#include "engine/planner/period_data.h"
#include "engine/planner/slot_batch.h"

namespace evenkeel {

/// Fills the blocks' data and point: demand split over a gateway's regions in proportion to their capacity, reduced
/// costs positive at prices strictly inside the dual set. Arcs of gateways without demand or of regions without
/// capacity carry x = 0 and take no part, or there would be no interior. Returns the shared variables, which fit the
/// loads.
CouplingState SetStartPoint(const PeriodData& data, const SlotShape& shape, SlotBlocks* blocks);

/// Complementary pairs that take part.
double CountPairs(const PeriodData& data, const SlotShape& shape, const SlotBlocks& blocks);

}  // namespace evenkeel
