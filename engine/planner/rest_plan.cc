#include "engine/planner/rest_plan.h"

#include "engine/planner/interior_point.h"
#include "engine/planner/period_data.h"

namespace evenkeel {

RestPlan PlanRest(const Problem& problem, SlotSource& slots, const std::vector<Vector>& load, double tolerance) {
  const PeriodData data = AssemblePeriod(problem, slots, 0, load);
  InteriorPointOptions options;
  options.tolerance = tolerance;
  options.infeasibility = 0.01 * tolerance;
  const InteriorPointResult result = SolveInteriorPoint(data, options);
  RestPlan plan;
  plan.gap = result.gap;
  plan.converged = result.gap <= 10.0 * tolerance && result.price.allFinite();
  if (!plan.converged) CheckServable(problem, slots);
  plan.prices = PricesOfPeriod(problem, data, plan.converged ? result.price : Vector::Zero(data.num_loads));
  return plan;
}

}  // namespace evenkeel
