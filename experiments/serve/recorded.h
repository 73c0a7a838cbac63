// A period that a service decided, from its configuration and its journal: for those who look at it afterwards.
#pragma once

#include <string>
#include <vector>

#include "experiments/files/ini_file.h"
#include "live/engine/recorded_period.h"
#include "models/world/trace.h"

namespace evenkeel {

/// What a service's file says of how slots are decided. Sources, outputs and their secrets are not looked at: they may
/// be on another machine. Throws InputError.
LiveEngineOptions ReadEngineOptions(const IniFile& file);

/// Where a trace of what the service saw comes from, as far as its file says: average or marginal carbon intensities,
/// and their scope.
Provenance ProvenanceOf(const IniFile& file, const RecordedPeriod& period);

/// How many of a period's slots went which way.
struct SlotCounts {
  int decided = 0;  ///< by the policy, in force as far as is known
  int shared_by_capacity = 0, missed = 0, not_applied = 0;
  int advice_off = 0, metered = 0;           ///< of all of them
  std::int64_t verdicts[kNumVerdicts] = {};  ///< of those that the policy decided
};
SlotCounts CountSlots(const RecordedPeriod& period);

/// The period as a trace: every slot that is over as it became known (KnownSlot). Throws InputError when there is none.
Trace KnownTrace(const RecordedPeriod& period, Provenance provenance);

/// The slots of the trace in the file up to the period's first one, and behind them the period's. Throws InputError
/// when it is of other regions, gateways or slots, or does not reach to the period's begin.
Trace BehindTrace(const std::string& path, const Trace& period);

/// Writes the period's log (docs/run_format.md): `trace` is the path of its trace. Throws InputError.
void WriteLiveLog(const RecordedPeriod& period, const std::string& path, const std::string& trace,
                  const std::string& command);

}  // namespace evenkeel
