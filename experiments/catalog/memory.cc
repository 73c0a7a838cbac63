#include "experiments/catalog/memory.h"

#include <algorithm>

#include "engine/planner/offline.h"
#include "engine/simulate.h"
#include "experiments/files/run_log.h"
#include "models/base/error.h"
#include "models/slots/queued_slots.h"
#include "models/slots/trace_window.h"
#include "predictors/advice/history_slots.h"
#include "predictors/forecast/rest.h"

namespace evenkeel {
namespace {

Problem ProblemOver(const Problem& problem, int num_slots) {
  Problem other = problem;
  other.num_slots = num_slots;
  return other;
}

/// The last slots of the history, at most as many as the period has.
std::unique_ptr<SlotSource> SlotsBefore(const PolicyContext& context) {
  std::unique_ptr<SlotSource> history = context.open_history();
  const int all = history->num_slots(), slots = std::min(all, context.problem.num_slots);
  return MakeQueuedSlots(MakeSlotWindow(std::move(history), all - slots, slots), context.problem.network);
}

Loads OwnLoads(const PolicyContext& context, const NormGreedyOptions& rule) {
  const std::unique_ptr<SlotSource> source = SlotsBefore(context);
  const Problem before = ProblemOver(context.problem, source->num_slots());
  const std::unique_ptr<Policy> policy = MakeNormGreedy(before, rule);
  return Simulate(before, *source, *source, *policy, {}).metered.load;
}

Loads OptimumLoads(const Problem& problem, SlotSource& slots, double q) {
  OfflineOptions options;
  options.gap = 1e-6;
  const OfflineOptimum optimum = SolveOffline(ProblemOver(problem, slots.num_slots()), slots, options);
  return LoadsBehindPrices(optimum.ledger.load, optimum.prices, q);
}

/// Of the period as it is forecast before its first slot is seen, with the last capacities; empty where the demand that
/// is forecast cannot be served.
Loads ForecastLoads(const PolicyContext& context, const Arguments& arguments, double q) {
  const std::unique_ptr<SlotSource> source = context.open_history();
  History past;
  past.AppendAll(*source);
  const HistoryView view(past);
  const std::unique_ptr<Forecaster> forecaster =
      ForecasterArgument(ForecastContextOf(context, past.num_slots()), arguments, "forecast");
  const RowMatrix forecast = ForecastRest(*forecaster, view, context.problem.num_slots, {});
  Slot last;
  source->Read(past.num_slots() - 1, &last);
  ForecastSlots from_last(last, forecast, view.step());
  const std::unique_ptr<SlotSource> period =
      MakeQueuedSlots(std::make_unique<SlotWindow>(from_last, 1, context.problem.num_slots), context.problem.network);
  try {
    return OptimumLoads(context.problem, *period, q);
  } catch (const InputError&) {
    return {};
  }
}

Loads LoggedLoads(const Problem& problem, const std::string& path) {
  RunLogReader reader(path);
  reader.ReadRows(reader.log().slots - 1, 1);
  const RunLog& log = reader.log();
  if (log.groups.size() != problem.groups.size())
    throw InputError("{}: prime: {} equity groups, allowed: the period's {}", path, log.groups.size(),
                     problem.groups.size());
  Loads loads;
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    const RunLogGroup& logged = log.groups[k];
    const bool fits = logged.name == group.name && logged.load.cols() == group.num_buckets() && log.num_slots() > 0;
    if (!fits)
      throw InputError("{}: prime: group '{}' with {} buckets, allowed: the period's '{}' with {}", path, logged.name,
                       logged.load.cols(), group.name, group.num_buckets());
    loads.push_back(logged.load.row(0).transpose() * (static_cast<double>(problem.num_slots) / log.num_slots()));
  }
  return loads;
}

bool HasHistory(const PolicyContext& context) {
  return context.open_history && context.open_history()->num_slots() > 0;
}

}  // namespace

ParameterInfo PrimeParameter() {
  ParameterInfo prime = Parameter(ParameterKind::kPath, "prime", "none",
                                  "virtual loads, which fade over the period: the rule's own in the slots before it, "
                                  "those behind their optimum's prices, those behind the prices of an optimum for the "
                                  "period as it is forecast, or those of an earlier run's log");
  prime.words = {"none", "own", "optimum", "forecast"};
  return prime;
}

ParameterInfo PrimeForecastParameter() {
  return Parameter(ParameterKind::kForecast, "forecast", "hourly-mean(days=7)", "prime=forecast: what predicts");
}

ParameterInfo MemoryParameter() { return NumberParameter("memory", "2", "factor on the virtual loads", 0.0, 1e3); }

VirtualLoads VirtualLoadsOf(const PolicyContext& context, const Arguments& arguments, const NormGreedyOptions& rule) {
  const std::string& prime = arguments.at("prime").name;
  const double memory = NumberArgument(arguments, "memory");
  if (prime == "none") return {};
  const bool solves = prime == "optimum" || prime == "forecast";
  if (solves && rule.q == 1.0) throw InputError("norm-greedy: prime is {} with q = 1, allowed: q > 1", prime);
  if ((solves || prime == "own") && !HasHistory(context)) return {};
  Loads loads = prime == "own"        ? OwnLoads(context, rule)
                : prime == "optimum"  ? OptimumLoads(context.problem, *SlotsBefore(context), rule.q)
                : prime == "forecast" ? ForecastLoads(context, arguments, rule.q)
                                      : LoggedLoads(context.problem, prime);
  if (loads.empty()) return {};
  for (Vector& load : loads) load *= memory;
  return FadingLoads(std::move(loads), context.problem.num_slots);
}

}  // namespace evenkeel
