#include "experiments/serve/recorded.h"

#include "experiments/files/run_log.h"
#include "experiments/run/budget_check.h"
#include "experiments/serve/config.h"
#include "live/engine/month.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/files/trace_file.h"
#include "predictors/learning/learned.h"
#include "robustifiers/recovery.h"

namespace evenkeel {
namespace {

LiveSlotState StateOf(const SlotEntry& entry, const RecordedSlot& slot) {
  if (entry.missed) return LiveSlotState::kMissed;
  if (slot.not_applied) return LiveSlotState::kNotApplied;
  return entry.shared_by_capacity ? LiveSlotState::kSharedByCapacity : LiveSlotState::kDecided;
}

}  // namespace

LiveEngineOptions ReadEngineOptions(const IniFile& file) {
  IniSection head(file, "");
  return MakeEngineOptions(&head);
}

Provenance ProvenanceOf(const IniFile& file, const RecordedPeriod& period) {
  IniSection head(file, "");
  Provenance origin = TraceFile(head.Text("network")).header().provenance;
  origin = {"live period " + MonthOf(period.head.begin).name,
            "journal of evenkeel serve: " + period.path,
            "",
            "",
            "evenkeel " EVENKEEL_VERSION,
            "",
            origin.carbon_signal_type,
            origin.carbon_scope};
  for (const IniEntry& entry : file.entries) {
    if (entry.section.rfind("source ", 0) != 0) continue;
    if (entry.key == "carbon-kind") origin.carbon_signal_type = entry.value;
    if (entry.key == "kind" && entry.value == "watttime") origin.carbon_signal_type = "marginal";
    if (entry.key == "kind" && entry.value == "electricity-maps") {
      origin.carbon_signal_type = "average";
      origin.carbon_scope = IniSection(file, entry.section).Text("scope", "lifecycle");
    }
  }
  return origin;
}

SlotCounts CountSlots(const RecordedPeriod& period) {
  SlotCounts counts;
  for (int t = 0; t < period.run->next_slot(); ++t) {
    const SlotEntry& entry = period.run->books().entry(t);
    const RecordedSlot& slot = period.slots[static_cast<std::size_t>(t)];
    const LiveSlotState state = StateOf(entry, slot);
    ++(state == LiveSlotState::kDecided            ? counts.decided
       : state == LiveSlotState::kSharedByCapacity ? counts.shared_by_capacity
       : state == LiveSlotState::kMissed           ? counts.missed
                                                   : counts.not_applied);
    if (entry.advice_off) ++counts.advice_off;
    if (entry.meter) ++counts.metered;
    if (!entry.missed && !entry.shared_by_capacity) ++counts.verdicts[static_cast<int>(entry.verdict)];
  }
  return counts;
}

Trace KnownTrace(const RecordedPeriod& period, Provenance provenance) {
  const PeriodRun& run = *period.run;
  const int slots = run.next_slot();
  if (slots == 0) throw InputError("{}: no slot is decided or missed yet: there is nothing to export", period.path);
  Trace trace;
  trace.header = {run.problem().network, run.time().slot_hours, std::move(provenance)};
  Signals& signals = trace.signals;
  signals.demand.resize(slots, run.problem().network.num_gateways());
  for (RowMatrix* signal : {&signals.capacity, &signals.price, &signals.carbon_intensity, &signals.water_intensity})
    signal->resize(slots, run.problem().network.num_regions());
  Booking booking;
  int metered = 0, raised = 0;
  for (int t = 0; t < slots; ++t) {
    const SlotEntry& entry = run.books().entry(t);
    Book(run.problem(), entry, Vector::Zero(run.problem().num_classes()), &booking);
    const Slot slot = KnownSlot(run.problem(), entry, booking);
    signals.time.push_back(slot.time);
    signals.demand.row(t) = slot.demand;
    signals.capacity.row(t) = slot.capacity / run.time().slot_hours;
    signals.price.row(t) = slot.price;
    signals.carbon_intensity.row(t) = slot.carbon_intensity;
    signals.water_intensity.row(t) = slot.water_intensity;
    if (entry.meter) ++metered;
    if (slot.capacity != entry.slot.capacity) ++raised;
  }
  trace.header.provenance.processing = fmt::format(
      "demand as metered in {} of {} slots, else as expected when deciding\ncapacity of {} slots as it was used, above "
      "what was known",
      metered, slots, raised);
  return trace;
}

namespace {

void Append(const RowMatrix& more, int kept, RowMatrix* rows) {
  rows->conservativeResize(kept + more.rows(), more.cols());
  rows->bottomRows(more.rows()) = more;
}

}  // namespace

Trace BehindTrace(const std::string& path, const Trace& period) {
  Trace trace = ReadTrace(path);
  CheckSameColumns(IdentityOf(period.header.network, period.header.slot_hours),
                   IdentityOf(trace.header.network, trace.header.slot_hours), path);
  Signals& signals = trace.signals;
  const Signals& more = period.signals;
  const std::int64_t begin = more.time.front(), step = SlotSeconds(period.header.slot_hours);
  const auto first = std::lower_bound(signals.time.begin(), signals.time.end(), begin);
  const std::int64_t end = first == signals.time.begin() ? begin : *std::prev(first) + step;
  if (first == signals.time.begin() || end != begin) {
    throw InputError("{}: its slots before {}, when the period begins, end at {}, expected without a gap", path,
                     FormatUtc(begin), FormatUtc(first == signals.time.begin() ? signals.time.front() : end));
  }
  const int kept = static_cast<int>(first - signals.time.begin());
  signals.time.erase(first, signals.time.end());
  signals.time.insert(signals.time.end(), more.time.begin(), more.time.end());
  Append(more.demand, kept, &signals.demand);
  Append(more.capacity, kept, &signals.capacity);
  Append(more.price, kept, &signals.price);
  Append(more.carbon_intensity, kept, &signals.carbon_intensity);
  Append(more.water_intensity, kept, &signals.water_intensity);
  trace.header.provenance.processing +=
      fmt::format("\nfrom {} on: {}", FormatUtc(begin), period.header.provenance.processing);
  return trace;
}

void WriteLiveLog(const RecordedPeriod& period, const std::string& path, const std::string& trace,
                  const std::string& command) {
  const PeriodRun& run = *period.run;
  const Problem& problem = run.problem();
  RunLogInfo info;
  info.policy = period.head.policy;
  info.trace = trace;
  info.command = command;
  info.generator = "evenkeel " EVENKEEL_VERSION;
  info.guarantee = GuaranteeText(ParseSpec(info.policy));
  info.journal = period.path;
  info.period_slots = problem.num_slots;
  const bool is_robust = DecisionsOf(run.policy()) != nullptr;
  RunLogWriter log(path, problem, info, {true, is_robust, true});
  Ledger ledger = MakeLedger(problem), expert = ledger;
  Booking booking;
  for (int t = 0; t < run.next_slot(); ++t) {
    const SlotEntry& entry = run.books().entry(t);
    const RecordedSlot& slot = period.slots[static_cast<std::size_t>(t)];
    Book(problem, entry, Leads(ledger, expert), &booking);
    AddSlot(problem, booking.coefficients, booking.own, booking.firm_demand, &ledger);
    AddSlot(problem, booking.coefficients, booking.expert, booking.firm_demand, &expert);
    RobustDecision decision;
    decision.verdict = entry.verdict;
    decision.alpha = entry.alpha;
    decision.slack = entry.slack;
    decision.advice = slot.answer ? &slot.answer->allocation : nullptr;
    decision.expert = &booking.expert;
    const LiveLogSlot live = {StateOf(entry, slot), &entry, run.books().ReportAfter(t + 1)};
    log.Append(entry.slot, booking.own, ledger, is_robust ? &decision : nullptr, &live);
  }
  log.Finish();
}

}  // namespace evenkeel
