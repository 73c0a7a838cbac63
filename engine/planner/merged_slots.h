// A coarser future: slots far ahead, at the same time of day, as one.
//
// The first `fine` slots stay as they are. Behind them, slots that lie a multiple of `season` apart become one slot
//
//   demand, capacity              sums over the merged slots
//   price, intensities            means over the merged slots, weighted with the slots' total demand
//
// so that a problem of any length has at most fine + season slots. Exact where the merged slots are equal up to a
// factor of demand and capacity; else workload may move between days, and an average takes the place of dispatch to
// each day's cheapest. How much that is worth is measured in docs/planner.md.
#pragma once

#include <memory>

#include "models/world/slot.h"

namespace evenkeel {

/// A view of `slots`, which has to outlive it. fine >= 1, season >= 1. Throws InputError when slots with classes of
/// work would be merged: merged slots have no order in which work could wait.
std::unique_ptr<SlotSource> MakeMergedSlots(SlotSource& slots, int fine, int season);

}  // namespace evenkeel
