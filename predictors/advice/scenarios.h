// What the rest of a period may turn out to be, beside the forecast: the forecast plus errors that the same predictor
// made before, over as long a time.
#pragma once

#include <vector>

#include "predictors/forecast/history.h"

namespace evenkeel {

/// Slots
///
///   o_j = n - ceil(slots to days) - 7 days j,    j = 0 .. count - 1,    n the slots of the view
///
/// behind which the truth over `slots` slots lies in the view, at the same time of day. Those that would see less than
/// `least` slots are left out; fewer than two make no path, and there is none.
std::vector<int> PathOrigins(const HistoryView& view, int slots, int count, int least);

/// Error paths e_j = y - F_j of forecasts from these origins, [slots x columns] each, less their mean over j: what is
/// left is how the level may go, not what the predictor gets wrong on average.
std::vector<RowMatrix> CentredErrorPaths(const HistoryView& view, const std::vector<int>& origins,
                                         std::vector<RowMatrix> forecasts);

/// F + spread e_j with KeepPossible, one for each path; F alone where there is none.
std::vector<RowMatrix> Scenarios(const SignalColumns& columns, RowMatrix forecast, const std::vector<RowMatrix>& paths,
                                 double spread);

}  // namespace evenkeel
