// Forecast, then plan: a policy that solves the rest of the period on forecasts and dispatches at its prices.
#pragma once

#include <memory>

#include "engine/policy.h"
#include "predictors/advice/blend.h"
#include "predictors/advice/made_plan.h"
#include "predictors/forecast/rest.h"

namespace evenkeel {

struct PlanOptions {
  int every = 24;           ///< slots between two plans
  RestOptions rest;         ///< how far the forecaster is believed
  int merge_after = 0;      ///< slots planned one by one, those of a time of day merged behind; 0: all one by one, or
                            ///< with scenarios two days
  double tolerance = 1e-6;  ///< of the plan, relative
  int scenarios = 0;        ///< futures planned for, the forecast with an error path each; 0: the forecast alone
  double spread = 1.5;      ///< of the error paths, as a factor
  BlendOptions blend;       ///< shares of 0: none
  double reserve = 0.1;  ///< where work can wait, share of capacities left free in the slots to come: demand above its
                         ///< forecast must not meet work that was put off to the same slot
  bool own_flows = false;  ///< plays the plan's own decision in the slot in which it is made; not with scenarios, nor
                           ///< with a blend
};

/// At slots 0, every, 2 every, ..: forecasts of all signals to the end of the period, the slot itself as it is seen,
/// capacities as they are now; the prices of that problem, from the loads so far (engine/planner/rest_plan.h), serve
/// until the next plan:
///
///   x_t = argmin over X_t of (c_t + sum_k gamma^k h^k_t) . x
///
/// Where work can wait, a plan also says how much of every class is done by the end of each slot, S*, and how much then
/// waits, b*. Released is up to the larger of S* and A - b*, as far as windows and capacity allow: work that nobody
/// forecast waits no longer than other work, and does not pile up until the next plan. With scenarios both are means
/// over their plans.
///
/// With scenarios (predictors/advice/scenarios.h) gamma is the mean of the prices of one plan each: what the slot is
/// worth when it is decided before it is known which of them comes, and the rest after. With a blend
/// (predictors/advice/blend.h) the prices lean on the loads, anew in every slot, V_t = prime V_0 (T - t - 1) / T.
///
/// A plan that does not converge, or has no finite answer, leaves the prices as they were (at the start every bucket's
/// share of its weight) and is counted in PolicyReport::unconverged_slots. Forecasts of demand that no capacity can
/// serve are planned with unserved workload at a prohibitive price.
///
/// When a forecast fails, Decide throws, and a plan is tried again in every slot: until one succeeds there are no
/// prices. In the period's last slot, which needs no forecast, it still throws.
///
/// `past` is what was seen before the period. The policy learns of a slot when it decides on it, never before. Plans
/// that are `shared` are taken from there, to the bit as they would be made.
std::unique_ptr<Policy> MakePlanAdvice(const Problem& problem, std::unique_ptr<Forecaster> forecaster, History past,
                                       const PlanOptions& options, SharedPlans shared = {});

}  // namespace evenkeel
