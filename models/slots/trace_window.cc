#include "models/slots/trace_window.h"

#include <utility>

#include "models/base/error.h"

namespace evenkeel {
SlotWindow::SlotWindow(SlotSource& whole, int first, int count) : whole_(whole), first_(first), count_(count) {
  EVENKEEL_CHECK(first >= 0 && count >= 0 && first <= whole.num_slots() - count);
}

SlotWindow::SlotWindow(std::unique_ptr<SlotSource> whole, int first, int count) : SlotWindow(*whole, first, count) {
  owned_ = std::move(whole);
}

void SlotWindow::Read(int t, Slot* slot) {
  EVENKEEL_CHECK(t >= 0 && t < count_);
  whole_.Read(first_ + t, slot);
  slot->index = t;
}

std::unique_ptr<SlotSource> MakeSlotWindow(std::unique_ptr<SlotSource> whole, int first, int count) {
  return std::make_unique<SlotWindow>(std::move(whole), first, count);
}

Vector TotalDemand(SlotSource& slots) {
  Slot slot;
  Vector total;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    if (t == 0) total = Vector::Zero(slot.demand.size());
    total += slot.demand;
  }
  return total;
}

}  // namespace evenkeel
