#include "robustifiers/robust_policy.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "robustifiers/guarded_advice.h"
#include "robustifiers/line.h"
#include "robustifiers/price_optimal.h"
#include "robustifiers/recovery.h"

namespace evenkeel {
namespace {

/// Rounding of sums as large as the objective itself; not an allowance.
constexpr double kRounding = 1e-13;
constexpr double kNoRoom = 1e-10;

/// For what J is computed from; the books themselves are kept by AddSlot.
void AddIncrement(const Increment& increment, double shift, Ledger* ledger) {
  ledger->energy_cost += increment.cost;
  ledger->shift += shift;
  for (std::size_t k = 0; k < ledger->load.size(); ++k) ledger->load[k] += increment.load[k];
}

class Robust : public Policy, public RobustDecisions {
 public:
  Robust(const Problem& problem, std::unique_ptr<Policy> advice, std::unique_ptr<Policy> expert,
         const RobustOptions& options)
      : problem_(problem),
        options_(options),
        advice_(problem, std::move(advice), options.advice_timeout),
        expert_(std::move(expert)),
        trust_(problem, options.spending, options.trust),
        budget_(problem),
        expert_ledger_(MakeLedger(problem)),
        advised_{MakeAllocation(problem), ZeroPrices(problem)},
        expected_(MakeAllocation(problem)) {
    report_.rho = options.spending.rho;
    if (options.mode == WayBack::kPrice) price_optimal_ = std::make_unique<PriceOptimal>(problem);
  }

  void Decide(const SlotInput& input, Allocation* allocation) override;
  void Witness(const SlotInput& input) override;
  void Settle(const Settlement& settlement) override;
  PolicyReport Report() const override;
  const RobustDecision& last() const override { return decision_; }
  GuaranteeReport guarantee() const override;
  double AllowanceAt(double expert_objective, double credit) const override {
    return trust_.AllowanceAt(expert_objective, credit);
  }
  void Recall(const AdviceAnswer* answer) override;
  void Rebook(const Ledger& own, const Ledger& expert) override;

 private:
  bool AskAdvice(const SlotInput& input);
  const Slot& AdvisedSlot(const SlotInput& input);
  void FindRecovery(const SlotInput& input);
  bool IsSafe(double value) const { return value >= -kRounding * scale_; }
  void ComeBack(const SlotInput& input, Allocation* allocation);
  bool TryPriceOptimal(const SlotInput& input, bool pulled, Allocation* allocation);
  double PricedValue(const Increment& increment, const Allocation& decision) const;
  double MixWithExpert(const SlotInput& input, Allocation* allocation);
  void Keep(Verdict verdict, double alpha, double slack);
  void Play(Verdict verdict, double alpha, const Allocation& decision, double slack, Allocation* allocation);
  void MeasureObservation(const Coefficients& observed, const Coefficients& metered);

  const Problem& problem_;
  RobustOptions options_;
  GuardedAdvice advice_;
  std::unique_ptr<Policy> expert_;
  Trust trust_;
  SlotBudget budget_;
  std::unique_ptr<PriceOptimal> price_optimal_;  // of mode price
  Ledger expert_after_;                          // with this slot as observed
  Ledger expert_ledger_;                         // metered
  AdviceAnswer advised_;
  Allocation expected_, found_;          // the expert's decision; the best safe one
  Allocation recovery_;                  // what is always safe, where that is not the expert's decision
  const Allocation* safe_ = &expected_;  // what is always safe
  Increment advice_increment_, expert_increment_, recovery_increment_, found_increment_, played_increment_;
  const Increment* safe_increment_ = &expert_increment_;
  Slot advised_slot_;  // as the advice sees it, where work can wait
  bool advice_is_good_ = false;
  bool recalls_ = false, recalled_is_good_ = false;  // the next slot's answer is in advised_ already, or missing
  double scale_ = 1.0;                               // size of the sums that a budget is the difference of, USD
  double settled_budget_ = 0.0;                      // after the last slot
  RobustDecision decision_;
  GuaranteeReport report_;
};

void Robust::Decide(const SlotInput& input, Allocation* allocation) {
  try {
    expert_->Decide({input.slot, input.coefficients, expert_ledger_}, &expected_);
  } catch (
      const InputError&) {  // nothing can be decided; those who go on all the same lose no slot of the advice's past
    recalls_ = false;
    advice_.Witness(input);
    throw;
  }
  advice_is_good_ = AskAdvice(input);

  ComputeIncrement(problem_, input.coefficients, expected_, &expert_increment_);
  expert_after_ = expert_ledger_;
  AddIncrement(expert_increment_, input.coefficients.shift * FirmDemand(problem_, input.slot), &expert_after_);
  const double expert_objective = ShiftedObjectiveValue(problem_, expert_after_);
  budget_.Begin(input.ledger, expert_ledger_, expert_increment_, trust_.AllowanceAt(expert_objective));
  scale_ = std::max(expert_objective, ShiftedObjectiveValue(problem_, input.ledger));

  FindRecovery(input);
  const double safe_slack = budget_.Value(*safe_increment_);
  if (!advice_is_good_) {
    Play(Verdict::kRejected, 1.0, *safe_, safe_slack, allocation);
    return;
  }
  ComputeIncrement(problem_, input.coefficients, advised_.allocation, &advice_increment_);
  const double advice_slack = budget_.Value(advice_increment_);
  if (!IsSafe(settled_budget_)) {
    // Theorem 5 (b): the meters showed more than was observed; the expert's decision does not make it worse.
    Play(Verdict::kExpert, 1.0, *safe_, safe_slack, allocation);
  } else if (IsSafe(advice_slack)) {
    Play(Verdict::kTaken, 0.0, advised_.allocation, advice_slack, allocation);
  } else {
    ComeBack(input, allocation);
  }
}

/// What the advice sees: never behind the expert, so what that has done by then is due for it.
const Slot& Robust::AdvisedSlot(const SlotInput& input) {
  if (problem_.num_classes() == 0) return input.slot;
  advised_slot_ = input.slot;
  for (int k = 0; k < problem_.num_classes(); ++k) {
    const double expected =
        std::min(expert_ledger_.work_done[k] + Released(problem_, expected_, k), input.slot.arrived[k]);
    advised_slot_.due[k] = std::max(advised_slot_.due[k], expected);
  }
  return advised_slot_;
}

void Robust::FindRecovery(const SlotInput& input) {
  const bool differs = Recover(problem_, input.ledger, expert_ledger_, expected_, &recovery_);
  safe_ = differs ? &recovery_ : &expected_;
  safe_increment_ = differs ? &recovery_increment_ : &expert_increment_;
  if (differs) ComputeIncrement(problem_, input.coefficients, recovery_, &recovery_increment_);
}

/// True: `advised_` holds an answer, just given or recalled.
bool Robust::AskAdvice(const SlotInput& in) {
  const SlotInput input = {AdvisedSlot(in), in.coefficients, in.ledger};
  if (recalls_) {
    recalls_ = false;
    advice_.Witness(input);
    return recalled_is_good_;
  }
  advised_.allocation.flow.setZero(problem_.num_arcs());
  advised_.allocation.shed.setZero(problem_.network.num_gateways());
  return advice_.Ask(input, &advised_);
}

void Robust::Recall(const AdviceAnswer* answer) {
  recalls_ = true;
  recalled_is_good_ = answer != nullptr;
  if (answer != nullptr) advised_ = *answer;
}

/// Neither is asked for anything that counts, and no budget is spent.
void Robust::Witness(const SlotInput& input) {
  try {
    expert_->Witness({input.slot, input.coefficients, expert_ledger_});
  } catch (const InputError&) {  // it could not have decided the slot: nobody did
  }
  advice_.Witness(input);
}

void Robust::Rebook(const Ledger& own, const Ledger& expert) {
  expert_ledger_ = expert;
  const double expert_objective = ShiftedObjectiveValue(problem_, expert);
  settled_budget_ = SettledBudget(problem_, own, expert, trust_.AllowanceAt(expert_objective));
}

/// The advice is not safe: the mode's way back, checked after the fact.
void Robust::ComeBack(const SlotInput& input, Allocation* allocation) {
  const double safe_slack = budget_.Value(*safe_increment_);
  if (options_.mode == WayBack::kSwitch) {
    Play(Verdict::kExpert, 1.0, *safe_, safe_slack, allocation);
    return;
  }
  const double alpha = MixWithExpert(input, allocation);
  const double slack = alpha < 1.0 ? budget_.Value(played_increment_) : safe_slack;
  const bool pulled = alpha < 1.0 && IsSafe(slack);
  if (options_.mode == WayBack::kPrice && TryPriceOptimal(input, pulled, allocation)) return;
  if (pulled) {
    Keep(Verdict::kPulled, alpha, slack);
  } else {
    Play(Verdict::kExpert, 1.0, *safe_, safe_slack, allocation);
  }
}

double Robust::PricedValue(const Increment& increment, const Allocation& decision) const {
  double value = increment.cost - DeferralValue(problem_, advised_.deferral_prices, decision);
  for (std::size_t k = 0; k < increment.load.size(); ++k) value += advised_.prices[k].dot(increment.load[k]);
  return value;
}

/// The safe decision that the advice's prices like best. `allocation` holds line's answer when that is a `pulled` one;
/// it stays, and the answer is false, where the advice states no prices, the safe set is next to nothing, or line's
/// answer is no dearer.
bool Robust::TryPriceOptimal(const SlotInput& input, bool pulled, Allocation* allocation) {
  if (!advised_.states_prices || advised_.deferral_prices.size() != problem_.num_classes()) return false;
  if (budget_.Value(*safe_increment_) <= kNoRoom * scale_) return false;
  const double line_value =
      pulled ? PricedValue(played_increment_, *allocation) : PricedValue(*safe_increment_, *safe_);
  const SlotProposals proposals = {advised_.allocation, advice_increment_, *safe_, *safe_increment_};
  const StatedValues values = {advised_.prices, advised_.deferral_prices};
  const PriceOptimalResult found =
      price_optimal_->Decide(input.slot, input.coefficients, budget_, values, proposals, &found_);
  report_.unconverged += found.feasible ? 0 : 1;
  if (!found.feasible) return false;
  ComputeIncrement(problem_, input.coefficients, found_, &found_increment_);
  const double slack = budget_.Value(found_increment_);
  if (!IsSafe(slack) || !(PricedValue(found_increment_, found_) < line_value)) return false;
  *allocation = found_;
  Keep(Verdict::kPulled, 0.0, slack);
  return true;
}

/// What line plays; returns its alpha.
double Robust::MixWithExpert(const SlotInput& input, Allocation* allocation) {
  // A hundredth of what counts as safe: ties in a row must not use up what is left for rounding.
  const double alpha = SmallestSafeAlpha(budget_, advice_increment_, *safe_increment_, 0.01 * kRounding * scale_);
  Mix(advised_.allocation, *safe_, alpha, allocation);
  ComputeIncrement(problem_, input.coefficients, *allocation, &played_increment_);
  return alpha;
}

void Robust::Play(Verdict verdict, double alpha, const Allocation& decision, double slack, Allocation* allocation) {
  *allocation = decision;
  Keep(verdict, alpha, slack);
}

void Robust::Keep(Verdict verdict, double alpha, double slack) {
  decision_ = {verdict, alpha, slack, nullptr, &expected_, nullptr, nullptr, trust_.credit()};
  if (advice_is_good_) {
    decision_.advice = &advised_.allocation;
    decision_.advice_prices = advised_.states_prices ? &advised_.prices : nullptr;
    decision_.advice_deferral_prices = advised_.deferral_prices.size() > 0 ? &advised_.deferral_prices : nullptr;
  }
  switch (verdict) {
    case Verdict::kTaken:
      ++report_.taken;
      break;
    case Verdict::kPulled:
      ++report_.pulled;
      break;
    case Verdict::kExpert:
      ++report_.expert;
      break;
    case Verdict::kRejected:
      ++report_.rejected;
      break;
  }
}

void Robust::Settle(const Settlement& settlement) {
  const double demand = FirmDemand(problem_, settlement.slot);
  AddSlot(problem_, settlement.metered, expected_, demand, &expert_ledger_);
  const double expert_objective = ShiftedObjectiveValue(problem_, expert_ledger_);
  settled_budget_ = SettledBudget(problem_, settlement.ledger, expert_ledger_, trust_.AllowanceAt(expert_objective));
  report_.min_slack = std::min(report_.min_slack, settled_budget_);
  report_.observation_error = std::max(report_.observation_error, decision_.slack - settled_budget_);
  report_.below_floor += IsBelowFloor(problem_, settlement.metered) ? 1 : 0;
  if (!settlement.exact) MeasureObservation(settlement.observed, settlement.metered);
  report_.expert_objective = expert_objective - expert_ledger_.shift;
  report_.bound = expert_objective + trust_.AllowanceAt(expert_objective);
  if (advice_is_good_) trust_.Observe(settlement.metered, expert_ledger_, advised_.allocation, expected_);
  advice_.Settle(settlement);
  expert_->Settle({settlement.slot, settlement.observed, settlement.metered, expert_ledger_, settlement.exact});
}

/// delta of theorem 5 (a), as realised: shifted costs and loads as observed against as metered.
void Robust::MeasureObservation(const Coefficients& observed, const Coefficients& metered) {
  const auto compare = [&](double seen, double truth) {
    if (seen == truth) return;
    report_.delta = std::max(report_.delta, truth == 0.0 ? kInfinity : std::abs(seen / truth - 1.0));
  };
  for (int a = 0; a < problem_.num_arcs(); ++a)
    compare(observed.cost[a] + metered.shift, metered.cost[a] + metered.shift);
  for (int k = 0; k < problem_.num_groups(); ++k) {
    for (int a = 0; a < problem_.num_arcs(); ++a) compare(observed.load[k][a], metered.load[k][a]);
  }
}

PolicyReport Robust::Report() const {
  PolicyReport report = expert_->Report();  // its unconverged slots are the guarantee's too
  const PolicyReport advice = advice_.Report();
  report.unconverged_slots += advice.unconverged_slots + report_.unconverged;
  report.program_failures += advice.program_failures;
  report.worst_slot_gap = std::max(report.worst_slot_gap, advice.worst_slot_gap);
  report.own_objective.reset();
  return report;
}

GuaranteeReport Robust::guarantee() const {
  GuaranteeReport report = report_;
  report.first_failure = advice_.FirstFailure();
  // Rounding of exactly observed slots is no observation error.
  if (report_.delta == 0.0) report.observation_error = 0.0;
  if (report_.below_floor > 0 && !IsSafe(report_.min_slack))
    report.floor_error = std::max(0.0, -report_.min_slack - report.observation_error);
  return report;
}

}  // namespace

std::unique_ptr<Policy> MakeRobust(const Problem& problem, std::unique_ptr<Policy> advice,
                                   std::unique_ptr<Policy> expert, const RobustOptions& options) {
  EVENKEEL_CHECK(options.spending.rho >= 0.0 && options.spending.bonus >= 0.0 && options.spending.planned >= 0.0);
  return std::make_unique<Robust>(problem, std::move(advice), std::move(expert), options);
}

}  // namespace evenkeel
