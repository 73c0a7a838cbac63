// What happens to a trace in an experiment: regions that fail, demand that surges. It happens to the world itself, so
// that policies, meters and the optimum in hindsight all live with it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/world/network.h"
#include "models/world/slot.h"

namespace evenkeel {

enum class EventKind {
  kOutage,  ///< the region's capacity times the factor
  kSurge,   ///< the gateway's demand times the factor
};

/// In the slots that begin in [from, to).
struct ScenarioEvent {
  EventKind kind = EventKind::kOutage;
  int place = -1;       ///< region or gateway; -1: all
  double factor = 0.0;  ///< >= 0
  std::int64_t from = 0, to = 0;
};

/// The slots of `calm` with the events in them.
std::unique_ptr<SlotSource> MakeScenario(std::unique_ptr<SlotSource> calm, std::vector<ScenarioEvent> events);

}  // namespace evenkeel
