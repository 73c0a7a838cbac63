#include "experiments/catalog/advice.h"

#include "engine/planner/offline.h"
#include "engine/policies/constant_price.h"
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

ParameterInfo WordParameter(std::string name, std::string description, std::vector<std::string> words) {
  ParameterInfo info = Parameter(ParameterKind::kWord, std::move(name), words.front(), std::move(description));
  info.words = std::move(words);
  return info;
}

ParameterInfo NumberParameter(std::string name, std::string default_value, std::string description, double high) {
  return Parameter(ParameterKind::kNumber, std::move(name), std::move(default_value), std::move(description), 0.0,
                   high);
}

/// F as a number, or the shifted objective of an earlier run's log.
double PlannedSpend(const Spec& spend) {
  if (const std::optional<double> number = ParseNumber(spend.name)) {
    if (!(*number >= 0.0 && *number < kInfinity))
      throw InputError("spend is {} USD, allowed: at least 0, or a run log", spend.name);
    return *number;
  }
  const RunLog log = ReadRunLog(spend.name);
  return log.total_objective + log.total_shift;
}

PolicyPointer MakeRobustPolicy(const PolicyContext& context, const PolicyArguments& arguments) {
  RobustOptions options = RobustOptionsOf(arguments);
  options.advice_timeout = context.advice_timeout;
  const Spec& expert = arguments.at("expert");
  return MakeRobust(context.problem, MakePolicy(context, arguments.at("advice")),
                    context.make_expert ? context.make_expert(context, expert) : MakePolicy(context, expert), options);
}

OfflineOptimum Hindsight(const PolicyContext& context, const char* policy) {
  if (!context.open_future) throw InputError("policy '{}' knows the whole period in advance, and may not here", policy);
  const std::unique_ptr<SlotSource> period = context.open_future();
  return SolveOffline(context.problem, *period, OfflineOptions());
}

/// Loads of the optimum before every slot.
std::vector<std::vector<Vector>> LoadsBeforeSlots(const PolicyContext& context, const OfflineOptimum& optimum) {
  const std::unique_ptr<SlotSource> period = context.open_future();
  std::vector<std::vector<Vector>> before;
  std::vector<Vector> load = ZeroPrices(context.problem);
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

PolicyPointer MakeHindsightPrice(const PolicyContext& context, const PolicyArguments&) {
  ConstantPriceOptions options;
  const OfflineOptimum optimum = Hindsight(context, "hindsight-price");
  options.prices = optimum.prices;
  options.break_ties = true;
  options.planned_load = LoadsBeforeSlots(context, optimum);
  return MakeConstantPrice(context.problem, options);
}

PolicyPointer MakeHindsight(const PolicyContext& context, const PolicyArguments&) {
  return MakeReplay(Hindsight(context, "hindsight").allocations);
}

PolicyPointer MakeAdversaryPolicy(const PolicyContext& context, const PolicyArguments& arguments) {
  return MakeAdversary(context.problem, arguments.at("harm").name == "sum" ? Harm::kSum : Harm::kObjective);
}

PolicyPointer MakeRandomPolicy(const PolicyContext& context, const PolicyArguments&) {
  return MakeRandomAdvice(context.problem, context.seed);
}

PolicyPointer MakeMix(const PolicyContext& context, const PolicyArguments& arguments) {
  return MakeMixedAdvice(context.problem, MakePolicy(context, arguments.at("advice")),
                         MakePolicy(context, arguments.at("adversary")), NumberArgument(arguments, "share"));
}

PolicyPointer MakeFaulty(const PolicyContext& context, const PolicyArguments& arguments) {
  const std::string& kind = arguments.at("kind").name;
  const Fault fault = kind == "nan"          ? Fault::kNan
                      : kind == "inf"        ? Fault::kInfinite
                      : kind == "negative"   ? Fault::kNegative
                      : kind == "size"       ? Fault::kWrongSize
                      : kind == "infeasible" ? Fault::kInfeasible
                                             : Fault::kThrows;
  return MakeFaultyAdvice(MakePolicy(context, arguments.at("advice")), fault);
}

PolicyPointer MakeLate(const PolicyContext& context, const PolicyArguments& arguments) {
  return MakeLateAdvice(MakePolicy(context, arguments.at("advice")), 1e-3 * NumberArgument(arguments, "delay"));
}

PolicyInfo RobustInfo() {
  ParameterInfo spend;
  spend.name = "spend";
  spend.kind = ParameterKind::kPath;
  spend.default_value = "0";
  spend.description =
      "planned objective F of the period: USD, or the log of an earlier run; 0: what the expert has spent so far";
  PolicyInfo info;
  info.name = "robust";
  info.description = "follows advice, never ends above (1 + rho) times the expert, whatever the advice does";
  info.parameters = {
      PolicyParameter("advice", "", "the policy to follow"),
      PolicyParameter("expert", "norm-greedy(q=8)", "the policy to stay close to"),
      NumberParameter("rho", "0.1", "margin over the expert's objective", 1e6),
      WordParameter("mode", "way back when the advice is not safe", {"line", "switch", "price", "project"}),
      NumberParameter("bonus", "0", "B, further margin in USD", 1e18),
      spend,
      WordParameter("trust", "whether the margin has to be earned", {"fixed", "adaptive"}),
      NumberParameter("floor", "0.1", "adaptive: share of the margin that is there without proof", 1.0),
      NumberParameter("tolerance", "0.05",
                      "adaptive: how much dearer than the expert advice may look and still earn margin", 1e6),
      NumberParameter("gain", "4", "adaptive: margin per USD of credit", 1e6)};
  info.prediction_free = false;
  info.make = MakeRobustPolicy;
  return info;
}

PolicyInfo TestAdvice(std::string name, std::string description, std::vector<ParameterInfo> parameters,
                      PolicyPointer (*make)(const PolicyContext&, const PolicyArguments&)) {
  PolicyInfo info;
  info.name = std::move(name);
  info.description = std::move(description);
  info.parameters = std::move(parameters);
  info.prediction_free = false;
  info.test_advice = true;
  info.make = make;
  return info;
}

}  // namespace

RobustOptions RobustOptionsOf(const PolicyArguments& arguments) {
  RobustOptions options;
  options.spending.rho = NumberArgument(arguments, "rho");
  options.spending.bonus = NumberArgument(arguments, "bonus");
  options.spending.planned = PlannedSpend(arguments.at("spend"));
  options.trust.adaptive = arguments.at("trust").name == "adaptive";
  options.trust.floor = NumberArgument(arguments, "floor");
  options.trust.tolerance = NumberArgument(arguments, "tolerance");
  options.trust.gain = NumberArgument(arguments, "gain");
  const std::string& mode = arguments.at("mode").name;
  options.mode = mode == "switch"    ? WayBack::kSwitch
                 : mode == "price"   ? WayBack::kPrice
                 : mode == "project" ? WayBack::kProject
                                     : WayBack::kLine;
  return options;
}

std::vector<PolicyInfo> AdvicePolicies() {
  const ParameterInfo advice = PolicyParameter("advice", "norm-greedy(q=8)", "the policy underneath");
  PolicyInfo hindsight =
      TestAdvice("hindsight-price", "dispatch at the prices of the optimum in hindsight", {}, MakeHindsightPrice);
  hindsight.clairvoyant = true;
  PolicyInfo replay = TestAdvice("hindsight", "plays the optimum in hindsight itself", {}, MakeHindsight);
  replay.clairvoyant = true;
  PolicyInfo faulty = TestAdvice(
      "faulty", "advice that is broken in every slot",
      {advice, WordParameter("kind", "what is wrong", {"nan", "inf", "negative", "size", "infeasible", "throws"})},
      MakeFaulty);
  faulty.faulty = true;
  PolicyInfo nan =
      TestAdvice("nan", "advice that is never a number", {}, [](const PolicyContext& context, const PolicyArguments&) {
        return MakeFaultyAdvice(MakePolicy(context, ParseSpec("cost")), Fault::kNan);
      });
  nan.faulty = true;
  return {RobustInfo(),
          hindsight,
          replay,
          TestAdvice("adversary", "the worst feasible decision of every slot",
                     {WordParameter("harm", "to J as it then is, or to cost and footprints at full weight",
                                    {"objective", "sum"})},
                     MakeAdversaryPolicy),
          TestAdvice("random", "a vertex of the feasible set drawn in every slot", {}, MakeRandomPolicy),
          TestAdvice("mix", "(1 - share) advice + share adversary",
                     {PolicyParameter("advice", "", "the good part"),
                      PolicyParameter("adversary", "adversary", "the bad part"),
                      NumberParameter("share", "0.5", "share of the bad part", 1.0)},
                     MakeMix),
          nan,
          faulty,
          TestAdvice("late", "advice that answers after a delay",
                     {advice, NumberParameter("delay", "10", "milliseconds", 1e5)}, MakeLate)};
}

}  // namespace evenkeel
