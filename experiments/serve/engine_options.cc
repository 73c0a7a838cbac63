// The head of a service's file: what is decided, for whom, on what.
#include <memory>

#include "experiments/catalog/catalog.h"
#include "experiments/serve/config.h"
#include "live/engine/slot_list.h"
#include "models/base/checksum.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/files/objective_text.h"
#include "models/files/trace_file.h"
#include "models/slots/work_share.h"

namespace evenkeel {
namespace {

/// As told so far and once more with each entry, so that an error is of the entry that brings it.
Objective ReadObjective(IniSection* head, const Network& network, ObjectiveText* text) {
  Objective objective = ParseObjective(*text, network);
  const auto add = [&](const std::string& key, std::vector<std::string>* values) {
    for (const IniEntry& entry : head->All(key)) {
      values->push_back(entry.value);
      objective = head->Of(entry, [&] { return ParseObjective(*text, network); });
    }
  };
  add("weight", &text->weights);
  add("norm", &text->norms);
  add("bucket-weight", &text->bucket_weights);
  return objective;
}

/// What came before: the trace's slots and, after them, those of live periods.
std::vector<Slot> WithTrace(const std::vector<Slot>& recorded, const std::vector<Slot>& seen, std::int64_t begin) {
  std::vector<Slot> past;
  const std::int64_t first_seen = seen.empty() ? begin : seen.front().time;
  for (const Slot& slot : recorded) {
    if (slot.time < first_seen) past.push_back(slot);
  }
  past.insert(past.end(), seen.begin(), seen.end());
  return past;
}

/// Per slot, [gateways]; one unit where nothing is known.
Vector MeanDemand(const Network& network, const std::vector<Slot>& slots) {
  Vector mean = Vector::Zero(network.num_gateways());
  for (const Slot& slot : slots) mean += slot.demand / static_cast<double>(slots.size());
  return (mean.array() > 0.0).select(mean, 1.0);
}

struct PeriodParts {
  Network network;
  Objective objective;
  Spec policy;
  double advice_timeout = 0.0;
  std::vector<Slot> recorded;
};

PeriodSetup MakePeriodSetup(const PeriodParts& parts, const PeriodStart& start) {
  PeriodSetup setup;
  setup.time = start.time;
  const std::vector<Slot> before = WithTrace(parts.recorded, start.past, start.time.start);
  const Vector expected =
      start.expected_demand ? *start.expected_demand : start.num_slots * MeanDemand(parts.network, before);
  setup.problem = std::make_unique<Problem>(MakeProblem(parts.network, parts.objective, start.num_slots, expected));
  PolicyContext context{*setup.problem, 1, {}};
  context.advice_timeout = parts.advice_timeout;
  context.time = start.time;
  if (!before.empty()) context.open_history = [before] { return std::make_unique<SlotList>(before); };
  setup.policy = MakePolicy(context, parts.policy);
  return setup;
}

std::uint32_t ChecksumOf(const std::string& network_file, const ObjectiveText& objective) {
  std::uint32_t sum = Crc32(network_file);
  for (const auto& [name, values] : NamedValues(objective)) {
    for (const std::string& value : values) sum = Crc32(name + "=" + value + "\n", sum);
  }
  return sum;
}

/// Of all that decisions depend on in a network.
std::string NetworkText(const Network& network) {
  std::string text;
  const auto add = [&](const RowMatrix& values) {
    text += fmt::format("{}x{}", values.rows(), values.cols());
    for (Eigen::Index i = 0; i < values.size(); ++i) text += fmt::format(" {}", values.data()[i]);
    text += "\n";
  };
  for (const Region& region : network.regions) text += fmt::format("{} {}\n", region.name, region.pue);
  for (const Variant& variant : network.variants)
    text += fmt::format("{} {} {}\n", variant.name, variant.resource_per_unit, variant.quality_loss);
  add(network.energy_per_unit);
  add(network.network_cost);
  add(network.reachable.cast<double>());
  if (network.num_classes() == 0) return text;
  for (const WorkClass& work : network.classes)
    text += fmt::format("{} {} {}\n", work.deadline, work.resource_per_unit, work.cost_floor);
  add(network.work_energy);
  return text;
}

Spec ReadPolicy(IniSection* head) {
  const IniEntry entry = head->Entry("policy");
  return head->Of(entry, [&] {
    Spec policy = ParseSpec(entry.value);
    CheckSpec(Catalog(), Kind::kPolicy, policy);
    if (IsClairvoyant(Catalog(), Kind::kPolicy, policy))
      throw InputError("{} looks into the future, which nobody can here", entry.value);
    return policy;
  });
}

/// What the network's trace has to say beside the network.
struct Recorded {
  Network network;
  std::int64_t slot_seconds = 0;
  std::vector<Slot> slots;
};

Recorded ReadRecorded(IniSection* head) {
  const IniEntry entry = head->Entry("network");
  return head->Of(entry, [&] {
    TraceFile trace(entry.value);
    Recorded recorded;
    recorded.network = trace.header().network;
    recorded.slot_seconds = SlotSeconds(trace.header().slot_hours);
    recorded.slots.resize(static_cast<std::size_t>(trace.num_slots()));
    int t = 0;
    for (Slot& slot : recorded.slots) trace.Read(t++, &slot);
    return recorded;
  });
}

/// Work may wait for as many hours as the trace says, whatever the service's slots are.
void SetDeadlines(double recorded_hours, double slot_hours, Network* network) {
  for (int k = 0; k < network->num_classes(); ++k) {
    const std::string what = fmt::format("slot: work_deadline of {}", network->gateways[network->num_firm() + k].name);
    int& deadline = network->classes[static_cast<std::size_t>(k)].deadline;
    deadline = DeadlineInSlots(what, deadline * recorded_hours, slot_hours);
  }
}

constexpr std::int64_t kDay = 86400;

/// Slots are cut from days, so that months hold whole ones.
std::int64_t ReadSlotSeconds(IniSection* head, std::int64_t otherwise) {
  const std::int64_t seconds = head->Seconds("slot", 1, kDay, otherwise);
  if (kDay % seconds == 0) return seconds;
  if (const auto entry = head->Find("slot"))
    head->Fail(*entry, fmt::format("is {}, expected a duration that divides a day", entry->value));
  throw InputError("slot is missing, and the network's trace has slots of {}, which do not divide a day",
                   DurationText(seconds));
}

void ReadTimes(IniSection* head, LiveEngineOptions* options) {
  const std::int64_t slot = SlotSeconds(options->slot_hours);
  options->lead = head->Seconds("decide-before", 0, slot, std::min<std::int64_t>(20, slot / 4));
  options->close_after = head->Seconds("close-after", 0, 31 * kDay, 3 * kDay);
  options->valid_for = head->Seconds("valid-for", slot, 31 * kDay, 2 * slot);
}

}  // namespace

LiveEngineOptions MakeEngineOptions(IniSection* head) {
  Recorded recorded = ReadRecorded(head);
  PeriodParts parts;
  parts.network = recorded.network;
  ObjectiveText objective;
  parts.objective = ReadObjective(head, parts.network, &objective);
  parts.policy = ReadPolicy(head);
  parts.advice_timeout = static_cast<double>(head->Seconds("advice-timeout", 1, 3600, 10));
  LiveEngineOptions options;
  options.policy = head->Text("policy");
  options.folder = head->Text("state");
  options.mode = static_cast<LiveMode>(head->Word("mode", {"shadow", "canary", "active"}, 0));
  options.slot_hours = static_cast<double>(ReadSlotSeconds(head, recorded.slot_seconds)) / 3600.0;
  const double recorded_hours = static_cast<double>(recorded.slot_seconds) / 3600.0;
  SetDeadlines(recorded_hours, options.slot_hours, &parts.network);
  ReadTimes(head, &options);
  ReadReadingLimits(head, SlotSeconds(options.slot_hours), &options.store);
  options.network = parts.network;
  options.checksum = ChecksumOf(NetworkText(parts.network), objective);
  if (!recorded.slots.empty()) options.store.capacity = recorded.slots.back().capacity / recorded_hours;
  if (SlotSeconds(options.slot_hours) == recorded.slot_seconds)  // slots of another length are no past of these
    parts.recorded = std::move(recorded.slots);
  options.make_period = [parts](const PeriodStart& start) { return MakePeriodSetup(parts, start); };
  return options;
}

CanaryOptions MakeCanaryOptions(IniSection* head, LiveMode mode, const Network& network) {
  CanaryOptions options;
  for (const IniEntry& entry : head->All("canary"))
    options.gateways.push_back(FirmGatewayOf(*head, entry, entry.value, network));
  options.step = head->Number("canary-step", 0.001, 1.0, options.step);
  if (mode == LiveMode::kCanary && options.gateways.empty())
    head->Fail(*head->Find("mode"), "is canary, expected a canary = GATEWAY beside it");
  return options;
}

}  // namespace evenkeel
