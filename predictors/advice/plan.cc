#include "predictors/advice/plan.h"

#include <algorithm>

#include "engine/dispatch/dispatch.h"
#include "engine/planner/merged_slots.h"
#include "engine/planner/rest_plan.h"
#include "engine/policies/constant_price.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

/// The slot that is seen, then forecasts.
class ForecastSlots : public SlotSource {
 public:
  ForecastSlots(const Slot& seen, const RowMatrix& forecast, std::int64_t step)
      : seen_(seen), forecast_(forecast), step_(step) {}

  int num_slots() const override { return static_cast<int>(forecast_.rows()) + 1; }
  void Read(int t, Slot* slot) override {
    *slot = seen_;
    if (t == 0) return;
    slot->index = seen_.index + t;
    slot->time = seen_.time + t * step_;
    SetRow(forecast_.row(t - 1), slot);
  }

 private:
  const Slot& seen_;
  const RowMatrix& forecast_;
  std::int64_t step_;
};

class PlanAdvice : public Policy {
 public:
  PlanAdvice(const Problem& problem, std::unique_ptr<Forecaster> forecaster, History past, const PlanOptions& options)
      : problem_(problem),
        forecaster_(std::move(forecaster)),
        history_(std::move(past)),
        options_(options),
        prices_(L1Prices(problem)),
        dispatcher_(problem) {
    ScaleIntoDualSet(problem, &prices_);
  }

  void Decide(const SlotInput& input, Allocation* allocation) override {
    history_.Append(input.slot);
    if (input.slot.index % options_.every == 0) Replan(input);
    PricedCost(problem_, input.coefficients, 1.0, prices_, &cost_);
    DispatchOrThrow(problem_, cost_, input.slot, &dispatcher_, allocation);
  }

  PolicyReport Report() const override {
    PolicyReport report;
    report.unconverged_slots = unconverged_;
    report.worst_slot_gap = worst_gap_;
    return report;
  }

 private:
  void Replan(const SlotInput& input) {
    const HistoryView view(history_);
    const RowMatrix forecast = ForecastRest(view, problem_.num_slots - input.slot.index - 1);
    ForecastSlots one_by_one(input.slot, forecast, view.step());
    const int fine = options_.merge_after > 0 ? options_.merge_after : one_by_one.num_slots();
    const std::unique_ptr<SlotSource> merged = MakeMergedSlots(one_by_one, fine, view.slots_per_day());
    SlotSource& rest = *merged;
    RestPlan plan;
    try {
      plan = PlanRest(problem_, rest, input.ledger.load, options_.tolerance);
    } catch (const InputError&) {  // more demand forecast than can be served
      Problem relaxed = problem_;
      relaxed.shed_cost = ProhibitiveCost(input.coefficients);
      plan = PlanRest(relaxed, rest, input.ledger.load, options_.tolerance);
    }
    worst_gap_ = std::max(worst_gap_, plan.gap);
    if (plan.converged) {
      prices_ = std::move(plan.prices);
    } else {
      ++unconverged_;
    }
  }

  RowMatrix ForecastRest(const HistoryView& view, int slots) {
    RowMatrix forecast(slots, view.columns().size());
    const int made = options_.horizon > 0 ? std::min(options_.horizon, slots) : slots;
    if (made == 0) return forecast;
    forecast.topRows(made) = Forecast(*forecaster_, view, made);
    FadeIntoHourlyMean(view, options_.mean_days, made, &forecast);
    // A fading distance can lead below zero, where only prices may be.
    KeepPossible(view.columns(), &forecast);
    return forecast;
  }

  /// Above what serving a unit can save, at any prices of the dual set.
  double ProhibitiveCost(const Coefficients& coefficients) const {
    double most = coefficients.cost.cwiseAbs().maxCoeff();
    for (int k = 0; k < problem_.num_groups(); ++k) most += problem_.groups[k].weight * coefficients.load[k].maxCoeff();
    constexpr double kMargin = 100.0;
    return std::max({1.0, kMargin * most, problem_.shed_cost.value_or(0.0)});
  }

  const Problem& problem_;
  std::unique_ptr<Forecaster> forecaster_;
  History history_;
  PlanOptions options_;
  Prices prices_;
  Dispatcher dispatcher_;
  Vector cost_;
  long unconverged_ = 0;
  double worst_gap_ = 0.0;
};

}  // namespace

std::unique_ptr<Policy> MakePlanAdvice(const Problem& problem, std::unique_ptr<Forecaster> forecaster, History past,
                                       const PlanOptions& options) {
  EVENKEEL_CHECK(options.every >= 1 && options.horizon >= 0 && options.mean_days >= 1);
  return std::make_unique<PlanAdvice>(problem, std::move(forecaster), std::move(past), options);
}

}  // namespace evenkeel
