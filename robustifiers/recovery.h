// What is always safe after a safe slot when work can wait: the expert's decision, less the work that the engine has
// done already (docs/guarantees.md, theorem 7).
#pragma once

#include "models/world/footprint.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"

namespace evenkeel {

/// By how much the engine is ahead of the expert with class k: S_k - S_E,k, units; rounding below zero is none.
double Lead(const Ledger& engine, const Ledger& expert, int k);
/// Of all classes, [classes].
Vector Leads(const Ledger& engine, const Ledger& expert);

/// Writes to `recovery` the expert's decision without min(what it releases, lead) of every class's work, taken from its
/// flows and from what it gives up in proportion. False, and nothing is written, where that is the expert's decision.
/// The ledgers are those before the slot.
bool Recover(const Problem& problem, const Ledger& engine, const Ledger& expert, const Allocation& decision,
             Allocation* recovery);

/// Whether some class's work costs less in this slot than its declared floor (WorkClass::cost_floor).
bool IsBelowFloor(const Problem& problem, const Coefficients& metered);

}  // namespace evenkeel
