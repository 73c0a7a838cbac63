#include "experiments/catalog/advice.h"

#include "engine/planner/offline.h"
#include "engine/policies/constant_price.h"
#include "engine/policies/release.h"
#include "engine/policy.h"
#include "experiments/catalog/entries.h"
#include "experiments/catalog/make.h"
#include "experiments/catalog/releases.h"
#include "experiments/files/run_log.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "predictors/advice/stress.h"
#include "robustifiers/robust_policy.h"

namespace evenkeel {
namespace {

using PolicyPointer = std::unique_ptr<Policy>;

ParameterInfo PolicyParameter(std::string name, std::string default_value, std::string description) {
  return Parameter(ParameterKind::kPolicy, std::move(name), std::move(default_value), std::move(description));
}

/// Beyond it sums would lose every USD of what is bounded.
constexpr double kLargestAllowance = 1e30;

/// F as a number, or the shifted objective of an earlier run's log.
double PlannedSpend(const Spec& spend) {
  if (const std::optional<double> number = ParseNumber(spend.name)) {
    if (!(*number >= 0.0 && *number < kInfinity))
      throw InputError("spend is {} USD, allowed: at least 0, or a run log", spend.name);
    return *number;
  }
  const RunLogReader log(spend.name);
  const double planned = log.log().total_objective + log.log().total_shift;
  if (!(planned >= 0.0 && planned < kInfinity))
    throw InputError("{}: spend: its shifted objective is {} USD, allowed: at least 0 and finite", spend.name, planned);
  return planned;
}

PolicyPointer MakeRobustPolicy(const PolicyContext& context, const Arguments& arguments) {
  RobustOptions options = RobustOptionsOf(arguments);
  options.advice_timeout = context.advice_timeout;
  return MakeRobust(context.problem, PolicyArgument(context, arguments, "advice"),
                    context.make_expert ? context.make_expert(context, arguments.at("expert"))
                                        : PolicyArgument(context, arguments, "expert"),
                    options);
}

OfflineOptimum Hindsight(const PolicyContext& context, const char* policy) {
  if (!context.open_future) throw InputError("policy '{}' knows the whole period in advance, and may not here", policy);
  const std::unique_ptr<SlotSource> period = context.open_future();
  return SolveOffline(context.problem, *period, OfflineOptions());
}

/// Loads of the optimum before every slot.
std::vector<Loads> LoadsBeforeSlots(const PolicyContext& context, const OfflineOptimum& optimum) {
  const std::unique_ptr<SlotSource> period = context.open_future();
  std::vector<Loads> before;
  Loads load = ZeroLoads(context.problem);
  Slot slot;
  Coefficients coefficients;
  for (int t = 0; t < period->num_slots(); ++t) {
    before.push_back(load);
    period->Read(t, &slot);
    EstimateCoefficients(context.problem, slot, &coefficients);
    AddLoads(context.problem, coefficients, optimum.allocations[t].flow, &load);
  }
  return before;
}

/// Work that the optimum has done by the end of every slot, [slots x classes].
RowMatrix WorkDone(const Problem& problem, const std::vector<Allocation>& decisions) {
  RowMatrix done(decisions.size(), problem.num_classes());
  for (Eigen::Index t = 0; t < done.rows(); ++t) {
    for (int k = 0; k < problem.num_classes(); ++k)
      done(t, k) = (t > 0 ? done(t - 1, k) : 0.0) + Released(problem, decisions[static_cast<std::size_t>(t)], k);
  }
  return done;
}

PolicyPointer DispatchAtOptimum(const PolicyContext& context, const OfflineOptimum& optimum) {
  ConstantPriceOptions options;
  options.prices = optimum.prices;
  options.break_ties = true;
  options.planned_load = LoadsBeforeSlots(context, optimum);
  PolicyPointer policy = MakeConstantPrice(context.problem, options);
  if (context.problem.num_classes() == 0) return policy;
  ReleaseOptions release;
  release.rule = ReleaseRule::kPlanned;
  release.done = WorkDone(context.problem, optimum.allocations);
  release.deferral_prices = optimum.deferral_prices;
  return MakeReleasing(context.problem, std::move(policy), release);
}

PolicyPointer MakeHindsightPrice(const PolicyContext& context, const Arguments&) {
  return DispatchAtOptimum(context, Hindsight(context, "hindsight-price"));
}

/// Plays the optimum's decisions, where the planner found feasible ones. Of work that can wait more may be due than the
/// optimum does, where a robust policy's expert has done it: then it dispatches at the optimum's prices.
class HindsightPlay : public Policy {
 public:
  HindsightPlay(const Problem& problem, std::vector<Allocation> decisions, PolicyPointer at_prices)
      : problem_(problem), decisions_(std::move(decisions)), at_prices_(std::move(at_prices)) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    *allocation = decisions_.at(input.slot.index);
    const double violation = Infeasibility(problem_, input.slot, input.ledger.work_done, *allocation, &region_use_);
    if (violation <= AllowedViolation(input.slot)) return;
    if (at_prices_) return at_prices_->Decide(input, allocation);
    throw InputError("policy 'hindsight': the planner found no feasible decision for slot {}", input.slot.index);
  }

 private:
  const Problem& problem_;
  std::vector<Allocation> decisions_;
  PolicyPointer at_prices_;  // where work can wait
  Vector region_use_;
};

PolicyPointer MakeHindsight(const PolicyContext& context, const Arguments&) {
  OfflineOptimum optimum = Hindsight(context, "hindsight");
  PolicyPointer at_prices = context.problem.num_classes() > 0 ? DispatchAtOptimum(context, optimum) : nullptr;
  return std::make_unique<HindsightPlay>(context.problem, std::move(optimum.allocations), std::move(at_prices));
}

PolicyPointer MakeAdversaryPolicy(const PolicyContext& context, const Arguments& arguments) {
  return MakeAdversary(context.problem, arguments.at("harm").name == "sum" ? Harm::kSum : Harm::kObjective);
}

PolicyPointer MakeRandomPolicy(const PolicyContext& context, const Arguments&) {
  return MakeRandomAdvice(context.problem, context.seed);
}

PolicyPointer MakeMix(const PolicyContext& context, const Arguments& arguments) {
  return MakeMixedAdvice(context.problem, PolicyArgument(context, arguments, "advice"),
                         PolicyArgument(context, arguments, "adversary"), NumberArgument(arguments, "share"));
}

PolicyPointer MakeFaulty(const PolicyContext& context, const Arguments& arguments) {
  const std::string& kind = arguments.at("kind").name;
  const Fault fault = kind == "nan"          ? Fault::kNan
                      : kind == "inf"        ? Fault::kInfinite
                      : kind == "negative"   ? Fault::kNegative
                      : kind == "size"       ? Fault::kWrongSize
                      : kind == "infeasible" ? Fault::kInfeasible
                                             : Fault::kThrows;
  return MakeFaultyAdvice(PolicyArgument(context, arguments, "advice"), fault);
}

PolicyPointer MakeLate(const PolicyContext& context, const Arguments& arguments) {
  return MakeLateAdvice(PolicyArgument(context, arguments, "advice"), 1e-3 * NumberArgument(arguments, "delay"));
}

PolicyPointer MakeNan(const PolicyContext& context, const Arguments& arguments) {
  return MakeFaultyAdvice(MakePolicy(*arguments.registry, context, ParseSpec("cost")), Fault::kNan);
}

Entry RobustEntry() {
  Entry robust;
  robust.name = "robust";
  robust.description = "follows advice, never ends above (1 + rho) times the expert, whatever the advice does";
  robust.parameters = {
      PolicyParameter("advice", "", "the policy to follow"),
      PolicyParameter("expert", "norm-greedy(q=8)", "the policy to stay close to"),
      NumberParameter("rho", "0.05", "margin over the expert's objective", 0.0, 1e6),
      WordParameter("mode", "way back when the advice is not safe", {"price", "line", "switch"}),
      NumberParameter("bonus", "0", "B, further margin in USD", 0.0, 1e18),
      Parameter(
          ParameterKind::kPath, "spend", "0",
          "planned objective F of the period: USD, or the log of an earlier run; 0: what the expert has spent so far"),
      WordParameter("trust", "whether the margin has to be earned", {"fixed", "adaptive"}),
      NumberParameter("floor", "0.1", "adaptive: share of the margin that is there without proof", 0.0, 1.0),
      NumberParameter("tolerance", "0.05",
                      "adaptive: how much dearer than the expert advice may look and still earn margin", 0.0, 1e6),
      NumberParameter("gain", "4", "adaptive: margin per USD of credit", 0.0, 1e6)};
  robust.make = MakeRobustPolicy;
  return robust;
}

Entry TestAdvice(std::string name, std::string description, std::vector<ParameterInfo> parameters, Maker make) {
  Entry entry{std::move(name), std::move(description), std::move(parameters), std::move(make)};
  entry.test_advice = true;
  return entry;
}

Entry Clairvoyant(Entry entry) {
  entry.clairvoyant = true;
  return entry;
}

Entry Faulty(Entry entry) {
  entry.faulty = true;
  return entry;
}

}  // namespace

RobustOptions RobustOptionsOf(const Arguments& arguments) {
  RobustOptions options;
  options.spending.rho = NumberArgument(arguments, "rho");
  options.spending.bonus = NumberArgument(arguments, "bonus");
  options.spending.planned = PlannedSpend(arguments.at("spend"));
  const Spending& spending = options.spending;
  if (!(spending.rho * spending.planned + spending.bonus < kLargestAllowance)) {
    throw InputError("robust: rho {} times spend {} plus bonus {} is {} USD, allowed: less than {}", spending.rho,
                     spending.planned, spending.bonus, spending.rho * spending.planned + spending.bonus,
                     kLargestAllowance);
  }
  options.trust.adaptive = arguments.at("trust").name == "adaptive";
  options.trust.floor = NumberArgument(arguments, "floor");
  options.trust.tolerance = NumberArgument(arguments, "tolerance");
  options.trust.gain = NumberArgument(arguments, "gain");
  const std::string& mode = arguments.at("mode").name;
  options.mode = mode == "switch" ? WayBack::kSwitch : mode == "line" ? WayBack::kLine : WayBack::kPrice;
  return options;
}

std::vector<Entry> AdviceEntries() {
  const ParameterInfo advice = PolicyParameter("advice", "norm-greedy(q=8)", "the policy underneath");
  const ParameterInfo fault =
      WordParameter("kind", "what is wrong", {"nan", "inf", "negative", "size", "infeasible", "throws"});
  return {RobustEntry(),
          Clairvoyant(TestAdvice("hindsight-price", "dispatch at the prices of the optimum in hindsight", {},
                                 MakeHindsightPrice)),
          Clairvoyant(TestAdvice("hindsight", "plays the optimum in hindsight itself", {}, MakeHindsight)),
          TestAdvice("adversary", "the worst feasible decision of every slot",
                     {WordParameter("harm", "to J as it then is, or to cost and footprints at full weight",
                                    {"objective", "sum"}),
                      ReleaseParameter("hoard")},
                     MakeAdversaryPolicy),
          TestAdvice("random", "a vertex of the feasible set drawn in every slot", {ReleaseParameter("hoard")},
                     MakeRandomPolicy),
          TestAdvice("mix", "(1 - share) advice + share adversary",
                     {PolicyParameter("advice", "", "the good part"),
                      PolicyParameter("adversary", "adversary", "the bad part"),
                      NumberParameter("share", "0.5", "share of the bad part", 0.0, 1.0)},
                     MakeMix),
          Faulty(TestAdvice("nan", "advice that is never a number", {}, MakeNan)),
          Faulty(TestAdvice("faulty", "advice that is broken in every slot", {advice, fault}, MakeFaulty)),
          TestAdvice("late", "advice that answers after a delay",
                     {advice, NumberParameter("delay", "10", "milliseconds", 0.0, 1e5)}, MakeLate)};
}

}  // namespace evenkeel
