// The checks and conversions that traces in memory and on disk share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/world/slot.h"
#include "models/world/trace.h"
#include "models/world/trace_schema.h"

namespace evenkeel {

/// Checks slot length, range and equal spacing of the times of slots from `first_slot` on. Throws InputError.
void ValidateTimes(double slot_hours, const std::vector<std::int64_t>& times, int first_slot, const std::string& where);

/// Checks shape, finiteness and range of one signal [times x columns] of slots from `first_slot` on. Throws InputError.
void ValidateSignal(const TraceHeader& header, const TraceField& field, const std::vector<std::int64_t>& times,
                    const RowMatrix& values, int first_slot, const std::string& where);

/// Fills `slot` from row `row` of `signals`, slot `index` of the period.
void FillSlot(const Signals& signals, double slot_hours, int row, int index, Slot* slot);

}  // namespace evenkeel
