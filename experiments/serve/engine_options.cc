// The head of a service's file: what is decided, for whom, on what.
#include <memory>

#include "experiments/catalog/catalog.h"
#include "experiments/serve/config.h"
#include "live/engine/slot_list.h"
#include "models/base/checksum.h"
#include "models/base/error.h"
#include "models/files/objective_text.h"
#include "models/files/trace_file.h"

namespace evenkeel {
namespace {

std::vector<std::string> Values(IniSection* section, const std::string& key) {
  std::vector<std::string> values;
  for (const IniEntry& entry : section->All(key)) values.push_back(entry.value);
  return values;
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
  return text;
}

}  // namespace

LiveEngineOptions MakeEngineOptions(const IniFile& file, IniSection* head) {
  const std::string path = head->Text("network");
  TraceFile trace(path);
  PeriodParts parts;
  parts.network = trace.header().network;
  ObjectiveText objective{Values(head, "weight"), Values(head, "norm"), Values(head, "bucket-weight"), {}};
  parts.objective = ParseObjective(objective, parts.network);
  LiveEngineOptions options;
  options.policy = head->Text("policy");
  parts.policy = ParseSpec(options.policy);
  CheckSpec(Catalog(), Kind::kPolicy, parts.policy);
  if (IsClairvoyant(Catalog(), Kind::kPolicy, parts.policy))
    throw InputError("{}: policy {} looks into the future, which nobody can here", file.path, options.policy);
  parts.advice_timeout = static_cast<double>(head->Seconds("advice-timeout", 1, 3600, 10));
  parts.recorded.resize(static_cast<std::size_t>(trace.num_slots()));
  for (int t = 0; t < trace.num_slots(); ++t) trace.Read(t, &parts.recorded[static_cast<std::size_t>(t)]);
  options.folder = head->Text("state");
  options.slot_hours = static_cast<double>(head->Seconds("slot", 1, 86400, SlotSeconds(trace.header().slot_hours))) / 3600.0;
  if (SlotSeconds(options.slot_hours) != SlotSeconds(trace.header().slot_hours) && trace.num_slots() > 0)
    parts.recorded.clear();  // slots of another length are no past of these
  const std::int64_t slot = SlotSeconds(options.slot_hours);
  options.lead = head->Seconds("decide-before", 0, slot, std::min<std::int64_t>(20, slot / 4));
  options.close_after = head->Seconds("close-after", 0, 31 * 86400, 72 * 3600);
  options.valid_for = head->Seconds("valid-for", slot, 31 * 86400, 2 * slot);
  options.mode = static_cast<LiveMode>(head->Word("mode", {"shadow", "canary", "active"}, 0));
  options.network = parts.network;
  options.checksum = ChecksumOf(NetworkText(parts.network), objective);
  if (!parts.recorded.empty()) options.store.capacity = parts.recorded.back().capacity / options.slot_hours;
  options.make_period = [parts](const PeriodStart& start) {
    return MakePeriodSetup(parts, start);
  };
  return options;
}

CanaryOptions MakeCanaryOptions(IniSection* head, const Network& network) {
  CanaryOptions options;
  for (const IniEntry& entry : head->All("canary"))
    options.gateways.push_back(GatewayOf(*head, entry, entry.value, network));
  options.step = head->Number("canary-step", 0.001, 1.0, options.step);
  return options;
}

}  // namespace evenkeel
