// The simulation loop: from a trace through a policy to the ledgers, one slot after the other, nothing kept.
#pragma once

#include <functional>

#include "engine/policy.h"

namespace evenkeel {

/// Observed values are what policies see, metered values are what counts. They are equal unless footprints are
/// uncertain.
struct RunLedgers {
  Ledger metered;
  Ledger observed;
};

/// One decided and settled slot, as handed to an observer; references are valid during the call.
struct SlotRecord {
  const Slot& slot;                  ///< as observed
  const Coefficients& coefficients;  ///< metered
  const Allocation& allocation;
  const RunLedgers& ledgers;  ///< after the slot
};

using SlotObserver = std::function<void(const SlotRecord&)>;

/// Runs `policy` over all slots of `observed`, settled with `metered` (the same object when nothing is uncertain).
/// Checks that every decision is feasible. `observer` may be empty.
RunLedgers Simulate(const Problem& problem, SlotSource& observed, SlotSource& metered, Policy& policy,
                    const SlotObserver& observer);

}  // namespace evenkeel
