// What is seen in one slot, and where slots come from.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/linear_algebra.h"
#include "models/world/network.h"

namespace evenkeel {

struct Slot {
  int index = 0;          ///< 0-based position in the accounting period
  std::int64_t time = 0;  ///< start of the slot, seconds since 1970-01-01 00:00:00 UTC
  Vector demand;          ///< d, [gateways], units of workload (MWh of IT energy at e = 1) in this slot; of a class of
                          ///< work, what arrives
  Vector capacity;        ///< cap, [regions], units of resource in this slot (MW times slot_hours)
  Vector price;           ///< p, [regions], USD/MWh of facility energy; may be negative
  Vector carbon_intensity;  ///< ci, [regions], kg/kWh of facility energy
  Vector water_intensity;   ///< wi, [regions], L/kWh of IT energy, on-site and off-site together
  Vector arrived;           ///< A, [classes], work that arrived since the period began, this slot included
  Vector due;               ///< G, [classes], of it, what must be done by the end of this slot
  double releasable = 0.0;  ///< most work of all classes that any schedule can do in this slot
};

/// What has arrived and what is due of the work that can wait, over one period: with A_t what arrived in slots 0 .. t,
///
///     G_t = A_{t - D}  before the period's last slot,     G_T = A_T  in it.
class WorkDues {
 public:
  explicit WorkDues(const Network& network);

  /// The next slot's demand, [gateways].
  void Add(const Vector& demand);
  /// Sets arrived, due and releasable of slot `slot->index` of a period of `num_slots` slots; it must have been added.
  void Fill(int num_slots, Slot* slot) const;
  int num_slots() const { return static_cast<int>(arrived_.size()); }
  /// As it was when `slots` had been added.
  WorkDues First(int slots) const;

 private:
  double Due(int t, int num_slots, int k) const;

  std::vector<int> deadlines_;   // [classes], slots
  std::vector<Vector> arrived_;  // A, [slots][classes]
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
