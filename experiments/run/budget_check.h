// The guarantee of a robust run, replayed from its log: both ledgers from the logged decisions, the slack by the
// budget's one formula.
#pragma once

#include "experiments/files/run_log.h"
#include "robustifiers/robust_policy.h"

namespace evenkeel {

class BudgetCheck {
 public:
  /// Whether the log is of the policy `robust` and holds its decisions.
  static bool IsPossible(const RunLog& log);

  /// `problem` and `log` must outlive this. Throws InputError when the policy's spec cannot be understood.
  BudgetCheck(const Problem& problem, const RunLog& log);

  /// The next slot. Throws RunDifference.
  void Add(int t, const Slot& slot, const Coefficients& observed, const Coefficients& metered);
  /// After the last slot: the counts. Throws RunDifference.
  void Finish() const;
  /// Decisions so far that mode price says it chose by the advice's prices: safe, but not known to be the best.
  int off_line() const { return off_line_; }

 private:
  void CheckVerdict(int t, const Allocation& played, const Allocation& expert, bool has_advice,
                    const Allocation& advice);
  void CheckPull(int t, const Allocation& played, const Allocation& expert, const Allocation& advice);
  void CheckSlack(int t, const Allocation& played, const Allocation& expert, double demand,
                  const Coefficients& observed) const;

  const Problem& problem_;
  const RunLog& log_;
  RobustOptions options_;
  Trust trust_;
  Ledger engine_, expert_;  // metered, after the slot before
  int off_line_ = 0;
  double observation_error_ = 0.0;  // err of theorem 5 (b) so far
  Vector region_use_;
};

}  // namespace evenkeel
