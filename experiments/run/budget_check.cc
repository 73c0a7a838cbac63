#include "experiments/run/budget_check.h"

#include <algorithm>

#include "experiments/catalog/advice.h"
#include "experiments/catalog/catalog.h"
#include "experiments/run/log_allocation.h"
#include "experiments/run/run_difference.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "robustifiers/line.h"
#include "robustifiers/recovery.h"

namespace evenkeel {
namespace {

constexpr const char* kModes[] = {"switch", "line", "price"};  // by WayBack

RobustOptions OptionsOf(const Spec& policy) {
  return RobustOptionsOf(CheckSpec(Catalog(), Kind::kPolicy, policy).arguments);
}

RobustOptions ParseGuarantee(const std::string& text) {
  std::vector<const char*> needed = {"rho", "mode", "bonus", "spend", "trust"};
  if (text.find("trust=adaptive") != std::string::npos) needed.insert(needed.end(), {"floor", "tolerance", "gain"});
  for (const char* name : needed) {
    if (("," + text).find(fmt::format(",{}=", name)) == std::string::npos)
      throw InputError("the attribute 'guarantee' is \"{}\", without {}", text, name);
  }
  return OptionsOf(ParseSpec("robust(advice=cost," + text + ")"));
}

/// What the policy's spec says itself must be what the guarantee's options say.
void ExpectOptionsOfPolicy(const RunLogInfo& info) {
  const Spec guarantee = ParseSpec("robust(" + info.guarantee + ")");
  for (const auto& [name, value] : ParseSpec(info.policy).parameters) {
    for (const auto& [known, option] : guarantee.parameters) {
      const auto said = ParseNumber(value.name), kept = ParseNumber(option.name);
      // A log that `spend` names stands for its number.
      if (name != known || (name == "spend" && !said) || (said && said == kept) || value == option) continue;
      throw RunDifference(
          fmt::format("the attribute 'guarantee' says {}={}, the policy {}", name, option.name, value.name));
    }
  }
}

bool IsSame(const Allocation& a, const Allocation& b) { return a.flow == b.flow && a.shed == b.shed; }

void ExpectSame(int t, const Allocation& logged, const Allocation& found, double allowed) {
  for (Eigen::Index a = 0; a < found.flow.size(); ++a)
    ExpectClose(t, "allocation", logged.flow[a], found.flow[a], allowed);
  for (Eigen::Index j = 0; j < found.shed.size(); ++j) ExpectClose(t, "shed", logged.shed[j], found.shed[j], allowed);
}

}  // namespace

std::string GuaranteeText(const Spec& policy) {
  if (policy.name != "robust") return "";
  const RobustOptions options = OptionsOf(policy);
  const std::string text =
      fmt::format("rho={},mode={},bonus={},spend={},trust=", options.spending.rho,
                  kModes[static_cast<int>(options.mode)], options.spending.bonus, options.spending.planned);
  if (!options.trust.adaptive) return text + "fixed";
  return text + fmt::format("adaptive,floor={},tolerance={},gain={}", options.trust.floor, options.trust.tolerance,
                            options.trust.gain);
}

RobustOptions GuaranteeOf(const RunLogInfo& info) {
  const RobustOptions options = ParseGuarantee(info.guarantee);
  ExpectOptionsOfPolicy(info);
  return options;
}

BudgetCheck::BudgetCheck(const Problem& problem, const RunLog& log)
    : problem_(problem),
      log_(log),
      options_(GuaranteeOf(log.info)),
      trust_(problem, options_.spending, options_.trust),
      budget_(problem),
      engine_(MakeLedger(problem)),
      expert_(MakeLedger(problem)),
      found_(MakeAllocation(problem)) {}

void BudgetCheck::ExpectFeasible(int t, const char* whose, const Slot& slot, const Vector& work_done,
                                 const Allocation& decision) {
  const double violation = Infeasibility(problem_, slot, work_done, decision, &region_use_);
  if (violation <= AllowedViolation(slot)) return;
  throw RunDifference(fmt::format("slot {}: {} violates the constraints by {:.3g}", t, whose, violation));
}

/// Of work that can wait nobody is behind the expert.
void BudgetCheck::ExpectAhead(int t, const Slot& slot, const Allocation& played, const Allocation& expert) const {
  for (int k = 0; k < problem_.num_classes(); ++k) {
    const double done = engine_.work_done[k] + Released(problem_, played, k);
    const double expected = expert_.work_done[k] + Released(problem_, expert, k);
    if (done >= expected - AllowedViolation(slot) - 1e-12 * expected) continue;
    throw RunDifference(fmt::format("slot {}: {:.17g} of {} are done, the expert has done {:.17g}", t, done,
                                    log_.classes[k], expected));
  }
}

BudgetCheck::Decisions BudgetCheck::DecisionsAt(int t, const Slot& slot) {
  const int row = t - log_.first_slot;
  Decisions of;
  of.played = PlayedAllocation(problem_, log_, t);
  of.expert = AllocationOf(problem_, t, row, log_.expert, log_.expert_shed);
  ExpectFeasible(t, "the expert's decision", slot, expert_.work_done, of.expert);
  of.safe = of.expert;
  Recover(problem_, engine_, expert_, of.expert, &of.safe);
  const auto nothing = [&](const RowMatrix& rows) { return (rows.row(row).array() == kNoAllocation).all(); };
  of.has_advice = !nothing(log_.advice) || !nothing(log_.advice_shed);
  of.advice = of.has_advice ? AllocationOf(problem_, t, row, log_.advice, log_.advice_shed) : MakeAllocation(problem_);
  if (of.has_advice) ExpectFeasible(t, "the advice, which was not rejected,", slot, engine_.work_done, of.advice);
  ExpectAhead(t, slot, of.played, of.expert);
  return of;
}

/// What the budget leaves open (rounding, or a solver's word) may have come out either way; what it decides may not.
void BudgetCheck::CheckVerdict(int t, const Slot& slot, const Decisions& of, double gross) {
  const int row = t - log_.first_slot;
  const Verdict verdict = log_.verdict[row];
  const double alpha = log_.alpha[row], rounding = kTolerance * gross;
  const auto fail = [&](const std::string& why) {
    throw RunDifference(fmt::format("slot {}: the verdict is {}, but {}", t, Name(verdict), why));
  };
  ++count_[static_cast<int>(verdict)];
  if (of.has_advice != (verdict != Verdict::kRejected))
    fail(of.has_advice ? "there is an advice" : "there is no advice");
  if (of.has_advice) {
    const double left = budget_.Value(advice_increment_);
    if (settled_ > rounding && left > rounding && verdict != Verdict::kTaken)
      fail(fmt::format("the advice leaves a budget of {:.6g} USD", left));
    if (verdict == Verdict::kTaken && left < -rounding)
      fail(fmt::format("the advice overdraws the budget by {:.6g} USD", -left));
    if ((verdict == Verdict::kTaken || verdict == Verdict::kPulled) && settled_ < -rounding)
      fail(fmt::format("the budget was overdrawn by {:.6g} USD before", -settled_));
  }
  if (verdict == Verdict::kPulled) {
    CheckPull(t, slot, of, alpha);
    return;
  }
  ExpectClose(t, "alpha", alpha, verdict == Verdict::kTaken ? 0.0 : 1.0, 0.0);
  if (verdict != Verdict::kTaken && problem_.num_classes() > 0)  // how much is left out, the books say to their digits
    return ExpectSame(t, of.played, of.safe, 10.0 * AllowedViolation(slot));
  if (!IsSame(of.played, verdict == Verdict::kTaken ? of.advice : of.expert))
    fail(fmt::format("the decision is another than the {}'s", verdict == Verdict::kTaken ? "advice" : "expert"));
}

/// A point that was pulled along the line must lie on it, where alpha says. Whether a decision of mode price that is
/// not on the line is the cheapest safe one, no log can tell.
void BudgetCheck::CheckPull(int t, const Slot& slot, const Decisions& of, double alpha) {
  if (options_.mode == WayBack::kSwitch)
    throw RunDifference(fmt::format("slot {}: the verdict is pulled, which mode switch never is", t));
  if (!(alpha >= 0.0 && alpha <= 1.0))
    throw RunDifference(fmt::format("slot {}: alpha is {}, allowed: 0 to 1", t, alpha));
  const double allowed = kTolerance * (slot.demand.sum() + slot.releasable);
  if (options_.mode == WayBack::kPrice && alpha == 0.0) {
    // A decision on the line would say where it stands.
    const double on_line = SmallestSafeAlpha(budget_, advice_increment_, safe_increment_);
    Mix(of.advice, of.safe, on_line, &found_);
    if (on_line > 0.0 && IsSame(found_, of.played))
      throw RunDifference(fmt::format("slot {}: alpha is 0 in the log, {:.17g} when recomputed", t, on_line));
    ++off_line_;
    return;
  }
  Mix(of.advice, of.safe, alpha, &found_);
  ExpectSame(t, of.played, found_, allowed);
}

/// The ledgers before are the metered ones, the slot itself is as observed.
void BudgetCheck::Add(int t, const Slot& slot, const Coefficients& observed, const Coefficients& metered,
                      double gross) {
  const Decisions of = DecisionsAt(t, slot);
  const double demand = FirmDemand(problem_, slot);
  Ledger engine = engine_, beside = expert_;
  AddSlot(problem_, observed, of.played, demand, &engine);
  AddSlot(problem_, observed, of.expert, demand, &beside);
  const double allowance = trust_.AllowanceAt(ShiftedObjectiveValue(problem_, beside));
  ComputeIncrement(problem_, observed, of.expert, &expert_increment_);
  ComputeIncrement(problem_, observed, of.safe, &safe_increment_);
  if (of.has_advice) ComputeIncrement(problem_, observed, of.advice, &advice_increment_);
  budget_.Begin(engine_, expert_, expert_increment_, allowance);
  // The budget is the rest of both sides and of what may be spent.
  const double sizes = gross + ShiftedObjectiveValue(problem_, beside) + 2.0 * beside.shift + allowance;
  CheckVerdict(t, slot, of, sizes);
  const double logged = log_.slack[t - log_.first_slot];
  ExpectClose(t, "slack", logged, SettledBudget(problem_, engine, beside, allowance), kTolerance * sizes);

  AddSlot(problem_, metered, of.played, demand, &engine_);
  AddSlot(problem_, metered, of.expert, demand, &expert_);
  const double expert_objective = ShiftedObjectiveValue(problem_, expert_);
  const double settled_allowance = trust_.AllowanceAt(expert_objective);
  settled_ = SettledBudget(problem_, engine_, expert_, settled_allowance);
  observation_error_ = std::max(observation_error_, logged - settled_);
  below_floor_ = below_floor_ || IsBelowFloor(problem_, metered);
  if (below_floor_) floor_error_ = std::max(floor_error_, -settled_ - observation_error_);
  const double objective = ShiftedObjectiveValue(problem_, engine_);
  const double bound = expert_objective + settled_allowance + observation_error_ + floor_error_;
  if (!(objective <= bound + kTolerance * sizes)) {
    throw RunDifference(
        fmt::format("slot {}: J is {:.17g}, above its bound {:.17g} (both shifted)", t, objective, bound));
  }
  if (of.has_advice) trust_.Observe(metered, expert_, of.advice, of.expert);
}

}  // namespace evenkeel
