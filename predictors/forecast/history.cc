#include "predictors/forecast/history.h"

#include <algorithm>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kDay = 86400;

}  // namespace

void History::Append(const Slot& slot) {
  const auto gateways = static_cast<int>(slot.demand.size()), regions = static_cast<int>(slot.price.size());
  if (times_.empty()) columns_ = {gateways, regions};
  EVENKEEL_CHECK_EQ(columns_.gateways, gateways);
  EVENKEEL_CHECK_EQ(columns_.regions, regions);
  constexpr Eigen::Index kFewest = 256;
  if (num_slots() == values_.rows()) values_.conservativeResize(std::max(kFewest, 2 * values_.rows()), columns_.size());
  auto row = values_.row(num_slots());
  row = RowOf(slot);
  times_.push_back(slot.time);
}

void History::AppendAll(SlotSource& slots) {
  Slot slot;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    Append(slot);
  }
}

HistoryView::HistoryView(const History& history, int num_slots) : history_(&history), num_slots_(num_slots) {
  EVENKEEL_CHECK(num_slots >= 1 && num_slots <= history.num_slots());
}

std::int64_t HistoryView::time(int t) const {
  EVENKEEL_CHECK(t >= 0 && t < num_slots_);
  return history_->time(t);
}

double HistoryView::value(int t, int column) const {
  EVENKEEL_CHECK(t >= 0 && t < num_slots_);
  return history_->value(t, column);
}

RowVector HistoryView::row(int t) const {
  EVENKEEL_CHECK(t >= 0 && t < num_slots_);
  return history_->row(t);
}

Eigen::Map<const RowMatrix> HistoryView::rows(int first, int end) const {
  EVENKEEL_CHECK(first >= 0 && first <= end && end <= num_slots_);
  return history_->rows(first, end);
}

HistoryView HistoryView::Before(int num_slots) const {
  EVENKEEL_CHECK_LE(num_slots, num_slots_);
  return {*history_, num_slots};
}

std::int64_t HistoryView::step() const { return num_slots_ < 2 ? 3600 : history_->time(1) - history_->time(0); }

int HistoryView::slots_per_day() const {
  return static_cast<int>(std::max<std::int64_t>(1, (kDay + step() / 2) / step()));
}

}  // namespace evenkeel
