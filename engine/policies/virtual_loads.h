// Virtual loads: where a period is heading, as far as the past or a forecast says (docs/theory.md, theorem 3, primed).
#pragma once

#include <functional>
#include <vector>

#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// Writes V_t, per group [buckets], finite and >= 0, from what is known when the slot is decided. `load` comes with the
/// last slot's, zeros in the first.
using VirtualLoads = std::function<void(const Slot& slot, Loads* load)>;

/// (T - t - 1) / T: the share of the period that is left after slot t, for loads that fade.
double ShareLeft(int slot, int num_slots);

/// V_t = start ShareLeft(t, T) for slot.index = t = 0 .. T - 1: as if `start` had come before the period, forgotten by
/// its end.
VirtualLoads FadingLoads(Loads start, int num_slots);

/// sum_k mu_k ||L^k||_q: what virtual loads add to an expert's bound, USD.
double VirtualCharge(const Problem& problem, const Loads& load, double q);

/// Loads that prices would hold in balance: an entry is l_k max(gamma_b / max gamma, 0.01)^(1 / (q - 1)) with the
/// group's largest load l_k, so that the gradient of the q-norm there is proportional to the prices. q > 1.
Loads LoadsBehindPrices(const Loads& load, const Prices& prices, double q);

}  // namespace evenkeel
