// Slots that were seen, as a source.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "models/world/slot.h"

namespace evenkeel {

class SlotList : public SlotSource {
 public:
  explicit SlotList(std::vector<Slot> slots) : slots_(std::move(slots)) {}
  int num_slots() const override { return static_cast<int>(slots_.size()); }
  void Read(int t, Slot* slot) override {
    *slot = slots_[t];
    slot->index = t;
  }

 private:
  std::vector<Slot> slots_;
};

}  // namespace evenkeel
