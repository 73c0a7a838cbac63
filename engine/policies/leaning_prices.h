// Prices that lean on the loads, and prices whose last bits say nothing.
#pragma once

#include <vector>

#include "models/world/problem.h"

namespace evenkeel {

/// gamma^k = (1 - share) gamma^k + share mu_k w / sum w,    w = (L^k)^(exponent - 1),
///
/// each group scaled into its dual set: what norm-greedy at that exponent would pay for the loads L, `load` per group
/// [buckets]. Where all loads of a group are 0, w is the same everywhere.
void LeanOnLoads(const Problem& problem, const Loads& load, double exponent, double share, Prices* prices);

/// Rounds every price to a multiple of mu_k / 2^30 (1e-9). Solvers leave other last bits on every processor, and where
/// two regions cost the same these would decide.
void RoundPrices(const Problem& problem, Prices* prices);

/// gamma_b (1 + e D_b / max |D|) with e = 1e-7 and D how far the loads are ahead of where they should be, per group
/// [buckets]; each group scaled into its dual set. Where two regions cost the same, the one whose loads are behind gets
/// the slot; e is more than rounding and differs from the prices' own answer by at most that share of J.
void BreakTies(const Problem& problem, const Loads& ahead, Prices* prices);

}  // namespace evenkeel
