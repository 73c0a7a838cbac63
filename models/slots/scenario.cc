#include "models/slots/scenario.h"

#include <utility>

#include "models/base/error.h"

namespace evenkeel {
namespace {

class Scenario : public SlotSource {
 public:
  Scenario(std::unique_ptr<SlotSource> calm, std::vector<ScenarioEvent> events)
      : calm_(std::move(calm)), events_(std::move(events)) {}

  int num_slots() const override { return calm_->num_slots(); }
  void Read(int t, Slot* slot) override {
    calm_->Read(t, slot);
    for (const ScenarioEvent& event : events_) {
      if (slot->time < event.from || slot->time >= event.to) continue;
      Vector& values = event.kind == EventKind::kOutage ? slot->capacity : slot->demand;
      if (event.place < 0) {
        values *= event.factor;
      } else {
        EVENKEEL_CHECK(event.place < values.size());
        values[event.place] *= event.factor;
      }
    }
  }

 private:
  std::unique_ptr<SlotSource> calm_;
  std::vector<ScenarioEvent> events_;
};

}  // namespace

std::unique_ptr<SlotSource> MakeScenario(std::unique_ptr<SlotSource> calm, std::vector<ScenarioEvent> events) {
  return std::make_unique<Scenario>(std::move(calm), std::move(events));
}

}  // namespace evenkeel
