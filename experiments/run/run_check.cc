#include "experiments/run/run_check.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>

#include "engine/certificate.h"
#include "experiments/catalog/catalog.h"
#include "experiments/run/budget_check.h"
#include "experiments/run/log_allocation.h"
#include "experiments/run/run_difference.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/files/period.h"
#include "models/world/trace_window.h"

namespace evenkeel {
namespace {

Footprint FootprintOf(const std::string& group) {
  if (group == "carbon") return Footprint::kCarbon;
  if (group == "water") return Footprint::kWater;
  if (group == "performance") return Footprint::kQualityLoss;
  throw InputError("the log's group \"{}\" is unknown (known: carbon, water, performance)", group);
}

template <typename Node>
void CheckNames(const std::string& trace, const char* kind, const std::vector<Node>& nodes,
                const std::vector<std::string>& logged) {
  const auto same = [](const Node& node, const std::string& name) { return node.name == name; };
  if (std::equal(nodes.begin(), nodes.end(), logged.begin(), logged.end(), same)) return;
  throw InputError("{}: it is not the run's trace: its {}s are others", trace, kind);
}

Objective ObjectiveOf(const RunLog& log) {
  Objective objective;
  for (const RunLogGroup& group : log.groups) {
    objective.groups.push_back({group.name, FootprintOf(group.name), group.weight, group.norm, group.bucket_weight});
  }
  objective.shed_cost = log.shed_price;
  return objective;
}

/// The part of the trace that the run went through.
SlotRange SlotsOf(const RunLog& log, const std::string& path, const TraceOutline& trace) {
  const std::int64_t step = trace.time.step(), ahead = log.time.at(0) - trace.time.start;
  if (ahead < 0 || ahead % step != 0 || ahead / step + log.num_slots() > trace.num_slots) {
    throw InputError("{}: it is not the run's trace: it has {} slots from {} on, the run {} from {} on", path,
                     trace.num_slots, FormatUtc(trace.time.start), log.num_slots(), FormatUtc(log.time[0]));
  }
  return {static_cast<int>(ahead / step), log.num_slots()};
}

/// The run's period as the log tells it, on the traces given.
Period PeriodOf(const RunLog& log, const std::string& path, const std::string& observed) {
  const TraceOutline trace = ReadOutline(path);
  const Network& network = trace.header.network;
  PeriodDescription period;
  period.trace = path;
  period.slots = SlotsOf(log, path, trace);
  CheckNames(path, "region", network.regions, log.regions);
  CheckNames(path, "gateway", network.gateways, log.gateways);
  CheckNames(path, "variant", network.variants, log.variants);
  period.objective = ObjectiveOf(log);
  std::istringstream events(log.info.events);
  for (std::string event; std::getline(events, event);) {
    period.events.push_back(ParseEvent(ParseSpec(event), network));
  }
  period.observed = observed;
  if (!log.info.observe.empty()) period.observe_error = ParseSignalError(ParseSpec(log.info.observe));
  return MakePeriod(std::move(period));
}

/// The ledger of the logged decisions beside the logged values.
class LedgerCheck {
 public:
  LedgerCheck(const Problem& problem, const RunLog& log) : problem_(problem), log_(log), ledger_(MakeLedger(problem)) {}

  void Add(int t, const Slot& slot, const Coefficients& metered) {
    const Allocation played = PlayedAllocation(problem_, log_, t);
    const double violation = Infeasibility(problem_, slot, played, &region_use_);
    if (!(violation <= AllowedViolation(slot))) {
      throw RunDifference(fmt::format("slot {}: the decision violates the constraints by {:.3g}", t, violation));
    }
    const Ledger before = ledger_;
    AddSlot(problem_, metered, played, slot.demand.sum(), &ledger_);
    const double scale = ShiftedObjectiveValue(problem_, ledger_);
    ExpectClose(t, "objective", log_.objective[t], ObjectiveValue(problem_, ledger_), scale);
    ExpectClose(t, "energy_cost", log_.energy_cost[t], ledger_.energy_cost - before.energy_cost, scale);
    ExpectClose(t, "shed_cost", log_.shed_cost[t], ledger_.shed_cost - before.shed_cost, scale);
    ExpectClose(t, "region_cost", log_.region_cost.row(t), ledger_.region_cost);
    ExpectClose(t, "region_workload", log_.region_workload.row(t), ledger_.region_workload);
    for (std::size_t k = 0; k < log_.groups.size(); ++k) {
      ExpectClose(t, log_.groups[k].name.c_str(), log_.groups[k].load.row(t), ledger_.load[k]);
    }
  }

 private:
  const Problem& problem_;
  const RunLog& log_;
  Ledger ledger_;
  Vector region_use_;
};

void CheckTotals(const RunLog& log) {
  const int last = log.num_slots() - 1;
  if (last < 0) return;
  ExpectClose(last, "the attribute objective", log.total_objective, log.objective[last],
              log.objective[last] + log.shift[last]);
  ExpectClose(last, "the attribute shift", log.total_shift, log.shift[last], log.objective[last] + log.shift[last]);
  if (log.certificates.empty()) return;
  const double ratio = log.certificates.back().ratio;
  ExpectClose(last, "the attribute certified_ratio", log.certified_ratio.value_or(NAN), ratio, ratio);
}

void CheckCertificates(const Problem& problem, const RunLog& log, SlotSource& trace) {
  for (const PrefixCertificate& certificate : log.certificates) {
    const int t = certificate.slot;
    SlotWindow prefix(trace, 0, t + 1);
    const double objective = log.objective[t];  // recomputed already, where there are decisions
    const double scale = objective + log.shift[t];
    double bound = 0.0;
    try {
      bound = LowerBound(problem, prefix, certificate.prices);
    } catch (const InputError& error) {  // the prices prove nothing
      throw RunDifference(fmt::format("slot {}: certificate: {}", t, error.what()));
    }
    ExpectClose(t, "certificate_objective", certificate.objective, objective, scale);
    ExpectClose(t, "certificate_lower_bound", certificate.lower_bound, bound, scale);
    const double ratio = Ratio(scale, bound + log.shift[t]);
    ExpectClose(t, "certificate_ratio", certificate.ratio, ratio, ratio);
  }
}

// Throws RunDifference at the first one.
void CheckSlots(const Problem& problem, const RunLog& log, SlotSource& trace, SlotSource& seen, RunCheck* check) {
  std::optional<LedgerCheck> ledger;
  if (check->has_allocations) ledger.emplace(problem, log);
  std::optional<BudgetCheck> budget;
  if (check->has_budget) budget.emplace(problem, log);
  Slot slot, observed;
  Coefficients metered, estimated;
  double shift = 0.0;
  for (int t = 0; t < trace.num_slots(); ++t) {
    trace.Read(t, &slot);
    if (slot.time != log.time[t]) {
      throw RunDifference(fmt::format("slot {}: it begins at another time than the trace's", t));
    }
    EstimateCoefficients(problem, slot, &metered);
    shift += metered.shift * slot.demand.sum();
    if (ledger) ledger->Add(t, slot, metered);
    ExpectClose(t, "shift", log.shift[t], shift, log.objective[t] + shift);
    if (!budget) continue;
    seen.Read(t, &observed);
    EstimateCoefficients(problem, observed, &estimated);
    budget->Add(t, observed, estimated, metered);
  }
  if (!budget) return;
  budget->Finish();
  check->off_line = budget->off_line();
}

}  // namespace

RunCheck CheckRun(const RunLog& log, const std::string& trace_path, const std::string& observed) {
  RunCheck check;
  check.slots = log.num_slots();
  check.certificates = static_cast<int>(log.certificates.size());
  check.has_allocations = log.allocation.size() > 0;
  check.has_budget = check.has_allocations && BudgetCheck::IsPossible(log);
  if (!check.has_allocations && check.certificates == 0) {
    throw InputError(
        "the log has neither decisions (run --allocations) nor certificates (run --certify): nothing to check");
  }
  const Period period = PeriodOf(log, trace_path, observed);
  const std::unique_ptr<SlotSource> slots = OpenMetered(period);
  const std::unique_ptr<SlotSource> seen = period.is_observed_apart() ? OpenObserved(period) : nullptr;
  try {
    CheckSlots(period.problem, log, *slots, seen ? *seen : *slots, &check);
    CheckCertificates(period.problem, log, *slots);
    CheckTotals(log);
  } catch (const RunDifference& difference) {
    check.difference = difference.what();
  }
  if (check.certificates > 0) check.ratio = log.certificates.back().ratio;
  return check;
}

}  // namespace evenkeel
