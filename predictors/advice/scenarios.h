// What the rest of a period may turn out to be, beside the forecast: the forecast plus errors that the same predictor
// made before, over as long a time.
#pragma once

#include <functional>
#include <vector>

#include "predictors/forecast/history.h"

namespace evenkeel {

/// Forecast of the `slots` that follow a view, [slots x columns].
using RestForecast = std::function<RowMatrix(const HistoryView& view, int slots)>;

/// Error paths e_j = y - F_{o_j} of forecasts from
///
///   o_j = n - ceil(slots to days) - 7 days j,    j = 0 .. count - 1,    n the slots of the view
///
/// so that the truth of each, [slots x columns], lies in the view, at the same time of day; less their mean over j:
/// what is left is how the level may go, not what the predictor gets wrong on average. Origins that would see less than
/// `least` slots are left out; fewer than two make no path.
std::vector<RowMatrix> CentredErrorPaths(const RestForecast& forecast, const HistoryView& view, int slots, int count,
                                         int least);

/// F + spread e_j with KeepPossible, one for each path; F alone where there is none.
std::vector<RowMatrix> Scenarios(const SignalColumns& columns, RowMatrix forecast, const std::vector<RowMatrix>& paths,
                                 double spread);

}  // namespace evenkeel
