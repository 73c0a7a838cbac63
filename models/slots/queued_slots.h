// Slots that know what has arrived and what is due of the work that can wait.
#pragma once

#include <memory>

#include "models/world/network.h"
#include "models/world/slot.h"

namespace evenkeel {

/// `slots` as one period of its own, with Slot::arrived, due and releasable. Where the network has classes of work, all
/// are read once beforehand.
std::unique_ptr<SlotSource> MakeQueuedSlots(std::unique_ptr<SlotSource> slots, const Network& network);

}  // namespace evenkeel
