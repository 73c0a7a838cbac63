#include "models/slots/queued_slots.h"

#include <utility>

namespace evenkeel {
namespace {

class QueuedSlots : public SlotSource {
 public:
  QueuedSlots(std::unique_ptr<SlotSource> slots, const Network& network) : slots_(std::move(slots)), dues_(network) {
    Slot slot;
    for (int t = 0; t < slots_->num_slots(); ++t) {
      slots_->Read(t, &slot);
      dues_.Add(slot.demand);
    }
  }

  int num_slots() const override { return slots_->num_slots(); }
  void Read(int t, Slot* slot) override {
    slots_->Read(t, slot);
    dues_.Fill(num_slots(), slot);
  }

 private:
  std::unique_ptr<SlotSource> slots_;
  WorkDues dues_;
};

}  // namespace

std::unique_ptr<SlotSource> MakeQueuedSlots(std::unique_ptr<SlotSource> slots, const Network& network) {
  if (network.num_classes() == 0) return slots;
  return std::make_unique<QueuedSlots>(std::move(slots), network);
}

}  // namespace evenkeel
