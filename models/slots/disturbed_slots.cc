#include "models/slots/disturbed_slots.h"

#include <utility>

#include "models/base/error.h"

namespace evenkeel {
namespace {

class DisturbedSlots : public SlotSource {
 public:
  DisturbedSlots(std::unique_ptr<SlotSource> truth, const SignalError& error) : truth_(std::move(truth)) {
    if (truth_->num_slots() == 0) return;
    Slot slot;
    truth_->Read(0, &slot);
    const SignalColumns columns = ColumnsOf(slot);
    const std::int64_t first = slot.time;
    std::int64_t step = 1;  // of no consequence for a single slot
    rows_.resize(truth_->num_slots(), columns.size());
    for (int t = 0; t < truth_->num_slots(); ++t) {
      truth_->Read(t, &slot);
      rows_.row(t) = RowOf(slot);
      if (t == 1) step = slot.time - first;
    }
    InjectError(error, columns, {first, step}, &rows_);
  }

  int num_slots() const override { return truth_->num_slots(); }
  void Read(int t, Slot* slot) override {
    truth_->Read(t, slot);
    SetRow(rows_.row(t), slot);
  }

 private:
  std::unique_ptr<SlotSource> truth_;
  RowMatrix rows_;
};

}  // namespace

std::unique_ptr<SlotSource> MakeDisturbedSlots(std::unique_ptr<SlotSource> truth, const SignalError& error) {
  CheckSignalError(error);
  SignalError footprints = error;
  footprints.signals[static_cast<int>(Signal::kDemand)] = false;
  return std::make_unique<DisturbedSlots>(std::move(truth), footprints);
}

RealisedError CompareSlots(SlotSource& truth, SlotSource& seen) {
  EVENKEEL_CHECK_EQ(truth.num_slots(), seen.num_slots());
  RealisedError error;
  Slot a, b;
  for (int t = 0; t < truth.num_slots(); ++t) {
    truth.Read(t, &a);
    seen.Read(t, &b);
    error.Add(ColumnsOf(a), RowOf(a), RowOf(b));
  }
  return error;
}

}  // namespace evenkeel
