#include "engine/rest_plan.h"

#include "engine/interior_point.h"
#include "engine/period_data.h"

namespace evenkeel {

RestPlan PlanRest(const Problem& problem, SlotSource& slots, const std::vector<Vector>& load, double tolerance) {
  const PeriodData data = AssemblePeriod(problem, slots, 0, load);
  InteriorPointOptions options;
  options.tolerance = tolerance;
  const InteriorPointResult result = SolveInteriorPoint(data, options);
  RestPlan plan;
  plan.gap = result.gap;
  plan.converged = result.gap <= 10.0 * tolerance && result.price.allFinite();
  plan.prices = ZeroPrices(problem);
  // A norm of 1 has one price, its weight; it is not part of the coupling.
  for (int k = 0; k < problem.num_groups(); ++k) {
    if (problem.groups[k].norm == 1.0) plan.prices[k].setConstant(problem.groups[k].weight);
  }
  if (!plan.converged) return plan;
  for (const CoupledGroup& group : data.groups)
    plan.prices[group.group] = result.price.segment(group.first_load, group.num_loads);
  ScaleIntoDualSet(problem, &plan.prices);
  return plan;
}

}  // namespace evenkeel
