// What has been seen so far, as one table of signals: what forecasts are made from.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/linear_algebra.h"
#include "models/world/signal_columns.h"
#include "models/world/slot.h"

namespace evenkeel {

/// Slots in order, of a period and of the time before it.
class History {
 public:
  /// Throws InternalError for a slot of another size.
  void Append(const Slot& slot);
  /// Everything a source has.
  void AppendAll(SlotSource& slots);

  int num_slots() const { return static_cast<int>(times_.size()); }
  const SignalColumns& columns() const { return columns_; }
  std::int64_t time(int t) const { return times_[t]; }
  double value(int t, int column) const { return values_(t, column); }
  auto row(int t) const { return values_.row(t); }
  Eigen::Map<const RowMatrix> rows(int first, int end) const {
    return {values_.data() + first * values_.cols(), end - first, values_.cols()};
  }

 private:
  SignalColumns columns_;
  std::vector<std::int64_t> times_;
  RowMatrix values_;  // [capacity x columns], of which num_slots() rows are filled
};

/// The first slots of a history and nothing after them: whoever gets a view cannot look ahead.
class HistoryView {
 public:
  /// Throws InternalError for more slots than there are, or none.
  HistoryView(const History& history, int num_slots);
  explicit HistoryView(const History& history) : HistoryView(history, history.num_slots()) {}

  int num_slots() const { return num_slots_; }
  const SignalColumns& columns() const { return history_->columns(); }
  std::int64_t time(int t) const;
  double value(int t, int column) const;
  RowVector row(int t) const;
  /// Slots [first, end), as they lie in the history.
  Eigen::Map<const RowMatrix> rows(int first, int end) const;
  /// A view of fewer slots.
  HistoryView Before(int num_slots) const;
  /// Slots in 24 hours, rounded, at least 1; 24 as long as there is but one slot.
  int slots_per_day() const;
  /// Seconds from slot to slot; 3600 as long as there is but one.
  std::int64_t step() const;

 private:
  const History* history_;
  int num_slots_;
};

}  // namespace evenkeel
