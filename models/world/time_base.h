// When slots begin.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "models/world/limits.h"

namespace evenkeel {

/// A slot's length in whole seconds.
inline std::int64_t SlotSeconds(double slot_hours) { return std::llround(slot_hours * 3600.0); }

/// Hours as slots, where they are whole slots, 0 to `kMostDeadlineSlots` of them, within rounding.
inline std::optional<int> WholeSlots(double hours, double slot_hours) {
  const double slots = hours / slot_hours;
  if (!(slots >= 0.0 && slots <= kMostDeadlineSlots)) return std::nullopt;
  if (std::abs(slots - std::round(slots)) > 1e-9 * std::max(1.0, slots)) return std::nullopt;
  return static_cast<int>(std::lround(slots));
}

struct TimeBase {
  std::int64_t start = 0;   ///< of slot 0, seconds since 1970-01-01 00:00:00 UTC
  double slot_hours = 1.0;  ///< length of a slot

  /// Seconds from slot to slot.
  std::int64_t step() const { return SlotSeconds(slot_hours); }
  std::int64_t time(int slot) const { return start + slot * step(); }
  /// Number of the slot that `time` is in, negative before slot 0.
  std::int64_t slot_of(std::int64_t time) const {
    const std::int64_t since = time - start;
    return since / step() - (since % step() < 0 ? 1 : 0);
  }
};

}  // namespace evenkeel
