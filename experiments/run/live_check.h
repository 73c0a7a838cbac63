// The books of a live period, kept again from what its log says of decisions and meters: what every slot was booked
// with, what engine and expert come to, and the bound of theorem 5 (c).
#pragma once

#include <cstdint>

#include "experiments/files/run_log.h"
#include "live/engine/period_books.h"
#include "robustifiers/robust_policy.h"

namespace evenkeel {

/// Problem of the live period that the log is of: that of `problem`, with the demand that it expected.
Problem LiveProblem(const Problem& problem, const Objective& objective, const RunLog& log);

class LiveCheck {
 public:
  /// Both must outlive this; `log` has the rows of the slots that are added. Throws InputError when the options of the
  /// guarantee cannot be understood.
  LiveCheck(const Problem& problem, const RunLog& log);

  /// The next slot as the trace has it, and `gross`, the sizes that J so far is made of. Throws RunDifference.
  void Add(int t, const Slot& slot, double gross);

  const std::int64_t (&verdict_count() const)[kNumVerdicts] { return verdict_count_; }
  const std::int64_t (&state_count() const)[kNumLiveSlotStates] { return state_count_; }
  double error() const { return books_.Report().error; }

 private:
  SlotEntry EntryAt(int t, const Slot& slot) const;
  void CheckSignals(int t, const Slot& slot, const SlotEntry& entry) const;
  void CheckVerdict(int t, const SlotEntry& entry) const;
  void CheckBooks(int t, double gross) const;

  const Problem& problem_;
  const RunLog& log_;
  bool is_robust_;
  RobustOptions options_;
  Trust trust_;
  PeriodBooks books_;
  std::int64_t verdict_count_[kNumVerdicts] = {};
  std::int64_t state_count_[kNumLiveSlotStates] = {};
};

}  // namespace evenkeel
