// A small dense linear program solved by CLP: the independent reference for robustifiers/growing_program.h.
#pragma once

#include <vector>

namespace evenkeel {

/// Least cost . x over rows . x <= right, x >= 0; a row has an entry per variable. NaN where CLP proves no optimum.
double ClpOptimum(const std::vector<double>& cost, const std::vector<std::vector<double>>& rows,
                  const std::vector<double>& right);

}  // namespace evenkeel
