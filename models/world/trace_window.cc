#include "models/world/trace_window.h"

#include <utility>

#include "models/base/error.h"

namespace evenkeel {
namespace {

class SlotWindow : public SlotSource {
 public:
  SlotWindow(std::unique_ptr<SlotSource> whole, int first, int count)
      : whole_(std::move(whole)), first_(first), count_(count) {
    EVENKEEL_CHECK(first >= 0 && count >= 0 && first <= whole_->num_slots() - count);
  }

  int num_slots() const override { return count_; }
  void Read(int t, Slot* slot) override {
    EVENKEEL_CHECK(t >= 0 && t < count_);
    whole_->Read(first_ + t, slot);
    slot->index = t;
  }

 private:
  std::unique_ptr<SlotSource> whole_;
  int first_, count_;
};

}  // namespace

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
