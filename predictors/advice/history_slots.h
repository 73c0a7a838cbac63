// Slots made of rows of signals: of what was seen, or of what is forecast.
#pragma once

#include "predictors/forecast/history.h"

namespace evenkeel {

/// A stretch of a history as a period of its own; capacities are those of `like`.
class HistorySlots : public SlotSource {
 public:
  HistorySlots(const HistoryView& history, int first, int count, const Slot& like)
      : history_(history), first_(first), count_(count), like_(like) {}

  int num_slots() const override { return count_; }
  void Read(int t, Slot* slot) override {
    *slot = like_;
    slot->index = t;
    slot->time = history_.time(first_ + t);
    SetRow(history_.row(first_ + t), slot);
  }

 private:
  HistoryView history_;
  int first_, count_;
  Slot like_;
};

/// The slot that is seen, then forecasts, `step` seconds from one to the next; capacities are those of `seen`.
class ForecastSlots : public SlotSource {
 public:
  ForecastSlots(const Slot& seen, const RowMatrix& forecast, std::int64_t step)
      : seen_(seen), forecast_(forecast), step_(step) {}

  int num_slots() const override { return static_cast<int>(forecast_.rows()) + 1; }
  void Read(int t, Slot* slot) override {
    *slot = seen_;
    if (t == 0) return;
    slot->index = seen_.index + t;
    slot->time = seen_.time + t * step_;
    SetRow(forecast_.row(t - 1), slot);
  }

 private:
  const Slot& seen_;
  const RowMatrix& forecast_;
  std::int64_t step_;
};

}  // namespace evenkeel
