#include "experiments/run/budget_check.h"

#include <algorithm>

#include "experiments/catalog/advice.h"
#include "experiments/catalog/catalog.h"
#include "experiments/run/log_allocation.h"
#include "experiments/run/run_difference.h"
#include "robustifiers/budget.h"
#include "robustifiers/line.h"

namespace evenkeel {
namespace {

RobustOptions OptionsOf(const RunLog& log) {
  return RobustOptionsOf(CheckSpec(Catalog(), Kind::kPolicy, ParseSpec(log.info.policy)).arguments);
}

bool IsSame(const Allocation& a, const Allocation& b) { return a.flow == b.flow && a.shed == b.shed; }

}  // namespace

bool BudgetCheck::IsPossible(const RunLog& log) {
  return !log.verdict.empty() && log.advice.size() > 0 && ParseSpec(log.info.policy).name == "robust";
}

BudgetCheck::BudgetCheck(const Problem& problem, const RunLog& log)
    : problem_(problem),
      log_(log),
      options_(OptionsOf(log)),
      trust_(problem, options_.spending, options_.trust),
      engine_(MakeLedger(problem)),
      expert_(MakeLedger(problem)) {}

void BudgetCheck::CheckVerdict(int t, const Allocation& played, const Allocation& expert, bool has_advice,
                               const Allocation& advice) {
  const Verdict verdict = log_.verdict[t];
  if (has_advice != (verdict != Verdict::kRejected)) {
    throw RunDifference(fmt::format("slot {}: the verdict is {}, but there is {}", t, Name(verdict),
                                    has_advice ? "an advice" : "no advice"));
  }
  if (verdict == Verdict::kPulled) {
    CheckPull(t, played, expert, advice);
    return;
  }
  ExpectClose(t, "alpha", log_.alpha[t], verdict == Verdict::kTaken ? 0.0 : 1.0, 1.0);
  if (IsSame(played, verdict == Verdict::kTaken ? advice : expert)) return;
  throw RunDifference(fmt::format("slot {}: the verdict is {}, but the decision is another than the {}'s", t,
                                  Name(verdict), verdict == Verdict::kTaken ? "advice" : "expert"));
}

/// A point that was pulled along the line must lie on it, where alpha says. Of mode price, alpha is 0 for a decision
/// that is not: why the advice's prices like it best no log can tell, which has no prices.
void BudgetCheck::CheckPull(int t, const Allocation& played, const Allocation& expert, const Allocation& advice) {
  if (options_.mode == WayBack::kSwitch)
    throw RunDifference(fmt::format("slot {}: the verdict is pulled, which mode switch never is", t));
  if (options_.mode == WayBack::kPrice && log_.alpha[t] == 0.0) {
    ++off_line_;
    return;
  }
  Allocation mixed = MakeAllocation(problem_);
  Mix(advice, expert, log_.alpha[t], &mixed);
  ExpectClose(t, "allocation", played.flow, mixed.flow);
  ExpectClose(t, "shed", played.shed, mixed.shed);
}

/// The ledgers before are the metered ones, the slot itself is as observed.
void BudgetCheck::CheckSlack(int t, const Allocation& played, const Allocation& expert, double demand,
                             const Coefficients& observed) const {
  Ledger engine = engine_;
  Ledger beside = expert_;
  AddSlot(problem_, observed, played, demand, &engine);
  AddSlot(problem_, observed, expert, demand, &beside);
  const double expert_objective = ShiftedObjectiveValue(problem_, beside);
  const double slack = SettledBudget(problem_, engine, beside, trust_.AllowanceAt(expert_objective));
  ExpectClose(t, "slack", log_.slack[t], slack, std::max(expert_objective, ShiftedObjectiveValue(problem_, engine)));
}

void BudgetCheck::Add(int t, const Slot& slot, const Coefficients& observed, const Coefficients& metered) {
  const Allocation played = PlayedAllocation(problem_, log_, t);
  const Allocation expert = AllocationOf(problem_, t, log_.expert, log_.expert_shed);
  const bool has_advice = log_.advice_shed(t, 0) != kNoAllocation;
  const Allocation advice =
      has_advice ? AllocationOf(problem_, t, log_.advice, log_.advice_shed) : MakeAllocation(problem_);
  const double demand = slot.demand.sum();
  const double violation = Infeasibility(problem_, slot, expert, &region_use_);
  if (!(violation <= AllowedViolation(slot))) {
    throw RunDifference(fmt::format("slot {}: the expert's decision violates the constraints by {:.3g}", t, violation));
  }
  CheckVerdict(t, played, expert, has_advice, advice);
  CheckSlack(t, played, expert, demand, observed);

  AddSlot(problem_, metered, played, demand, &engine_);
  AddSlot(problem_, metered, expert, demand, &expert_);
  const double expert_objective = ShiftedObjectiveValue(problem_, expert_);
  const double allowance = trust_.AllowanceAt(expert_objective);
  const double settled = SettledBudget(problem_, engine_, expert_, allowance);
  observation_error_ = std::max(observation_error_, log_.slack[t] - settled);
  const double objective = ShiftedObjectiveValue(problem_, engine_);
  const double bound = expert_objective + allowance + observation_error_;
  if (!(objective <= bound * (1.0 + kTolerance))) {
    throw RunDifference(
        fmt::format("slot {}: J is {:.17g}, above its bound {:.17g} (both shifted)", t, objective, bound));
  }
  if (has_advice) trust_.Observe(metered, expert_, advice, expert);
}

void BudgetCheck::Finish() const {
  std::vector<std::int64_t> count(kNumVerdicts);
  for (const Verdict verdict : log_.verdict) ++count[static_cast<int>(verdict)];
  for (std::size_t v = 0; v < count.size(); ++v) {
    if (count[v] == log_.verdict_count[v]) continue;
    throw RunDifference(fmt::format("verdict: {} slots are {}, the attribute says {}", count[v], kVerdictNames[v],
                                    log_.verdict_count[v]));
  }
}

}  // namespace evenkeel
