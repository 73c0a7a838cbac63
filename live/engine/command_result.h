// What became of something that was asked of the engine.
#pragma once

#include <string>
#include <vector>

namespace evenkeel {

enum class CommandOutcome {
  kDone,         ///< and on disk
  kInvalid,      ///< can never be done
  kConflict,     ///< not in this state of things, such as a closed period
  kUnavailable,  ///< not now, such as a full disk
};

struct CommandResult {
  CommandOutcome outcome = CommandOutcome::kDone;
  std::string reason;  ///< of what is not done, for the caller, without secrets

  bool is_done() const { return outcome == CommandOutcome::kDone; }
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

}  // namespace evenkeel
