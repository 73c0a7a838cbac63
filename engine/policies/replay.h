// A run kept, so that it need not be made again where it would decide the same.
#pragma once

#include <memory>
#include <vector>

#include "engine/policy.h"

namespace evenkeel {

struct RecordedRun {
  std::vector<Allocation> decisions;  ///< [slots]
  PolicyReport report = {};
};

/// Plays the decisions, slot by slot, and reports what was reported.
std::unique_ptr<Policy> MakeReplay(std::shared_ptr<const RecordedRun> run);
std::unique_ptr<Policy> MakeReplay(std::vector<Allocation> decisions);

}  // namespace evenkeel
