#include "experiments/run/run_check.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>

#include "engine/certificate.h"
#include "experiments/catalog/catalog.h"
#include "experiments/run/budget_check.h"
#include "experiments/run/layout_check.h"
#include "experiments/run/ledger_check.h"
#include "experiments/run/live_check.h"
#include "experiments/run/run_difference.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/files/period.h"
#include "models/slots/trace_window.h"

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
  const std::vector<Gateway> classes(network.gateways.begin() + network.num_firm(), network.gateways.end());
  CheckNames(path, "work_class", classes, log.classes);
  period.objective = ObjectiveOf(log);
  std::istringstream events(log.info.events);
  for (std::string event; std::getline(events, event);) {
    period.events.push_back(ParseEvent(ParseSpec(event), network));
  }
  period.observed = observed;
  if (!log.info.observe.empty()) period.observe_error = ParseSignalError(ParseSpec(log.info.observe));
  const Objective objective = period.objective;
  Period made = MakePeriod(std::move(period));
  if (log.is_live()) made.problem = LiveProblem(made.problem, objective, log);
  return made;
}

/// Certificates on the way, each recomputed from its prices as soon as its slot is reached.
class CertificateCheck {
 public:
  CertificateCheck(const Problem& problem, const RunLogReader& reader, std::unique_ptr<SlotSource> trace)
      : problem_(problem), reader_(reader), trace_(std::move(trace)) {}

  void Add(int t, const LedgerCheck& ledger) {
    const bool expected = every() > 0 && ((t + 1) % every() == 0 || t + 1 == reader_.log().slots);
    if (!expected) return;
    if (next_ == reader_.num_certificates())
      throw RunDifference(fmt::format("slot {}: its certificate is missing (every {} slots)", t, every()));
    const PrefixCertificate certificate = reader_.ReadCertificate(next_++);
    if (certificate.slot != t)
      throw RunDifference(fmt::format("certificate_slot: entry {} is {}, expected {}", next_ - 1, certificate.slot, t));
    Check(certificate, ledger);
    ratio_ = certificate.ratio;
    seen_.push_back({t, 0.0, 0.0, 0.0, ratio_, ZeroPrices(problem_)});
  }

  double ratio() const { return ratio_; }
  /// For the layout: slots and the last ratio.
  const std::vector<PrefixCertificate>& seen() const { return seen_; }

 private:
  int every() const { return static_cast<int>(reader_.log().info.certify); }

  void Check(const PrefixCertificate& certificate, const LedgerCheck& ledger) const {
    const int t = certificate.slot;
    SlotWindow prefix(*trace_, 0, t + 1);
    double bound = 0.0;
    try {
      bound = LowerBound(problem_, prefix, certificate.prices);
    } catch (const InputError& error) {  // the prices prove nothing
      throw RunDifference(fmt::format("slot {}: certificate: {}", t, error.what()));
    }
    const double objective = ObjectiveValue(problem_, ledger.ledger()), shift = ledger.ledger().shift;
    const double allowed = kTolerance * ledger.gross();
    ExpectClose(t, "certificate_objective", certificate.objective, objective, allowed);
    ExpectClose(t, "certificate_lower_bound", certificate.lower_bound, bound, allowed);
    const double ratio = Ratio(objective + shift, bound + shift), below = std::abs(bound + shift);
    ExpectClose(t, "certificate_ratio", certificate.ratio, ratio,
                std::isfinite(ratio) ? kTolerance * ratio + allowed * (1.0 + ratio) / std::max(below, 1e-300) : 0.0);
  }

  const Problem& problem_;
  const RunLogReader& reader_;
  std::unique_ptr<SlotSource> trace_;
  int next_ = 0;
  double ratio_ = 0.0;
  std::vector<PrefixCertificate> seen_;
};

/// What comes of the slots.
struct Checked {
  RunLogTotals totals;
  GrossSums gross;
  std::vector<PrefixCertificate> certificates;
};

// Throws RunDifference at the first one.
Checked CheckSlots(const Period& period, RunLogReader* reader, RunCheck* check) {
  const Problem& problem = period.problem;
  const RunLog& log = reader->log();
  const std::unique_ptr<SlotSource> trace = OpenMetered(period);
  const std::unique_ptr<SlotSource> apart = period.is_observed_apart() ? OpenObserved(period) : nullptr;
  LedgerCheck ledger(problem, log);
  CertificateCheck certificates(problem, *reader, OpenMetered(period));
  std::unique_ptr<BudgetCheck> budget;
  if (check->has_budget) budget = std::make_unique<BudgetCheck>(problem, log);
  std::unique_ptr<LiveCheck> live;
  if (check->has_live_books) live = std::make_unique<LiveCheck>(problem, log);
  Slot slot, observed;
  Coefficients metered, estimated;
  for (int t = 0; t < trace->num_slots(); ++t) {
    if (t % reader->BlockSlots() == 0) reader->ReadRows(t, std::min(reader->BlockSlots(), log.slots - t));
    trace->Read(t, &slot);
    if (slot.time != log.time[t - log.first_slot])
      throw RunDifference(fmt::format("slot {}: it begins at another time than the trace's", t));
    EstimateCoefficients(problem, slot, &metered);
    ledger.Add(t, slot, metered);
    certificates.Add(t, ledger);
    if (live) live->Add(t, slot, ledger.gross());
    if (!budget) continue;
    SlotSource& seen = apart ? *apart : *trace;
    seen.Read(t, &observed);
    EstimateCoefficients(problem, observed, &estimated);
    budget->Add(t, observed, estimated, metered, ledger.gross());
  }
  check->certificates = static_cast<int>(certificates.seen().size());
  check->ratio = certificates.ratio();
  Checked checked{{ledger.ledger()}, {ledger.gross(), ledger.gross_shed()}, certificates.seen()};
  if (live) {
    std::copy_n(live->verdict_count(), kNumVerdicts, checked.totals.verdict_count);
    std::copy_n(live->state_count(), kNumLiveSlotStates, checked.totals.live_count);
    check->live_error = live->error();
  } else if (budget) {
    std::copy_n(budget->verdict_count(), kNumVerdicts, checked.totals.verdict_count);
    check->off_line = budget->off_line();
    if (check->off_line > 0) {
      check->not_checked.push_back(fmt::format(
          "whether mode price chose the cheapest safe decision at the advice's prices, in {} slots", check->off_line));
    }
  } else {
    std::copy(log.verdict_count.begin(), log.verdict_count.end(), checked.totals.verdict_count);
  }
  return checked;
}

void ListWhatIsNotChecked(const RunLog& log, bool is_robust, RunCheck* check) {
  auto& list = check->not_checked;
  if (!check->has_allocations) {
    list.emplace_back("costs and loads: the log has no decisions (run --allocations)");
    if (is_robust)
      list.emplace_back("the guarantee: the log has no decisions of advice and expert (run --allocations)");
  }
  if (log.is_live()) {
    list.emplace_back("that every decision follows from what was known then (evenkeel serve replay does)");
    if (is_robust) list.emplace_back("slack and credit, which follow from the meters that were there when deciding");
    list.emplace_back("what the meters said");
    if (log.info.certify == 0) list.emplace_back("how far J is from the optimum (evenkeel solve or compare)");
    return;
  }
  if (log.info.certify == 0) list.emplace_back("how far J is from the optimum: no certificates (run --certify)");
  list.emplace_back(is_robust && check->has_allocations ? "that advice and expert decide as the policy's spec says"
                                                        : "that the policy decides as its spec says");
}

/// The options that the log itself names.
RunLogOptions OptionsOf(const RunLog& log, bool is_robust) { return {log.has_allocations, is_robust, log.is_live()}; }

}  // namespace

RunCheck CheckRun(RunLogReader* reader, const std::string& trace_path, const std::string& observed) {
  const RunLog& log = reader->log();
  RunCheck check;
  const bool is_robust = ParseSpec(log.info.policy).name == "robust";
  check.slots = log.num_slots();
  check.has_allocations = log.has_allocations;
  check.has_live_books = log.is_live();
  check.has_budget = log.has_allocations && is_robust && !log.is_live();
  if (!log.has_allocations && log.info.certify == 0) {
    throw InputError(
        "{}: the log has neither decisions (run --allocations) nor certificates (run --certify): nothing to check",
        reader->file().path());
  }
  reader->ReadRows(0, 1);
  const Period period = PeriodOf(log, trace_path, observed);
  ListWhatIsNotChecked(log, is_robust, &check);
  try {
    if (log.has_allocations && is_robust && log.verdict_count.empty())
      throw RunDifference("dataset 'verdict' is missing: the policy is robust");
    const Checked checked = CheckSlots(period, reader, &check);
    CheckLayout(reader->file(),
                RunLogLayout(period.problem, log.info, OptionsOf(log, is_robust), checked.totals, checked.certificates),
                checked.gross, log.slots);
  } catch (const RunDifference& difference) {
    check.difference = difference.what();
  }
  return check;
}

}  // namespace evenkeel
