#include "models/world/slot.h"

#include "models/base/error.h"

namespace evenkeel {

WorkDues::WorkDues(const Network& network) {
  for (const WorkClass& work : network.classes) deadlines_.push_back(work.deadline);
}

void WorkDues::Add(const Vector& demand) {
  const auto classes = static_cast<Eigen::Index>(deadlines_.size());
  arrived_.emplace_back(demand.tail(classes));
  if (arrived_.size() > 1) arrived_.back() += arrived_[arrived_.size() - 2];
}

double WorkDues::Due(int t, int num_slots, int k) const {
  const int last = t == num_slots - 1 ? t : t - deadlines_[k];
  return last < 0 ? 0.0 : arrived_[last][k];
}

WorkDues WorkDues::First(int slots) const {
  WorkDues first = *this;
  first.arrived_.resize(static_cast<std::size_t>(slots));
  return first;
}

void WorkDues::Fill(int num_slots, Slot* slot) const {
  const int t = slot->index, classes = static_cast<int>(deadlines_.size());
  EVENKEEL_CHECK(t >= 0 && t < this->num_slots() && t < num_slots);
  slot->arrived = arrived_[t];
  slot->due.resize(classes);
  slot->releasable = 0.0;
  for (int k = 0; k < classes; ++k) {
    slot->due[k] = Due(t, num_slots, k);
    slot->releasable += slot->arrived[k] - Due(t - 1, num_slots, k);
  }
}

}  // namespace evenkeel
