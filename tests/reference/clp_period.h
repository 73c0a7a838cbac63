// The period's problem as one linear program for CLP: the independent reference for engine/planner/offline.h.
#pragma once

#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

struct ClpPeriodOptimum {
  bool converged = false;
  double objective = 0.0;    ///< J at CLP's solution
  double lower_bound = 0.0;  ///< optimum of the (outer) linear program; equal to J for the norms 1 and inf
};

enum class ClpMethod { kDualSimplex, kBarrier };

/// Norms in (1, inf) are approximated from outside by cuts until the relative gap is reached. Demand must be servable.
ClpPeriodOptimum SolvePeriodWithClp(const Problem& problem, SlotSource& slots,
                                    ClpMethod method = ClpMethod::kDualSimplex, double gap = 1e-10,
                                    int max_rounds = 300);

}  // namespace evenkeel
