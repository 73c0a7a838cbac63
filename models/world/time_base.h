// When slots begin.
#pragma once

#include <cmath>
#include <cstdint>

namespace evenkeel {

/// A slot's length in whole seconds.
inline std::int64_t SlotSeconds(double slot_hours) { return std::llround(slot_hours * 3600.0); }

struct TimeBase {
  std::int64_t start = 0;   ///< of slot 0, seconds since 1970-01-01 00:00:00 UTC
  double slot_hours = 1.0;  ///< length of a slot

  /// Seconds from slot to slot.
  std::int64_t step() const { return SlotSeconds(slot_hours); }
  std::int64_t time(int slot) const { return start + slot * step(); }
};

}  // namespace evenkeel
