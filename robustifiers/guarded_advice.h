// Advice is input from outside: whatever it does, a run goes on.
#pragma once

#include <memory>
#include <string>

#include "engine/policy.h"

namespace evenkeel {

/// Runs an advice policy behind a guard.
class GuardedAdvice {
 public:
  /// With a timeout in seconds > 0 the advice runs on a thread of its own and an answer that is late is dropped; while
  /// it is still busy, the slots in between count as late too. 0: it is waited for.
  GuardedAdvice(const Problem& problem, std::unique_ptr<Policy> advice, double timeout);
  ~GuardedAdvice();

  /// True when `allocation` holds a feasible, finite answer that came in time. Never throws.
  bool Ask(const SlotInput& input, Allocation* allocation);
  void Settle(const Settlement& settlement);
  PolicyReport Report() const;

 private:
  struct Worker;
  bool Decide(const SlotInput& input, Allocation* allocation);

  const Problem& problem_;
  std::unique_ptr<Policy> advice_;
  double timeout_;
  Vector region_use_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace evenkeel
