#include "engine/planner/merged_slots.h"

#include <algorithm>

#include "models/base/error.h"

namespace evenkeel {
namespace {

class MergedSlots : public SlotSource {
 public:
  MergedSlots(SlotSource& slots, int fine, int season) : slots_(slots), fine_(fine), season_(season) {}

  int num_slots() const override { return std::min(slots_.num_slots(), fine_ + season_); }

  void Read(int t, Slot* slot) override {
    slots_.Read(t, slot);
    if (t < fine_) return;
    double weight = slot->demand.sum();
    for (int s = t + season_; s < slots_.num_slots(); s += season_) {
      slots_.Read(s, &other_);
      const double more = other_.demand.sum();
      const double share = weight + more > 0.0 ? more / (weight + more) : 0.5;
      slot->demand += other_.demand;
      slot->capacity += other_.capacity;
      slot->price += share * (other_.price - slot->price);
      slot->carbon_intensity += share * (other_.carbon_intensity - slot->carbon_intensity);
      slot->water_intensity += share * (other_.water_intensity - slot->water_intensity);
      weight += more;
    }
  }

 private:
  SlotSource& slots_;
  int fine_, season_;
  Slot other_;
};

}  // namespace

std::unique_ptr<SlotSource> MakeMergedSlots(SlotSource& slots, int fine, int season) {
  EVENKEEL_CHECK(fine >= 1 && season >= 1);
  if (slots.num_slots() > fine + season) {
    Slot slot;
    slots.Read(0, &slot);
    if (slot.arrived.size() > 0)
      throw InputError(
          "merge_after cannot be used with classes of work that can wait: slots that are merged have no order");
  }
  return std::make_unique<MergedSlots>(slots, fine, season);
}

}  // namespace evenkeel
