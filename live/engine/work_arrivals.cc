#include "live/engine/work_arrivals.h"

#include <algorithm>

namespace evenkeel {

WorkArrivals::WorkArrivals(int num_classes, const TimeBase& grid, std::int64_t history_seconds)
    : grid_(grid), history_(history_seconds), classes_(static_cast<std::size_t>(num_classes)) {
  undone_.said = undone_.taken = Vector::Zero(num_classes);
}

void WorkArrivals::Say(int k, std::int64_t time, double amount, const std::string& source) {
  OfClass& of_class = classes_[static_cast<std::size_t>(k)];
  const std::int64_t number = grid_.slot_of(time);
  OfSlot& slot = of_class.slots.try_emplace(number, OfSlot{time, amount, 0.0}).first->second;
  if (time >= slot.time) {
    slot.time = time;
    slot.said = amount;
  }
  slot.said > slot.taken ? static_cast<void>(of_class.open.insert(number))
                         : static_cast<void>(of_class.open.erase(number));
  if (!of_class.newest || time >= of_class.newest->time) of_class.newest = SaidArrival{time, amount, source};
  const std::int64_t first = grid_.slot_of(of_class.newest->time - history_);
  of_class.slots.erase(of_class.slots.begin(), of_class.slots.lower_bound(first));
  of_class.open.erase(of_class.open.begin(), of_class.open.lower_bound(first));
}

void WorkArrivals::SayUndone(const Vector& undone) { undone_.said = undone; }

Vector WorkArrivals::Waiting() const {
  Vector waiting = (undone_.said - undone_.taken).cwiseMax(0.0);
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    for (const std::int64_t number : classes_[k].open) {
      const OfSlot& slot = classes_[k].slots.at(number);
      waiting[static_cast<Eigen::Index>(k)] += slot.said - slot.taken;
    }
  }
  return waiting;
}

void WorkArrivals::TakeIn() {
  undone_.taken = undone_.taken.cwiseMax(undone_.said);
  for (OfClass& of_class : classes_) {
    for (const std::int64_t number : of_class.open) {
      OfSlot& slot = of_class.slots.at(number);
      slot.taken = slot.said;
    }
    of_class.open.clear();
  }
}

void WorkArrivals::BeginPeriod() {
  undone_.said.setZero();
  undone_.taken.setZero();
}

std::size_t WorkArrivals::size() const {
  std::size_t count = 0;
  for (const OfClass& of_class : classes_) count += of_class.slots.size();
  return count;
}

}  // namespace evenkeel
