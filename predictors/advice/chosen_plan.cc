#include "predictors/advice/chosen_plan.h"

#include <algorithm>

#include "engine/simulate.h"
#include "models/base/error.h"
#include "predictors/advice/history_slots.h"

namespace evenkeel {
namespace {

/// Lends a forecaster to a policy that wants to own one.
class Lent : public Forecaster {
 public:
  explicit Lent(Forecaster& forecaster) : forecaster_(forecaster) {}
  void Predict(const HistoryView& history, int horizon, RowMatrix* forecast) override {
    forecaster_.Predict(history, horizon, forecast);
  }
  int SlotsNeeded(int slots_per_day) const override { return forecaster_.SlotsNeeded(slots_per_day); }

 private:
  Forecaster& forecaster_;
};

class ChosenPlan : public Policy {
 public:
  ChosenPlan(const Problem& problem, std::unique_ptr<Forecaster> forecaster, History past,
             const std::vector<PlanOptions>& candidates, const ChoiceOptions& choice)
      : problem_(problem),
        forecaster_(std::move(forecaster)),
        past_(std::move(past)),
        candidates_(candidates),
        choice_(choice) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    if (!plan_) MakePlan(input.slot);
    plan_->Decide(input, allocation);
  }

  void Witness(const SlotInput& input) override {
    if (!plan_) MakePlan(input.slot);
    plan_->Witness(input);
  }

  const Prices* StatedPrices() const override { return plan_ ? plan_->StatedPrices() : nullptr; }
  PolicyReport Report() const override { return plan_ ? plan_->Report() : PolicyReport{}; }

 private:
  /// A choice that fails is made again in the next slot, with this one seen.
  void MakePlan(const Slot& now) {
    try {
      plan_ = MakePlanAdvice(problem_, std::make_unique<Lent>(*forecaster_), past_, Choose(now));
    } catch (...) {
      past_.Append(now);
      throw;
    }
  }

  PlanOptions Choose(const Slot& now) const {
    PlanOptions best = candidates_.front();
    double least = kInfinity;
    for (const PlanOptions& candidate : candidates_) {
      const double objective = Replay(candidate, now);
      if (!(objective < least)) continue;
      least = objective;
      best = candidate;
    }
    return best;
  }

  /// Sum of the shifted J of the candidate over the periods before that can be replayed.
  double Replay(PlanOptions candidate, const Slot& now) const {
    candidate.every = std::max(candidate.every, choice_.every);
    if (past_.num_slots() == 0) return 0.0;
    const HistoryView view(past_);
    Problem problem = problem_;
    problem.num_slots = std::max(1, choice_.days * view.slots_per_day() / 2);
    double objective = 0.0;
    for (int period = 2; period >= 1; --period) {
      const int first = view.num_slots() - period * problem.num_slots;
      if (first < problem.num_slots) continue;
      HistorySlots before(view, 0, first, now);
      History seen;
      seen.AppendAll(before);
      HistorySlots slots(view, first, problem.num_slots, now);
      const auto plan = MakePlanAdvice(problem, std::make_unique<Lent>(*forecaster_), std::move(seen), candidate);
      objective += ShiftedObjectiveValue(problem, Simulate(problem, slots, slots, *plan, {}).metered);
    }
    return objective;
  }

  const Problem& problem_;
  std::unique_ptr<Forecaster> forecaster_;
  History past_;
  std::vector<PlanOptions> candidates_;
  ChoiceOptions choice_;
  std::unique_ptr<Policy> plan_;
};

}  // namespace

std::vector<PlanOptions> PlanCandidates(const PlanOptions& options) {
  std::vector<PlanOptions> candidates;
  for (const bool scenarios : {true, false}) {
    if (!scenarios && options.scenarios == 0) continue;
    for (const auto& [first, last] : {std::pair(0.4, 0.0), std::pair(0.8, 0.2), std::pair(0.0, 0.0)}) {
      candidates.push_back(options);
      if (!scenarios) candidates.back().scenarios = 0;
      candidates.back().blend.first = first;
      candidates.back().blend.last = last;
    }
  }
  return candidates;
}

std::unique_ptr<Policy> MakeChosenPlan(const Problem& problem, std::unique_ptr<Forecaster> forecaster, History past,
                                       const std::vector<PlanOptions>& candidates, const ChoiceOptions& choice) {
  EVENKEEL_CHECK(!candidates.empty() && choice.days >= 1 && choice.every >= 1);
  return std::make_unique<ChosenPlan>(problem, std::move(forecaster), std::move(past), candidates, choice);
}

}  // namespace evenkeel
