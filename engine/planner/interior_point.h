// The planner's solver: a primal-dual interior-point method (Mehrotra 1992) on the period's problem that eliminates
// every slot by itself, several slots at a time (engine/planner/slot_batch.h), and solves one small dense system for
// the prices that couple them (engine/planner/coupling.h). Work that can wait makes a chain of the slots
// (engine/planner/waiting_chain.h). Cost per iteration is linear in the slots.
//
// Slots are cut into chunks whose sums are added in order: results do not depend on the number of threads.
#pragma once

#include "engine/planner/period_data.h"

namespace evenkeel {

struct InteriorPointOptions {
  double tolerance = 1e-11;      ///< stop when the relative gap is at most this ..
  double infeasibility = 1e-11;  ///< .. and the relative residuals at most that, a hundred times it where work waits;
                                 ///< rounding may end progress before
  int max_iterations = 100;
  int many_loads = 256;  ///< from here on the coupling sees few of them in full (engine/planner/coupling.h)
  int threads = 1;       ///< 0: one per core
};

struct InteriorPointResult {
  double gap = kInfinity;  ///< larger of the relative gap and the relative residuals
  bool accurate = false;   ///< both tolerances are met
  int iterations = 0;
  double objective = 0.0;       ///< cost + sum_k phi_k(L^k) at `flow`, on the data
  double dual_objective = 0.0;  ///< of the (nearly feasible) dual point
  Vector price;                 ///< gamma, stacked [loads]
  RowMatrix flow;               ///< x, [slots x arcs]
  RowMatrix capacity_price;     ///< pi >= 0, [slots x regions]
  RowMatrix deferral_price;     ///< y, [slots x classes]
};

InteriorPointResult SolveInteriorPoint(const PeriodData& data, const InteriorPointOptions& options);

}  // namespace evenkeel
