// Advice is input from outside: whatever it does, a run goes on.
#pragma once

#include <memory>
#include <string>

#include "engine/policy.h"
#include "robustifiers/decision.h"

namespace evenkeel {

/// Runs an advice policy behind a guard.
class GuardedAdvice {
 public:
  /// With a timeout in seconds > 0 the advice runs on a thread of its own and an answer that is late is dropped; while
  /// it is still busy, the slots in between count as late too. 0: it is waited for.
  GuardedAdvice(const Problem& problem, std::unique_ptr<Policy> advice, double timeout);
  /// An advice that is still busy some seconds later is left to itself: its thread and all that it owns live on until
  /// the process ends, and what it was made from must as well (IsAdviceLeftBehind).
  ~GuardedAdvice();

  /// True when `answer` holds a feasible, finite decision that came in time. Prices that are not finite and
  /// non-negative count as not stated. Never throws.
  bool Ask(const SlotInput& input, AdviceAnswer* answer);
  /// Policy::Witness of the advice, unless it is busy. Never throws.
  void Witness(const SlotInput& input);
  void Settle(const Settlement& settlement);
  PolicyReport Report() const;
  /// Why the first answer that was not good could not be used, with its slot; empty: all were good.
  const std::string& FirstFailure() const { return first_failure_; }

 private:
  struct Worker;
  std::string Decide(const SlotInput& input, AdviceAnswer* answer);
  void KeepPrices(AdviceAnswer* answer) const;

  const Problem& problem_;
  std::unique_ptr<Policy> advice_;
  double timeout_;
  Vector region_use_;
  std::string first_failure_;
  std::shared_ptr<Worker> worker_;
};

/// Whether an advice that never returned is still running in this process. Whoever owns its problem and period has to
/// end the process without destroying them.
bool IsAdviceLeftBehind();

}  // namespace evenkeel
