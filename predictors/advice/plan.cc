#include "predictors/advice/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "engine/dispatch/dispatch.h"
#include "engine/planner/merged_slots.h"
#include "engine/planner/rest_plan.h"
#include "engine/policies/constant_price.h"
#include "engine/policies/leaning_prices.h"
#include "engine/policies/release.h"
#include "engine/policies/virtual_loads.h"
#include "models/base/error.h"
#include "predictors/advice/history_slots.h"
#include "predictors/advice/scenarios.h"

namespace evenkeel {
namespace {

class PlanAdvice : public Policy {
 public:
  PlanAdvice(const Problem& problem, std::unique_ptr<Forecaster> forecaster, History past, const PlanOptions& options,
             SharedPlans shared)
      : problem_(problem),
        forecaster_(std::move(forecaster)),
        history_(std::move(past)),
        options_(options),
        shared_(std::move(shared)),
        prices_(L1Prices(problem)),
        dispatcher_(problem),
        dues_(problem.network) {
    if (problem.num_classes() > 0) fit_ = std::make_unique<ReleaseFit>(problem);
    ScaleIntoDualSet(problem, &prices_);
  }

  void Decide(const SlotInput& input, Allocation* allocation) override {
    See(input.slot);
    CatchUp();
    // After a plan that failed as well: prices of an older one, or of none, would pass for its answer.
    planned_now_ = input.slot.index % options_.every == 0 || needs_plan_;
    if (planned_now_) PlanOrFail(input);
    dispatched_ = !(options_.own_flows && !Blends() && PlayOwnFlows(input, allocation));
    if (!dispatched_) return;
    PricedCost(problem_, input.coefficients, 1.0, PricesOfSlot(input), &cost_);
    DispatchOrThrow(problem_, cost_, ServedSlot(input), &dispatcher_, allocation);
  }

  /// Of the plans that were due, only the last one matters: it is made when it is needed.
  void Witness(const SlotInput& input) override {
    See(input.slot);
    if (Blends()) PricesOfSlot(input);  // remembers where the period began
    if (input.slot.index % options_.every == 0)
      witnessed_ =
          std::make_unique<Witnessed>(Witnessed{input.slot, input.coefficients, input.ledger, history_.num_slots()});
  }

  const Prices* StatedPrices() const override {
    if (!dispatched_) return nullptr;
    return Blends() ? &blended_ : &prices_;
  }
  const Vector* StatedDeferralPrices() const override {
    return dispatched_ && deferral_.size() > 0 ? &deferral_ : nullptr;
  }

  PolicyReport Report() const override {
    PolicyReport report;
    report.unconverged_slots = unconverged_;
    report.worst_slot_gap = worst_gap_;
    return report;
  }

 private:
  /// A slot in which a plan was due and not made.
  struct Witnessed {
    Slot slot;
    Coefficients coefficients;
    Ledger ledger;
    int seen;  // slots of the history by then
  };

  void See(const Slot& slot) {
    history_.Append(slot);
    if (problem_.num_classes() > 0) dues_.Add(slot.demand);
  }

  /// The slot with what the plan releases as the classes' demand, as far as windows and capacity allow; without a plan
  /// all that waits.
  const Slot& ServedSlot(const SlotInput& input) {
    if (problem_.num_classes() == 0) return input.slot;
    const int row = input.slot.index - planned_at_;
    target_ = input.slot.arrived;
    if (row >= 0 && row < work_done_.rows()) {
      target_ = (target_ - waiting_.row(row).transpose()).cwiseMax(work_done_.row(row).transpose());
      deferral_ = deferral_prices_.row(row);
    }
    fit_->Fit(input, target_, &served_);
    return served_;
  }

  /// Makes the last plan of the slots that were witnessed.
  void CatchUp() {
    if (!witnessed_) return;
    const std::unique_ptr<Witnessed> due = std::move(witnessed_);
    needs_plan_ = true;
    try {
      Replan({due->slot, due->coefficients, due->ledger}, HistoryView(history_, due->seen));
      needs_plan_ = false;
    } catch (const std::exception&) {  // a plan is made now
    }
  }

  void PlanOrFail(const SlotInput& input) {
    // The last slot needs no forecast, so that its plan would say nothing of a predictor that has failed until then.
    if (failed_ && input.slot.index + 1 == problem_.num_slots) std::rethrow_exception(failed_);
    needs_plan_ = true;
    try {
      Replan(input, HistoryView(history_));
    } catch (...) {
      failed_ = std::current_exception();
      throw;
    }
    failed_ = nullptr;
    needs_plan_ = false;
  }

  /// Where they keep the slot's capacity as exactly as a vertex does.
  bool PlayOwnFlows(const SlotInput& input, Allocation* allocation) {
    if (!planned_now_ || first_.flow.size() == 0) return false;
    if (Infeasibility(problem_, input.slot, input.ledger.work_done, first_, &region_use_) >
        1e-10 * input.slot.demand.sum())
      return false;
    *allocation = first_;
    return true;
  }

  void Replan(const SlotInput& input, const HistoryView& view) {
    first_ = {};
    const auto plan = Shared(
        shared_.plans, [&] { return KeyOf(input); }, [&] { return MakePlan(input, view); });
    worst_gap_ = std::max(worst_gap_, plan->worst_gap);
    if (plan->planned == 0) {
      ++unconverged_;
      return;
    }
    first_ = plan->first;
    prices_ = plan->prices;
    work_done_ = plan->work_done;
    waiting_ = plan->waiting;
    deferral_prices_ = plan->deferral_prices;
    planned_at_ = input.slot.index;
  }

  /// The scope, the slot, and the ledger's bits.
  std::string KeyOf(const SlotInput& input) const {
    std::string key = fmt::format("{} {} ", shared_.scope, input.slot.index);
    const auto add = [&](const Vector& numbers) {
      key.append(reinterpret_cast<const char*>(numbers.data()), sizeof(double) * numbers.size());
    };
    for (const Vector& load : input.ledger.load) add(load);
    add(input.ledger.work_done);
    return key;
  }

  Futures MakeFutures(const HistoryView& view, int slots) const {
    std::vector<int> origins =
        PathOrigins(view, slots, options_.scenarios, forecaster_->SlotsNeeded(view.slots_per_day()));
    origins.push_back(view.num_slots());
    std::vector<RowMatrix> forecasts = ForecastRests(*forecaster_, view, origins, slots, options_.rest);
    RowMatrix forecast = std::move(forecasts.back());
    origins.pop_back();
    forecasts.pop_back();
    const std::vector<RowMatrix> paths = CentredErrorPaths(view, origins, std::move(forecasts));
    return {Scenarios(view.columns(), std::move(forecast), paths, options_.spread)};
  }

  MadePlan MakePlan(const SlotInput& input, const HistoryView& view) const {
    const int slots = problem_.num_slots - input.slot.index - 1;
    const auto shared = Shared(
        shared_.futures, [&] { return fmt::format("{} {}", shared_.signals, input.slot.index); },
        [&] { return MakeFutures(view, slots); });
    MadePlan made;
    made.prices = ZeroPrices(problem_);
    made.work_done = RowMatrix::Zero(slots + 1, problem_.num_classes());
    made.waiting = made.deferral_prices = made.work_done;
    for (const RowMatrix& future : shared->futures) {
      const RestPlan plan = PlanOn(future, view, input);
      made.worst_gap = std::max(made.worst_gap, plan.gap);
      if (!plan.converged) continue;
      if (++made.planned == 1 && shared->futures.size() == 1) made.first = plan.first;
      for (std::size_t k = 0; k < made.prices.size(); ++k) made.prices[k] += plan.prices[k];
      if (problem_.num_classes() == 0) continue;
      made.work_done += plan.work_done;
      made.waiting += Arrived(future, view.columns(), input.slot) - plan.work_done;
      made.deferral_prices += plan.deferral_prices;
    }
    if (made.planned == 0) return made;
    for (Vector& price : made.prices) price /= made.planned;
    for (RowMatrix* sum : {&made.work_done, &made.waiting, &made.deferral_prices}) *sum /= made.planned;
    return made;
  }

  /// A of the slot that is seen and, by the forecast, of those behind, [slots x classes].
  RowMatrix Arrived(const RowMatrix& future, const SignalColumns& columns, const Slot& seen) const {
    const int classes = problem_.num_classes();
    RowMatrix arrived(future.rows() + 1, classes);
    arrived.row(0) = seen.arrived.transpose();
    for (Eigen::Index t = 0; t < future.rows(); ++t)
      arrived.row(t + 1) = arrived.row(t) + future.row(t).segment(columns.gateways - classes, classes);
    return arrived;
  }

  RestPlan PlanOn(const RowMatrix& future, const HistoryView& view, const SlotInput& input) const {
    ForecastSlots one_by_one(input.slot, future, view.step());
    const int two_days = 2 * view.slots_per_day();
    const int fine = options_.merge_after > 0                                ? options_.merge_after
                     : options_.scenarios > 0 && problem_.num_classes() == 0 ? two_days
                                                                             : one_by_one.num_slots();
    const std::unique_ptr<SlotSource> rest =
        problem_.num_classes() > 0 ? std::make_unique<QueuedForecast>(one_by_one, dues_.First(input.slot.index + 1),
                                                                      problem_.num_slots, options_.reserve)
                                   : MakeMergedSlots(one_by_one, fine, view.slots_per_day());
    const Vector& done = input.ledger.work_done;
    try {
      return PlanRest(problem_, *rest, input.ledger.load, options_.tolerance, done);
    } catch (const InputError&) {  // more demand forecast than can be served
      Problem relaxed = problem_;
      relaxed.shed_cost = ProhibitiveCost(input.coefficients);
      RestPlan plan = PlanRest(relaxed, *rest, input.ledger.load, options_.tolerance, done);
      plan.first = {};  // may leave workload unserved
      return plan;
    }
  }

  bool Blends() const { return options_.blend.first > 0.0 || options_.blend.last > 0.0; }

  /// The plan's, leaning on the loads by the share of the slot.
  const Prices& PricesOfSlot(const SlotInput& input) {
    if (!Blends()) return prices_;
    const BlendOptions& blend = options_.blend;
    if (input.slot.index == 0) load_before_ = BeforeThePeriod(input.slot);
    const double left = ShareLeft(input.slot.index, problem_.num_slots);
    heading_ = input.ledger.load;
    for (std::size_t k = 0; k < heading_.size(); ++k) heading_[k] += blend.prime * left * load_before_[k];
    blended_ = prices_;
    LeanOnLoads(problem_, heading_, blend.exponent, BlendShare(blend, input.slot.index, problem_.num_slots), &blended_);
    return blended_;
  }

  Loads BeforeThePeriod(const Slot& slot) const {
    const int seen = history_.num_slots() - 1;
    return seen > 0 ? LoadsBefore(problem_, HistoryView(history_, seen), slot, options_.blend.exponent)
                    : ZeroPrices(problem_);
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
  SharedPlans shared_;
  Prices prices_, blended_;
  Loads load_before_, heading_;  // V_0 without its factor, and L + V_t
  Allocation first_;             // of the last plan, where it has one
  Dispatcher dispatcher_;
  Vector cost_, region_use_;
  WorkDues dues_;                    // of the slots seen
  std::unique_ptr<ReleaseFit> fit_;  // where work can wait
  int planned_at_ = 0;               // slot of the last plan, and what it wants, [its slots x classes]
  RowMatrix work_done_, waiting_, deferral_prices_;
  Vector target_, deferral_;  // [classes]
  Slot served_;
  std::unique_ptr<Witnessed> witnessed_;
  bool dispatched_ = false;  // the last decision, at prices
  bool planned_now_ = false;
  bool needs_plan_ = true;     // none yet, or the last one failed
  std::exception_ptr failed_;  // the last plan
  long unconverged_ = 0;
  double worst_gap_ = 0.0;
};

}  // namespace

std::unique_ptr<Policy> MakePlanAdvice(const Problem& problem, std::unique_ptr<Forecaster> forecaster, History past,
                                       const PlanOptions& options, SharedPlans shared) {
  EVENKEEL_CHECK(options.every >= 1 && options.rest.horizon >= 0 && options.rest.mean_days >= 1);
  EVENKEEL_CHECK(options.scenarios >= 0 && options.spread >= 0.0 && options.blend.exponent >= 1.0);
  return std::make_unique<PlanAdvice>(problem, std::move(forecaster), std::move(past), options, std::move(shared));
}

}  // namespace evenkeel
