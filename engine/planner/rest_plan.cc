#include "engine/planner/rest_plan.h"

#include "engine/planner/interior_point.h"
#include "engine/planner/period_data.h"

namespace evenkeel {

namespace {

Allocation FirstFlow(const Problem& problem, SlotSource& slots, const PeriodData& data,
                     const InteriorPointResult& result) {
  Slot slot;
  slots.Read(0, &slot);
  Allocation first = MakeAllocation(problem);
  ExpandFlow(problem, data, result.flow.row(0).transpose(), slot.demand, &first);
  return first;
}

}  // namespace

RestPlan PlanRest(const Problem& problem, SlotSource& slots, const Loads& load, double tolerance) {
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
  if (plan.converged) plan.first = FirstFlow(problem, slots, data, result);
  return plan;
}

}  // namespace evenkeel
