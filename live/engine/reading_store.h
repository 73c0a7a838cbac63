// What is known of the signals: readings as they come, checked, and the slot that they make.
//
// Pure: time comes in as an argument, nothing is drawn, and the same calls in the same order give the same bits.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "live/engine/reading.h"
#include "live/engine/work_arrivals.h"
#include "models/base/linear_algebra.h"
#include "models/world/slot.h"
#include "models/world/time_base.h"

namespace evenkeel {

/// Why a value that somebody said is missing all the same.
enum class RejectReason {
  kNull,          ///< the service says that it has none
  kZero,          ///< 0 where that is impossible: services write 0 for "unknown"
  kNotFinite,     ///< NaN or infinite
  kFuture,        ///< of a time after now, by more than the tolerance
  kOutOfRange,    ///< outside of the configured range, or a time that is none
  kTooOld,        ///< of before the history
  kUnknownPlace,  ///< of a place that the network does not have
  kMissingLabel,  ///< of no place at all
  kDuplicate,     ///< one of several different values for one place in one answer
};
inline constexpr int kNumRejectReasons = 9;
inline constexpr const char* kRejectReasonNames[kNumRejectReasons] = {
    "null", "zero", "not_finite", "future", "out_of_range", "too_old", "unknown_place", "missing_label", "duplicate"};
inline const char* Name(RejectReason reason) { return kRejectReasonNames[static_cast<int>(reason)]; }

/// What a signal's readings may be; outside of it they are missing, never moved to the nearest allowed value.
struct ReadingLimits {
  double min = 0.0;
  double max = 0.0;
  bool may_be_zero = true;
  std::int64_t max_age = 0;  ///< seconds that a value is kept after the time that it is of
};

/// Of each signal, by LiveSignal: what can be in any place, ages of an hour for demand and six hours for the rest.
/// Intensities of 0 are missing.
std::array<ReadingLimits, kNumLiveSignals> DefaultReadingLimits();

/// How far ahead of this system's clock that of a service may be.
inline constexpr std::int64_t kFutureTolerance = 300;

struct ReadingStoreOptions {
  int num_gateways = 0;  ///< of firm demand: places [0, num_gateways) of demand
  int num_classes = 0;   ///< of work that can wait: the places of demand after those
  int num_regions = 0;
  TimeBase time_base;  ///< slots begin at its times, also before and after the period
  Vector capacity;     ///< MW, [regions], of the network's configuration; NaN, or empty: only readings say
  std::array<ReadingLimits, kNumLiveSignals> limits = DefaultReadingLimits();
  std::int64_t future_tolerance = kFutureTolerance;  ///< seconds
  int history_days = 35;                             ///< that are kept, at least 1
  int past_days = 7;  ///< of which the same hour is averaged when nothing fresh is known, at least 1
};

/// Where a slot's value comes from, best first.
enum class ValueOrigin {
  kFresh,       ///< a reading at most one slot older than the slot
  kHeld,        ///< an older reading, not older than max_age
  kConfigured,  ///< capacity of the configuration
  kPastDays,    ///< the mean over the same hour of past days
  kMissing,     ///< nothing: NaN
};
inline constexpr int kNumValueOrigins = 5;
inline constexpr const char* kValueOriginNames[kNumValueOrigins] = {"fresh", "held", "configured", "past_days",
                                                                    "missing"};
inline const char* Name(ValueOrigin origin) { return kValueOriginNames[static_cast<int>(origin)]; }

struct ComposedValue {
  ValueOrigin origin = ValueOrigin::kMissing;
  bool estimated = false;           ///< the reading used is the service's own estimate
  int days = 0;                     ///< kPastDays: how many were averaged
  std::optional<std::int64_t> age;  ///< seconds from the newest reading known to the slot's begin; none: no reading
  double newest = std::numeric_limits<double>::quiet_NaN();  ///< value of that reading, in its own unit, however old
};

struct ComposedSlot {
  Slot slot;                                                       ///< values that are missing are NaN
  std::array<std::vector<ComposedValue>, kNumLiveSignals> values;  ///< [signal][place]

  /// Whether all values are of this origin or a better one.
  bool AllAtLeast(ValueOrigin origin) const;
};

class ReadingStore {
 public:
  /// Throws InputError for options that are none.
  explicit ReadingStore(ReadingStoreOptions options);

  /// Takes a reading that `source` has at `now`, or says why it is missing, and counts that. One of a time that is
  /// known already replaces what is known, but an estimate never replaces what is none. One that is older than what is
  /// known is history.
  std::optional<RejectReason> Add(const std::string& source, const Reading& reading, std::int64_t now);

  /// Why Add would not take it; nothing is counted.
  std::optional<RejectReason> WhyRefused(const Reading& reading, std::int64_t now) const;

  /// Counts a value that never became a reading, such as a null.
  void CountRejected(const std::string& source, RejectReason reason) { ++rejected_[{source, reason}]; }
  const std::map<std::pair<std::string, RejectReason>, std::int64_t>& rejected() const { return rejected_; }

  /// The slot that begins at `time`, which is one of the time base, from what is known at `now`. Each value is, in this
  /// order,
  /// 1. that of the newest reading of at most `time`, if it is not older than max_age: one of exactly `time` to the
  ///    bit;
  /// 2. that of the oldest reading within the slot, of at most `now` plus the tolerance: for those who begin late;
  /// 3. for capacity what is configured; for the other signals the mean of the same hour (UTC) of the last `past_days`
  ///    days, of those in the history, that have a reading in that hour; a day's is its newest one of the hour;
  /// 4. missing.
  /// Capacity becomes MW times slot_hours, as in FillSlot. A class of work has as demand what its arrivals are waiting
  /// with, known or not: fresh where something was said in the last slot, else held. `index` is the slot's in the
  /// accounting period.
  ComposedSlot Compose(std::int64_t time, std::int64_t now, int index = 0) const;

  /// Who said the newest reading; empty: nobody did.
  std::string SourceOf(LiveSignal signal, int place) const;
  /// Of the work that can wait: what is undone of the period before is said to them, and slots take them in.
  WorkArrivals& arrivals() { return arrivals_; }
  /// Entries kept in all: bounded by places, signals, history_days and max_age, whatever comes in.
  std::size_t size() const;
  const ReadingStoreOptions& options() const { return options_; }

 private:
  struct Entry {
    std::int64_t time = 0;
    double value = 0.0;
    bool estimated = false;
  };
  /// Of a stretch of time the first and the last reading: all that Compose asks for.
  struct Stretch {
    Entry first, last;
  };
  struct Series {
    std::map<std::int64_t, Stretch> slots;  ///< by slot number: recent ones
    std::map<std::int64_t, Entry> hours;    ///< by hours since 1970: the newest reading of each
    std::optional<Entry> newest;
    std::string source;  ///< of the newest
  };

  bool IsWork(LiveSignal signal, int place) const;
  int num_places(LiveSignal signal) const;
  void ComposeWork(std::int64_t time, ComposedSlot* composed) const;
  std::int64_t SlotNumber(std::int64_t time) const;
  static void Keep(const Entry& entry, bool is_better, Entry* kept);
  void Forget(const ReadingLimits& limits, Series* series) const;
  double Value(const Series& series, LiveSignal signal, std::int64_t time, std::int64_t now,
               ComposedValue* composed) const;
  std::optional<Entry> Reached(const Series& series, const ReadingLimits& limits, std::int64_t time,
                               std::int64_t now) const;
  double OfPastDays(const Series& series, std::int64_t time, int* days) const;

  ReadingStoreOptions options_;
  std::array<std::vector<Series>, kNumLiveSignals> series_;  ///< [signal][place]
  WorkArrivals arrivals_;
  std::map<std::pair<std::string, RejectReason>, std::int64_t> rejected_;
};

}  // namespace evenkeel
