// The laws of a policy (engine/policy.h), P1 feasible, P2 causal, P3 reproducible, P4 resumable, for whoever writes
// one: put it through them on traces of all kinds. Every policy of the catalog is (tests/property/policy_laws_test.cc).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/policy.h"
#include "models/world/trace.h"

namespace evenkeel {

/// A policy played over slots, with every decision kept.
struct PlayedPolicy {
  Ledger ledger;
  PolicyReport report;
  std::vector<Allocation> decisions;  ///< [slots]
};

/// Plays one slot more. The allocation is handed over full of NaN: what a policy does not write shows.
void PlaySlot(const Problem& problem, const Slot& slot, Policy* policy, PlayedPolicy* played);
/// Plays all slots, in a loop that shares no code with Simulate and checks nothing.
PlayedPolicy PlayPolicy(const Problem& problem, SlotSource& slots, Policy& policy);

struct PolicyLawOptions {
  int change_after = -1;     ///< slot after which P2 changes the future; negative: the middle one
  bool looks_ahead = false;  ///< on purpose: P2 is not asked for
  bool is_robust = false;    ///< has RobustDecisions: P4 is not asked for
  std::uint64_t seed = 1;    ///< of the changed future
};

struct PolicyLawReport {
  std::vector<std::string> broken;  ///< which law, where and how, in words; empty: all of them hold
  double worst_violation = 0.0;     ///< largest violation of a constraint, in units of the slot's demand (at least 1)
  PlayedPolicy played;              ///< over the trace as it is
};

/// Makes the policy four times and plays each: twice over `trace`, once over it with another future, once from the
/// middle on. The policies must
/// be made for `problem`. Throws what the policy throws.
PolicyLawReport CheckPolicyLaws(const Problem& problem, const Trace& trace,
                                const std::function<std::unique_ptr<Policy>()>& make,
                                const PolicyLawOptions& options = {});

/// Where two plays differ in their first `slots` decisions, to the bit, in words; empty: nowhere.
std::string DifferenceOfDecisions(const PlayedPolicy& a, const PlayedPolicy& b, int slots);

}  // namespace evenkeel
