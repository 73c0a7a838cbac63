// From requests that a balancer counted to meters of slots. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "live/engine/meter_report.h"
#include "models/base/linear_algebra.h"
#include "models/world/time_base.h"

namespace evenkeel {

/// What a balancer has served since somebody began to count, at one time.
struct CountedRequests {
  double at = 0.0;  ///< seconds since 1970-01-01 00:00:00 UTC, with their parts: a second is much of a short slot
  RowMatrix count;  ///< [gateways x regions], never falling
};

/// Cuts counts into slots. What was counted between two readings is spread evenly over the time between them; a slot is
/// metered when it is over and all of its time lies between readings that are no further apart than `longest_gap`.
/// What nobody counted is no meter, but a slot without one.
class CountedMeter {
 public:
  /// `workload_per_request` [gateways]: units of workload, > 0. Slots begin at the times of `grid`.
  CountedMeter(const TimeBase& grid, Vector workload_per_request, std::int64_t longest_gap);

  /// The slots that this reading completes, in their order. A reading that is not later than the last one is left out;
  /// counts that fell begin anew, as after a gap.
  std::vector<MeterReport> Add(const CountedRequests& reading);

 private:
  void Begin(const CountedRequests& reading);
  void Spread(const CountedRequests& reading, std::vector<MeterReport>* completed);

  TimeBase grid_;
  Vector workload_per_request_;
  std::int64_t longest_gap_;
  std::optional<CountedRequests> last_;
  std::int64_t slot_begin_ = 0;  // of the slot that `served_` is of
  bool whole_ = false;           // counted from its begin on
  RowMatrix served_;             // in it so far
};

}  // namespace evenkeel
