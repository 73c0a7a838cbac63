// Slots made of rows of signals: of what was seen, or of what is forecast.
#pragma once

#include <utility>

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

/// Forecasts with what has arrived and what is due by then, of a period of `num_slots` slots, and with a share
/// `reserve` of capacities left free. `dues` holds the slots up to the one that is seen, which stays as it is.
class QueuedForecast : public SlotSource {
 public:
  QueuedForecast(ForecastSlots slots, WorkDues dues, int num_slots, double reserve)
      : slots_(std::move(slots)), dues_(std::move(dues)), num_slots_(num_slots), reserve_(reserve) {
    Slot slot;
    for (int t = 1; t < slots_.num_slots(); ++t) {
      slots_.Read(t, &slot);
      dues_.Add(slot.demand);
    }
  }

  int num_slots() const override { return slots_.num_slots(); }
  void Read(int t, Slot* slot) override {
    slots_.Read(t, slot);
    if (t == 0) return;
    dues_.Fill(num_slots_, slot);
    slot->capacity *= 1.0 - reserve_;
  }

 private:
  ForecastSlots slots_;
  WorkDues dues_;
  int num_slots_;
  double reserve_;
};

}  // namespace evenkeel
