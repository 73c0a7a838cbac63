// A guard for the prices of a plan: leaning on the loads (engine/policies/leaning_prices.h), with what the period
// before says of where they go.
#pragma once

#include <vector>

#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "predictors/forecast/history.h"

namespace evenkeel {

struct BlendOptions {
  double first = 0.0, last = 0.0;  ///< share beta of the loads' prices in the first and in the last slot, in [0, 1]
  double exponent = 24.0;          ///< p
  double prime = 2.0;              ///< V_0 in loads of the period before
};

/// beta in slot t of T: from `first` to `last` in a straight line.
double BlendShare(const BlendOptions& options, int slot, int num_slots);

/// Loads of norm-greedy at exponent p over the last slots of the past, as many as the period has, with the capacities
/// of `now`; scaled up to the period where the past is shorter, and 0 where it has not even a day.
Loads LoadsBefore(const Problem& problem, const HistoryView& past, const Slot& now, double exponent);

}  // namespace evenkeel
