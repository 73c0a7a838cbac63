// What is seen in one slot, and where slots come from.
#pragma once

#include <cstdint>

#include "models/base/linear_algebra.h"

namespace evenkeel {

struct Slot {
  int index = 0;            ///< 0-based position in the accounting period
  std::int64_t time = 0;    ///< start of the slot, seconds since 1970-01-01 00:00:00 UTC
  Vector demand;            ///< d, [gateways], units of workload (MWh of IT energy at e = 1) in this slot
  Vector capacity;          ///< cap, [regions], units of resource in this slot (MW times slot_hours)
  Vector price;             ///< p, [regions], USD/MWh of facility energy; may be negative
  Vector carbon_intensity;  ///< ci, [regions], kg/kWh of facility energy
  Vector water_intensity;   ///< wi, [regions], L/kWh of IT energy, on-site and off-site together
};

/// A period's slots, in any order. One per use: implementations may buffer.
class SlotSource {
 public:
  virtual ~SlotSource() = default;
  virtual int num_slots() const = 0;
  /// Fills `slot` with slot t, 0 <= t < num_slots().
  virtual void Read(int t, Slot* slot) = 0;
};

}  // namespace evenkeel
