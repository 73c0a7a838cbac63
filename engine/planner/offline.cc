#include "engine/planner/offline.h"

#include "engine/certificate.h"
#include "engine/planner/interior_point.h"
#include "engine/planner/nearby_decision.h"
#include "engine/planner/period_data.h"
#include "engine/planner/servable.h"
#include "engine/policy.h"

namespace evenkeel {
namespace {

constexpr double kServable = 1e-6;  // no solution of this accuracy exists where some demand cannot be served

}  // namespace

OfflineOptimum SolveOffline(const Problem& problem, SlotSource& slots, const OfflineOptions& options) {
  const Vector none_done = Vector::Zero(problem.num_classes());
  const PeriodData data = AssemblePeriod(problem, slots, 0, ZeroPrices(problem), none_done);
  InteriorPointOptions solver;
  solver.threads = options.threads;
  const InteriorPointResult result = SolveInteriorPoint(data, solver);
  if (!(result.gap <= kServable)) CheckServable(problem, slots, none_done);
  OfflineOptimum optimum;
  optimum.iterations = result.iterations;
  optimum.prices = PricesOfPeriod(problem, data, result.price);
  optimum.ledger = MakeLedger(problem);
  optimum.allocations.assign(slots.num_slots(), MakeAllocation(problem));
  optimum.deferral_prices = DeferralPricesOfPeriod(data, result.deferral_price);
  PrefixBound bound(problem, optimum.prices, optimum.deferral_prices);
  Slot slot;
  Coefficients coefficients;
  bool feasible = true;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    ExpandFlow(problem, data, t, result.flow.row(t).transpose(), slot, optimum.ledger.work_done,
               &optimum.allocations[t]);
    // The solver's residuals are relative to the largest demand of the period, decisions to that of their slot.
    feasible &=
        MoveIntoFeasibleSet(problem, slot, optimum.ledger.work_done, &optimum.allocations[t]) <= AllowedViolation(slot);
    AddSlot(problem, coefficients, optimum.allocations[t], FirmDemand(problem, slot), &optimum.ledger);
    bound.AddAt(result.capacity_price.row(t).transpose(), slot, coefficients);
  }
  optimum.objective = ObjectiveValue(problem, optimum.ledger);
  optimum.lower_bound = bound.value();
  optimum.gap = RelativeGap(optimum.objective, optimum.lower_bound, optimum.ledger.shift, bound.gross());
  if (optimum.gap > options.gap) {  // the best capacity prices for these prices may still do
    optimum.lower_bound = LowerBound(problem, slots, optimum.prices, optimum.deferral_prices);
    optimum.gap = RelativeGap(optimum.objective, optimum.lower_bound, optimum.ledger.shift, bound.gross());
  }
  optimum.converged = feasible && optimum.gap <= options.gap;
  return optimum;
}

}  // namespace evenkeel
