// A policy and the expert that it is measured against, played over the same slots side by side, each with books of its
// own. The slots may be chosen by an adversary that sees both.
#pragma once

#include <functional>

#include "engine/policy.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {

/// Fills slot t, knowing what both did in the slots before.
using SlotWriter = std::function<void(int t, const Ledger& ledger, const Ledger& expert_ledger, Slot* slot)>;

/// One slot after both have settled it; references are valid during the call.
struct BesideSlot {
  const Slot& slot;
  const Coefficients& coefficients;
  const Allocation& decision;
  const Allocation& expert_decision;
  const Ledger& ledger;
  const Ledger& expert_ledger;
};
using BesideObserver = std::function<void(const BesideSlot&)>;

void PlayBeside(const Problem& problem, int num_slots, const SlotWriter& writer, Policy& policy, Policy& expert,
                const BesideObserver& observer);

/// The slots of a trace.
SlotWriter SlotsOf(const Trace& trace);

/// Kinds of slots made to hurt whoever follows advice.
enum class Hostility {
  kTrap,     ///< one region is free and dirty, the others just not worth paying for (theorem 3's lower bound)
  kSqueeze,  ///< every second slot only the region where the policy is furthest above its expert is left, and dirty
  kStarve,   ///< one dear slot, then nothing costs anything: the margin stops growing
  kGrowth,   ///< everything doubles or halves from slot to slot
  kSigns,    ///< prices far below zero and far above it in turns
};
inline constexpr Hostility kHostilities[] = {Hostility::kTrap, Hostility::kSqueeze, Hostility::kStarve,
                                             Hostility::kGrowth, Hostility::kSigns};

/// Slots over the network of `instance`, where everyone must reach everyone; any region alone can serve all.
SlotWriter HostileSlots(const Instance& instance, Hostility kind, std::uint64_t seed);

}  // namespace evenkeel
