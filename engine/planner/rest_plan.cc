#include "engine/planner/rest_plan.h"

#include <algorithm>

#include "engine/planner/interior_point.h"
#include "engine/planner/period_data.h"
#include "engine/planner/servable.h"

namespace evenkeel {
namespace {

constexpr double kBeyondConverged = 10.0;

Allocation FirstFlow(const Problem& problem, SlotSource& slots, const PeriodData& data, const Vector& work_done,
                     const InteriorPointResult& result) {
  Slot slot;
  slots.Read(0, &slot);
  Allocation first = MakeAllocation(problem);
  ExpandFlow(problem, data, 0, result.flow.row(0).transpose(), slot, work_done, &first);
  return first;
}

RowMatrix PlannedWork(const PeriodData& data, SlotSource& slots, const Vector& work_done, const RowMatrix& flow) {
  RowMatrix done(data.num_slots, data.num_classes);
  Vector present = work_done;
  Slot slot;
  for (int t = 0; t < data.num_slots; ++t) {
    slots.Read(t, &slot);
    for (int a = 0; a < data.num_arcs; ++a) {
      if (data.work[a] >= 0) present[data.work[a]] += flow(t, a);
    }
    const Vector least = slot.due.cwiseMax(slot.arrived - data.room.row(t).transpose());
    present = present.cwiseMax(least).cwiseMin(slot.arrived).cwiseMax(work_done);
    done.row(t) = present.transpose();
  }
  return done;
}

}  // namespace

RestPlan PlanRest(const Problem& problem, SlotSource& slots, const Loads& load, double tolerance,
                  const Vector& work_done) {
  // A margin beyond what would still count as converged: which problems are solved does not depend on this look.
  if (problem.num_classes() == 0) CheckTotalCapacity(problem, slots, kBeyondConverged * tolerance);
  const PeriodData data = AssemblePeriod(problem, slots, 0, load, work_done);
  InteriorPointOptions options;
  options.tolerance = tolerance;
  options.infeasibility = 0.01 * tolerance;
  const InteriorPointResult result = SolveInteriorPoint(data, options);
  RestPlan plan;
  plan.gap = result.gap;
  plan.converged = result.gap <= 10.0 * tolerance && result.price.allFinite();
  if (!plan.converged) CheckServable(problem, slots, work_done);
  plan.prices = PricesOfPeriod(problem, data, plan.converged ? result.price : Vector::Zero(data.num_loads));
  if (!plan.converged) return plan;
  plan.first = FirstFlow(problem, slots, data, work_done, result);
  if (data.num_classes == 0) return plan;
  plan.deferral_prices = DeferralPricesOfPeriod(data, result.deferral_price);
  plan.work_done = PlannedWork(data, slots, work_done, result.flow);
  return plan;
}

}  // namespace evenkeel
