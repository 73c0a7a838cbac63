// What the API asks the engine to do. The engine's side may wait (for the journal to be on disk), but not for ever.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "live/engine/command_result.h"
#include "live/engine/meter_report.h"
#include "live/engine/reading.h"
#include "live/engine/status.h"

namespace evenkeel {

/// Called from several threads at once.
struct LiveCommands {
  std::function<ObserveResult(const std::vector<Reading>&)> observe;
  std::function<CommandResult(const MeterReport&)> meter;
  std::function<CommandResult(int region, RegionState)> set_region_state;
  std::function<CommandResult(LiveMode)> set_mode;
};

}  // namespace evenkeel
