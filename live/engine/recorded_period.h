// A period as its journal tells it, without an engine: read only, also while a service goes on writing it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "live/engine/events.h"
#include "live/engine/live_engine_options.h"
#include "live/engine/period_run.h"

namespace evenkeel {

/// What a journal says of a slot beside what the books keep of it.
struct RecordedSlot {
  bool not_applied = false;
  std::optional<AdviceAnswer> answer;
};

struct RecordedPeriod {
  std::string path;
  JournalHead head;
  int lines = 0;                   ///< after the first one
  std::int64_t last_at = 0;        ///< when the last one was written
  std::unique_ptr<PeriodRun> run;  ///< with every slot decided again
  std::vector<RecordedSlot> slots;
  std::vector<std::pair<std::int64_t, ModeEvent>> modes;      ///< by when they were set
  std::vector<std::pair<std::int64_t, RegionEvent>> regions;  ///< by when they were set
};

/// Reads a journal up to its last whole line and decides every slot again. What policies may know of the time before is
/// as in the engine: the slots of the month before, where its journal is in the same folder. Throws InputError that
/// names file and line for a journal that is none, damaged, of another network, policy, objective or slot length, or
/// that does not come out to the bit.
RecordedPeriod ReadRecordedPeriod(const LiveEngineOptions& options, const std::string& path);

}  // namespace evenkeel
