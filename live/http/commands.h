// What the API asks the engine to do. The engine's side may wait (for the journal to be on disk), but not for ever.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "live/engine/meter_report.h"
#include "live/engine/reading.h"
#include "live/engine/status.h"

namespace evenkeel {

enum class CommandOutcome {
  kDone,         ///< and on disk: 200
  kInvalid,      ///< can never be done: 400
  kConflict,     ///< not in this state of things, such as a closed period or an older revision: 409
  kUnavailable,  ///< not now, such as a full disk: 503
};

struct CommandResult {
  CommandOutcome outcome = CommandOutcome::kDone;
  std::string reason;  ///< of what is not done, for the caller, without secrets
};

struct RejectedReading {
  int index = 0;  ///< in the batch
  std::string reason;
};

/// A batch is taken as a whole, but for readings that are no readings (a time in the future, a value out of range).
struct ObserveResult {
  CommandResult command;
  std::vector<RejectedReading> rejected;
};

/// Called from several threads at once.
struct LiveCommands {
  std::function<ObserveResult(const std::vector<Reading>&)> observe;
  std::function<CommandResult(const MeterReport&)> meter;
  std::function<CommandResult(int region, RegionState)> set_region_state;
  std::function<CommandResult(LiveMode)> set_mode;
};

}  // namespace evenkeel
