// A part of a trace as a period of its own.
#pragma once

#include <memory>

#include "models/world/slot.h"

namespace evenkeel {

/// Slots [first, first + count) of `whole`, with indices from 0 on.
class SlotWindow : public SlotSource {
 public:
  /// `whole` must outlive this.
  SlotWindow(SlotSource& whole, int first, int count);
  SlotWindow(std::unique_ptr<SlotSource> whole, int first, int count);

  int num_slots() const override { return count_; }
  void Read(int t, Slot* slot) override;

 private:
  std::unique_ptr<SlotSource> owned_;  // null: somebody else's
  SlotSource& whole_;
  int first_, count_;
};

std::unique_ptr<SlotSource> MakeSlotWindow(std::unique_ptr<SlotSource> whole, int first, int count);

/// Sum of demand over the slots per gateway, [gateways], units of workload.
Vector TotalDemand(SlotSource& slots);

}  // namespace evenkeel
