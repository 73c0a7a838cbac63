// Deferral prices that fit given prices: what a unit of waiting work is worth, slot by slot.
#pragma once

#include "models/base/linear_algebra.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// y [slots x classes], USD per unit: the best ones for theorem 1' (docs/theory.md) if every class's work found
/// capacity at the prices that firm demand alone makes. With v_t the class's cheapest cost at `prices` and at those
/// capacity prices, tau_1 < tau_2 < .. the slots that are the cheapest of some slot's window, and 0 behind the last
/// slot for work that is not due by then,
///
///     y_t = v_t at every tau,     y_t = max(v at the tau before, v at the tau behind) between two.
///
/// Throws InputError when a slot's firm demand cannot be served.
RowMatrix DeferralPricesAt(const Problem& problem, SlotSource& slots, const Prices& prices);

}  // namespace evenkeel
