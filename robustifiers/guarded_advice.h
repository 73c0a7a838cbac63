// Advice is input from outside: whatever it does, a run goes on.
#pragma once

#include <memory>
#include <string>

#include "engine/policy.h"

namespace evenkeel {

/// What an advice says in a slot.
struct AdviceAnswer {
  Allocation allocation;
  Prices prices;               ///< of Policy::StatedPrices
  bool states_prices = false;  ///< false: `prices` has arbitrary content
};

/// Runs an advice policy behind a guard.
class GuardedAdvice {
 public:
  /// With a timeout in seconds > 0 the advice runs on a thread of its own and an answer that is late is dropped; while
  /// it is still busy, the slots in between count as late too. 0: it is waited for.
  GuardedAdvice(const Problem& problem, std::unique_ptr<Policy> advice, double timeout);
  ~GuardedAdvice();

  /// True when `answer` holds a feasible, finite decision that came in time. Prices that are not finite and
  /// non-negative count as not stated. Never throws.
  bool Ask(const SlotInput& input, AdviceAnswer* answer);
  void Settle(const Settlement& settlement);
  PolicyReport Report() const;

 private:
  struct Worker;
  bool Decide(const SlotInput& input, AdviceAnswer* answer);
  void KeepPrices(AdviceAnswer* answer) const;

  const Problem& problem_;
  std::unique_ptr<Policy> advice_;
  double timeout_;
  Vector region_use_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace evenkeel
