// A part of a trace as a period of its own.
#pragma once

#include <memory>

#include "models/world/slot.h"

namespace evenkeel {

/// Slots [first, first + count) of `whole`, with indices from 0 on.
std::unique_ptr<SlotSource> MakeSlotWindow(std::unique_ptr<SlotSource> whole, int first, int count);

/// Sum of demand over the slots per gateway, [gateways], units of workload.
Vector TotalDemand(SlotSource& slots);

}  // namespace evenkeel
