// Observations with errors in them, for policies that shall not see the meters.
#pragma once

#include <memory>

#include "models/world/signal_error.h"
#include "models/world/slot.h"

namespace evenkeel {

/// The slots of `truth` with an error in their prices and intensities; demand and capacity are known when a slot is
/// decided, and stay. Everything is read at once and held in memory. Throws InputError for a bad error.
std::unique_ptr<SlotSource> MakeDisturbedSlots(std::unique_ptr<SlotSource> truth, const SignalError& error);

/// How far `seen` is from `truth`, two sources of the same slots.
RealisedError CompareSlots(SlotSource& truth, SlotSource& seen);

}  // namespace evenkeel
