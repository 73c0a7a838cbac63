// What the outside may see of the live engine: plain values, made anew after every change and never changed then, so
// that many may read while the engine goes on.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "live/engine/reading.h"
#include "live/engine/shares.h"
#include "models/base/linear_algebra.h"

namespace evenkeel {

/// Shadow applies nothing, canary the listed gateways in small steps, active all.
enum class LiveMode { kShadow, kCanary, kActive };
inline constexpr int kNumLiveModes = 3;
inline constexpr const char* kLiveModeNames[kNumLiveModes] = {"shadow", "canary", "active"};
inline const char* Name(LiveMode mode) { return kLiveModeNames[static_cast<int>(mode)]; }

/// Drain: no new workload from the next slot on; down: no capacity at all.
enum class RegionState { kUp, kDrain, kDown };
inline constexpr int kNumRegionStates = 3;
inline constexpr const char* kRegionStateNames[kNumRegionStates] = {"up", "drain", "down"};
inline const char* Name(RegionState state) { return kRegionStateNames[static_cast<int>(state)]; }

/// Where the value comes from that a slot uses: said in time, the last one said, the same hour of past days, nowhere.
enum class ReadingState { kFresh, kHeld, kPastDays, kMissing };
inline constexpr int kNumReadingStates = 4;
inline constexpr const char* kReadingStateNames[kNumReadingStates] = {"fresh", "held", "past_days", "missing"};
inline const char* Name(ReadingState state) { return kReadingStateNames[static_cast<int>(state)]; }

// Times are seconds since 1970-01-01 00:00:00 UTC. A number that is not finite is one that is not known.

struct RegionStatus {
  RegionState state = RegionState::kUp;  ///< as somebody said, and down where no server passes its checks
  double capacity = 0.0;                 ///< of the current slot, workload
  double utilisation = 0.0;              ///< part of the capacity that the decision uses
  double workload = 0.0;                 ///< served in the period so far
  double carbon_kg = 0.0;                ///< of the period so far, as all sums below
  double water_liters = 0.0;
  double cost_usd = 0.0;  ///< energy, and the network to it
};

/// Of a class of work that can wait, in units of work of the period so far.
struct WorkStatus {
  double arrived = 0.0;
  double done = 0.0;  ///< as metered, and as released where meters say nothing of the class
  double late = 0.0;  ///< due by the end of the last slot and not done
};

/// One slot that is decided.
struct SlotStatus {
  int slot = 0;
  std::int64_t begin = 0;
  std::string verdict;             ///< what became of the advice: one of a small set of words
  double alpha = 0.0;              ///< part of the way from the advice to the expert
  double slack = 0.0;              ///< bound - objective, USD
  double budget = 0.0;             ///< of the bound, before the decision, USD
  double objective = 0.0;          ///< J after the slot, USD
  double expert_objective = 0.0;   ///< the expert's J after the slot, USD
  double bound = 0.0;              ///< what J must not exceed after the slot, USD
  std::vector<std::string> flags;  ///< what is to be known of it: missed, overridden, unsettled, ...
};

/// What is known of one signal at one place.
struct ReadingStatus {
  LiveSignal signal = LiveSignal::kDemand;
  int place = 0;  ///< as in Reading: gateways first, then classes
  ReadingState state = ReadingState::kMissing;
  std::optional<double> value;
  std::optional<std::int64_t> time;  ///< that the last value said is of
  std::string source;                ///< who said it
};

struct SourceStatus {
  std::string name;
  std::optional<std::int64_t> last_success;
  int failures_in_a_row = 0;
  std::int64_t failures = 0;                     ///< since the start
  std::string reason;                            ///< of the last failure, without secrets; empty after a success
  std::map<std::string, std::int64_t> rejected;  ///< readings refused since the start, by reason (a small set of words)
};

struct OutputStatus {
  std::string name;
  std::optional<std::int64_t> last_applied;
  int last_slot = -1;                            ///< that was applied
  bool agrees = false;                           ///< what is read back is what was decided
  std::string reason;                            ///< of the last failure, without secrets; empty after a success
  std::map<std::string, std::int64_t> failures;  ///< since the start, by reason (a small set of words)
};

/// Seconds, counted in buckets.
struct DurationHistogram {
  std::vector<double> upper;         ///< bounds of the buckets, rising
  std::vector<std::int64_t> counts;  ///< one per bound, not added up, and one for all that took longer
  double sum = 0.0;
};

/// A word for programs and a sentence for people.
struct Remark {
  std::string word;
  std::string text;
};

struct LiveStatus {
  std::string version;       ///< of evenkeel
  std::int64_t as_of = 0;    ///< when this was made
  std::int64_t started = 0;  ///< when the service was
  LiveMode mode = LiveMode::kShadow;

  std::string period;  ///< its name, such as 2026-05
  std::int64_t period_begin = 0;
  std::int64_t slot_seconds = 3600;
  int num_slots = 0;
  int slot = -1;  ///< that the clock is in; -1 before the period

  std::vector<std::string> gateways;  ///< of firm demand
  std::vector<std::string> classes;   ///< of work that can wait
  std::vector<std::string> regions;
  std::vector<RegionStatus> region;  ///< [regions]
  std::vector<WorkStatus> work;      ///< [classes]

  /// Absent while nothing is known. `published` is what GET /v1/weights gives adapters to apply: in shadow mode nothing
  /// but what would be applied.
  std::optional<Shares> decided, applied, realised, published;

  double objective = 0.0;         ///< J after the last settled slot, USD
  double expert_objective = 0.0;  ///< USD
  double bound = 0.0;             ///< theorem 5 (c): expert_objective + allowance + bound_error, USD
  double allowance = 0.0;         ///< USD
  double budget = 0.0;            ///< what is left of it for the next decision, USD
  double bound_error = 0.0;       ///< err of theorem 5 (c), USD
  double rho = 0.0;

  std::map<std::string, std::int64_t> verdicts;  ///< slots of the period by verdict
  std::vector<SlotStatus> slots;                 ///< the last ones decided, rising; bounded by who fills it
  std::vector<ReadingStatus> readings;
  std::vector<SourceStatus> sources;
  std::vector<OutputStatus> outputs;
  std::int64_t journal_failures = 0;  ///< since the start
  DurationHistogram decide_seconds;

  std::vector<Remark> degraded;   ///< works, but not as it should; words from a small set
  std::vector<Remark> not_ready;  ///< why /readyz says 503
};

/// Axis and name of what a reading is of: a gateway, a class of work or a region.
std::pair<const char*, std::string> PlaceOf(const LiveStatus& status, const ReadingStatus& reading);

}  // namespace evenkeel
