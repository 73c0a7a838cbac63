// The guarantee of a robust run, replayed from its log: both ledgers from the logged decisions, the slack by the
// budget's one formula, and of each verdict whether the budget allowed it.
#pragma once

#include "experiments/files/run_log.h"
#include "experiments/specs/spec.h"
#include "robustifiers/robust_policy.h"

namespace evenkeel {

/// All options of a guarantee as `name=value,..`, so that a log says them whatever today's defaults are, and F as a
/// number. Empty for policies that are not `robust`. Throws InputError.
std::string GuaranteeText(const Spec& policy);

/// The options of the guarantee as the log names them. Throws InputError when they cannot be understood, RunDifference
/// when the policy's spec says something else.
RobustOptions GuaranteeOf(const RunLogInfo& info);

class BudgetCheck {
 public:
  /// `problem` and `log`, which has decisions and the rows of the slots that are added, must outlive this. Throws
  /// InputError when the options of the guarantee, as the log names them, cannot be understood.
  BudgetCheck(const Problem& problem, const RunLog& log);

  /// The next slot, and `gross`, the sizes that J so far is made of. Throws RunDifference.
  void Add(int t, const Slot& slot, const Coefficients& observed, const Coefficients& metered, double gross);

  /// Slots of each verdict so far.
  const std::int64_t (&verdict_count() const)[kNumVerdicts] { return count_; }
  /// Decisions so far that mode price chose by the advice's prices: safe, but not known to be the best.
  int off_line() const { return off_line_; }

 private:
  struct Decisions {
    Allocation played, expert, advice;
    Allocation safe;  // the expert's without work done before (robustifiers/recovery.h)
    bool has_advice = false;
  };
  Decisions DecisionsAt(int t, const Slot& slot);
  void ExpectFeasible(int t, const char* whose, const Slot& slot, const Vector& work_done, const Allocation& decision);
  void ExpectAhead(int t, const Slot& slot, const Allocation& played, const Allocation& expert) const;
  void CheckVerdict(int t, const Slot& slot, const Decisions& of, double gross);
  void CheckPull(int t, const Slot& slot, const Decisions& of, double alpha);

  const Problem& problem_;
  const RunLog& log_;
  RobustOptions options_;
  Trust trust_;
  SlotBudget budget_;
  Ledger engine_, expert_;          // metered, after the slot before
  double settled_ = 0.0;            // budget after the slot before
  double observation_error_ = 0.0;  // err of theorem 5 (b) so far
  double floor_error_ = 0.0;        // GuaranteeReport's so far
  bool below_floor_ = false;
  std::int64_t count_[kNumVerdicts] = {};
  int off_line_ = 0;
  Increment advice_increment_, expert_increment_, safe_increment_;
  Allocation found_;
  Vector region_use_;
};

}  // namespace evenkeel
