#include "experiments/catalog/plan.h"

#include <algorithm>

#include "experiments/catalog/entries.h"
#include "experiments/catalog/make.h"
#include "models/base/error.h"
#include "predictors/advice/chosen_plan.h"

namespace evenkeel {
namespace {

std::unique_ptr<Policy> MakePlan(const PolicyContext& context, const Arguments& arguments) {
  History past;
  if (context.open_history) past.AppendAll(*context.open_history());
  const ForecastContext forecast = ForecastContextOf(context, past.num_slots());
  const PlanOptions options = PlanOptionsOf(arguments, SlotHoursOf(context));
  std::unique_ptr<Forecaster> forecaster = ForecasterArgument(forecast, arguments, "forecast");
  if (context.problem.num_classes() > 0 && (options.merge_after > 0 || IntegerArgument(arguments, "choose") > 0)) {
    throw InputError(
        "policy \"plan\": {} cannot be used on a trace with work that can wait, whose deadlines tie slots "
        "to each other",
        options.merge_after > 0 ? "merge_after" : "choose");
  }
  ChoiceOptions choice;
  choice.days = IntegerArgument(arguments, "choose");
  if (past.num_slots() > 0) choice.every = std::max(1, HistoryView(past).slots_per_day() / 2);
  if (choice.days == 0) {
    return MakePlanAdvice(context.problem, std::move(forecaster), std::move(past), options, context.shared_plans);
  }
  return MakeChosenPlan(context.problem, std::move(forecaster), std::move(past), PlanCandidates(options), choice);
}

}  // namespace

PlanOptions PlanOptionsOf(const Arguments& arguments, double slot_hours) {
  PlanOptions options;
  options.every = SlotsArgument(arguments, "every", slot_hours);
  options.rest.horizon = SlotsArgument(arguments, "horizon", slot_hours);
  options.merge_after = SlotsArgument(arguments, "merge_after", slot_hours);
  options.scenarios = IntegerArgument(arguments, "scenarios");
  options.spread = NumberArgument(arguments, "spread");
  options.reserve = NumberArgument(arguments, "reserve");
  options.own_flows = arguments.at("play").name == "flows";
  options.blend.first = NumberArgument(arguments, "blend");
  options.blend.last = NumberArgument(arguments, "blend_end");
  options.blend.exponent = NumberArgument(arguments, "blend_q");
  options.blend.prime = NumberArgument(arguments, "prime");
  return options;
}

Entry PlanEntry() {
  return {
      "plan",
      "solves the rest of the period on forecasts, from the loads so far, and dispatches at its prices",
      {Parameter(ParameterKind::kForecast, "forecast", "seasonal-naive(season=24h)", "what predicts"),
       SpanParameter("every", "24h", "from a plan to the next", 1),
       SpanParameter("horizon", "0", "taken from the predictor, fading into the hourly mean of 7 days behind; 0: all",
                     0),
       SpanParameter("merge_after", "0",
                     "planned slot by slot; behind it slots of the same time of day are merged; 0: all one by one, or "
                     "with scenarios two days",
                     0),
       IntegerParameter(
           "scenarios", "0",
           "futures planned for: the forecast with the predictor's own errors from 7 days apart; 0: the forecast", 0,
           52),
       NumberParameter("spread", "1.5", "of those errors, as a factor", 0.0, 10.0),
       NumberParameter("blend", "0", "share of prices that lean on the loads, as norm-greedy's do, in the first slot",
                       0.0, 1.0),
       NumberParameter("blend_end", "0", "and in the last; in between a straight line", 0.0, 1.0),
       NumberParameter("blend_q", "24", "exponent of those prices", 1.0, 64.0),
       NumberParameter("prime", "2", "their loads of the period before that count at the start, fading to none", 0.0,
                       100.0),
       IntegerParameter(
           "choose", "0",
           "days before the period that are replayed to choose scenarios or none and the blend; 0: as given", 0, 366),
       NumberParameter("reserve", "0.1",
                       "where work can wait: share of capacities that is left free in the slots to come", 0.0, 0.9),
       WordParameter("play", "in the slot in which a plan is made; flows: the plan's own", {"prices", "flows"})},
      MakePlan};
}

}  // namespace evenkeel
