#include "live/engine/replay.h"

#include <algorithm>

#include "models/base/checksum.h"
#include "models/base/error.h"
#include "models/base/read_file.h"

namespace evenkeel {

std::string JournalPath(const std::string& folder, const Month& month) {
  return fmt::format("{}/{}.journal", folder, month.name);
}

JournalHead HeadOf(const LiveEngineOptions& options, const PeriodStart* period) {
  JournalHead head;
  head.slot_seconds = SlotSeconds(options.slot_hours);
  for (const Gateway& gateway : options.network.gateways) head.gateways.push_back(gateway.name);
  for (const Region& region : options.network.regions) head.regions.push_back(region.name);
  if (period == nullptr) return head;
  head.policy = options.policy;
  head.network = ChecksumText(options.checksum);
  head.begin = period->time.start;
  head.num_slots = period->num_slots;
  head.expected_demand.assign(period->expected_demand->begin(), period->expected_demand->end());
  return head;
}

PeriodStart StartOf(const JournalHead& head) {
  PeriodStart start = {{head.begin, static_cast<double>(head.slot_seconds) / 3600.0}, head.num_slots, {}, {}};
  start.expected_demand = Eigen::Map<const Vector>(head.expected_demand.data(), head.expected_demand.size());
  return start;
}

std::string WhyNotOf(const LiveEngineOptions& options, const JournalHead& head) {
  const JournalHead now = HeadOf(options, nullptr);
  const std::string checksum = ChecksumText(options.checksum);
  if (head.policy.empty()) return "no period";
  if (head.gateways != now.gateways) return "other gateways";
  if (head.regions != now.regions) return "other regions";
  if (head.slot_seconds != now.slot_seconds)
    return fmt::format("slots of {} s, not {} s", head.slot_seconds, now.slot_seconds);
  if (head.policy != options.policy) return fmt::format("policy {}, not {}", head.policy, options.policy);
  if (head.network != checksum) return fmt::format("checksum {}, not {}", head.network, checksum);
  return "";
}

void CheckOf(const LiveEngineOptions& options, const JournalHead& head, const std::string& path,
             const std::string& remedy) {
  if (head.policy.empty()) throw InputError("{}: it is the journal of no period", path);
  const std::string why = WhyNotOf(options, head);
  if (!why.empty())
    throw InputError("{}: it is of another network, policy, objective or slot length ({}){}", path, why, remedy);
}

std::vector<Slot> SlotsBefore(const LiveEngineOptions& options, const std::string& folder, std::int64_t begin) {
  const std::string path = JournalPath(folder, MonthOf(MonthOf(begin).begin - 1));
  if (!PathExists(path)) return {};
  const auto [text, content] = ReadJournalText(path);
  if (!WhyNotOf(options, ReadHead(text, path)).empty()) return {};
  CheckUndamaged(content, path);
  std::vector<Slot> slots;
  for (const JournalLine& line : content.lines) {
    const auto slot = ReadSlotOf(options.network, line.text, fmt::format("{}: line {}", path, line.line));
    if (slot) slots.push_back(*slot);
  }
  return slots;
}

void CheckUndamaged(const JournalContent& content, const std::string& path) {
  if (content.damaged.empty()) return;
  const DamagedLine& damaged = content.damaged.front();
  throw InputError("{}: line {} is damaged: {}; what follows it cannot be relied on", path, damaged.line, damaged.what);
}

namespace {

/// The first arc on which the flows differ; empty: none.
std::string FlowDifference(const Problem& problem, const char* whose, const Vector& then, const Vector& now) {
  const Network& network = problem.network;
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    if (then[a] == now[a]) continue;
    const std::string variant = network.num_variants() > 1 ? " by " + network.variants[arc.variant].name : "";
    return fmt::format("{} from {} to {}{} is {} in the journal, {} now", whose, network.gateways[arc.gateway].name,
                       network.regions[arc.region].name, variant, then[a], now[a]);
  }
  return "";
}

std::string Difference(const Problem& problem, const DecidedEvent& then, const SlotEntry& now, bool shared) {
  if (shared != then.made.shared_by_capacity)
    return fmt::format("it is {}shared by capacity now", shared ? "" : "not ");
  if (std::string flow = FlowDifference(problem, "expert", then.expert.flow, now.expert.flow); !flow.empty())
    return flow;
  if (now.verdict != then.verdict)
    return fmt::format("verdict is {} in the journal, {} now", Name(then.verdict), Name(now.verdict));
  if (std::string flow = FlowDifference(problem, "decision", then.decision.flow, now.decision.flow); !flow.empty())
    return flow;
  if (now.slack != then.slack) return fmt::format("slack is {} in the journal, {} now", then.slack, now.slack);
  return "";
}

void CheckTurn(const PeriodRun& run, const Slot& slot, const char* does, const std::string& where) {
  if (run.is_over() || slot.index != run.next_slot())
    throw InputError("{}: it {} slot {}, expected {}", where, does, slot.index, run.next_slot());
  if (slot.time != run.time().time(slot.index)) {
    throw InputError("{}: slot {} begins at {}, expected {}", where, slot.index, slot.time,
                     run.time().time(slot.index));
  }
}

void ReplayDecision(PeriodRun* run, const DecidedEvent& event, const std::string& where) {
  const Advice advice = event.made.advice_off ? Advice::kOff : Advice::kRecalled;
  CheckTurn(*run, event.made.slot, "decides", where);
  const SlotDecision made = run->Decide(event.made.slot, advice, event.made.answer ? &*event.made.answer : nullptr);
  const SlotEntry& entry = run->books().entry(event.made.slot.index);
  const std::string difference = Difference(run->problem(), event, entry, made.shared_by_capacity);
  if (difference.empty()) return;
  throw InputError(
      "{}: slot {} is decided otherwise now than it was ({}); was it written on another machine or version?", where,
      event.made.slot.index, difference);
}

/// A slot that is decided, or missed.
void CheckBooked(const PeriodRun& run, int slot, const std::string& where) {
  if (slot < 0 || slot >= run.next_slot())
    throw InputError("{}: slot {} is none of the {} that are decided by then", where, slot, run.next_slot());
}

}  // namespace

void ReplayOfSlot(PeriodRun* run, const Event& event, const std::string& where) {
  if (const auto* decided = std::get_if<DecidedEvent>(&event.what)) {
    ReplayDecision(run, *decided, where);
  } else if (const auto* missed = std::get_if<MissedEvent>(&event.what)) {
    CheckTurn(*run, missed->slot, "misses", where);
    run->Miss(missed->slot);
  } else if (const auto* not_applied = std::get_if<NotAppliedEvent>(&event.what)) {
    CheckBooked(*run, not_applied->slot, where);
    run->NotApplied(not_applied->slot);
  } else if (const auto* metered = std::get_if<MeteredEvent>(&event.what)) {
    const std::string why = run->Meter(metered->slot, metered->meter);
    if (!why.empty()) throw InputError("{}: {}", where, why);
  }
}

}  // namespace evenkeel
