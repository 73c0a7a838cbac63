// How a policy that follows advice came to its decisions, and what it can prove of them.
#pragma once

#include <string>

#include "engine/policy.h"

namespace evenkeel {

/// Where a decision came from. Run logs keep the numbers.
enum class Verdict {
  kTaken = 0,  ///< the advice, to the bit
  kPulled =
      1,  ///< a point between advice and the expert's decision, or the safe one that the advice's prices like best
  kExpert = 2,    ///< the expert's decision: nothing nearer to the advice was safe, or the settled budget was spent;
                  ///< without the work that was done before (robustifiers/recovery.h)
  kRejected = 3,  ///< the same: the advice was missing, late or not a feasible decision
};
inline constexpr int kNumVerdicts = 4;
inline constexpr const char* kVerdictNames[kNumVerdicts] = {"taken", "pulled", "expert", "rejected"};
inline const char* Name(Verdict verdict) { return kVerdictNames[static_cast<int>(verdict)]; }

/// Whether what is played is the expert's decision.
inline bool PlaysExpert(Verdict verdict) { return verdict == Verdict::kExpert || verdict == Verdict::kRejected; }

/// How one decision came about.
struct RobustDecision {
  Verdict verdict = Verdict::kExpert;
  double alpha = 1.0;  ///< share of the way from the advice to the expert's decision; 1 for a rejected advice,
                       ///< 0 for a decision of mode price that is not on that way
  double slack = 0.0;  ///< budget left after the slot, as observed, USD
  const Allocation* advice = nullptr;  ///< null for a rejected advice
  const Allocation* expert = nullptr;
  const Prices* advice_prices = nullptr;           ///< null where the advice stated none
  const Vector* advice_deferral_prices = nullptr;  ///< likewise
  double credit = 0.0;  ///< what the advice had earned before the slot, USD; 0 under fixed trust
};

/// What an advice says in a slot.
struct AdviceAnswer {
  Allocation allocation;
  Prices prices;                ///< of Policy::StatedPrices
  bool states_prices = false;   ///< false: `prices` has arbitrary content
  Vector deferral_prices = {};  ///< of Policy::StatedDeferralPrices, [classes]; empty where none are stated
};

/// What can be said at the end: J + shift <= bound + observation_error.
struct GuaranteeReport {
  double rho = 0.0;
  double bound = 0.0;              ///< expert's shifted J plus the allowance, USD
  double expert_objective = 0.0;   ///< the expert's J on its own, USD
  double min_slack = kInfinity;    ///< smallest settled budget after a slot, USD
  double delta = 0.0;              ///< largest relative difference between an observed and a metered coefficient
  double observation_error = 0.0;  ///< err of theorem 5 (b), USD; 0 when observations are exact
  long taken = 0, pulled = 0, expert = 0, rejected = 0;  ///< slots by verdict
  long unconverged = 0;                                  ///< slots of mode price that got line's answer: none found
  long below_floor = 0;  ///< slots in which a class's work cost less than its declared floor
  double floor_error =
      0.0;  ///< by how much the settled budget was below zero at most for that reason, USD: J + shift <=
            ///< bound + observation_error + floor_error
  std::string first_failure;  ///< slot and reason of the first rejected advice; empty: none was rejected
};

/// What a robust policy is besides a Policy.
class RobustDecisions {
 public:
  virtual ~RobustDecisions() = default;
  /// How the last decision came about; its allocations are valid until the next one.
  virtual const RobustDecision& last() const = 0;
  /// Of the slots settled so far.
  virtual GuaranteeReport guarantee() const = 0;

  // For those who keep the books and a journal themselves (live/engine).
  /// allowance_t at an expert's shifted objective and what the advice has earned, both after the fact or before it.
  virtual double AllowanceAt(double expert_objective, double credit) const = 0;
  /// The next Decide takes this answer, or none where it is null, instead of asking the advice, which witnesses the
  /// slot.
  virtual void Recall(const AdviceAnswer* answer) = 0;
  /// After Settle: the books of the slots so far, own and expert's, as they are known now (theorem 5 c).
  virtual void Rebook(const Ledger& own, const Ledger& expert) = 0;
};

/// Null for policies that follow no advice, or follow it without a bound.
inline const RobustDecisions* DecisionsOf(const Policy& policy) {
  return dynamic_cast<const RobustDecisions*>(&policy);
}

}  // namespace evenkeel
