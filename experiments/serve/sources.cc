// [source NAME] of a service's file.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>

#include "experiments/serve/config.h"
#include "live/http/access.h"
#include "live/sources/constant.h"
#include "live/sources/electricity_maps.h"
#include "live/sources/prometheus.h"
#include "live/sources/watttime.h"
#include "models/base/checksum.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/files/trace_file.h"

namespace evenkeel {
namespace {

std::string SecretOf(const IniSection& section, const IniEntry& path) {
  return section.Of(path, [&] { return ReadToken(path.value); });
}

std::optional<CarbonKind> CarbonKindOf(IniSection* section, bool gives_carbon) {
  const int kind = section->Word("carbon-kind", {"average", "marginal"}, -1);
  if (!gives_carbon) return std::nullopt;
  if (kind < 0) section->Entry("carbon-kind");  // says that it is missing
  return static_cast<CarbonKind>(kind);
}

/// Of what must not be said twice: (signal, place) and the like.
template <typename Key>
void Once(const IniSection& section, const IniEntry& entry, const Key& key, std::set<Key>* seen) {
  if (!seen->insert(key).second) section.Fail(entry, fmt::format("is {}, which is said already", entry.value));
}

/// `key = REGION:NAME`, each region at most once, at least one.
std::vector<std::pair<int, std::string>> RegionNames(IniSection* section, const std::string& key, const char* form,
                                                     const Network& network) {
  const std::vector<IniEntry> entries = section->All(key);
  if (entries.empty()) section->Entry(key);  // says that it is missing
  std::vector<std::pair<int, std::string>> names;
  std::set<int> seen;
  for (const IniEntry& entry : entries) {
    const auto [region, name] = PairOf(*section, entry, form);
    names.emplace_back(RegionOf(*section, entry, region, network), name);
    Once(*section, entry, names.back().first, &seen);
  }
  return names;
}

std::unique_ptr<Source> MakeElectricityMaps(IniSection* section, const std::string& name, const Network& network) {
  ElectricityMapsOptions options;
  options.url = section->Text("url", options.url);
  options.token = SecretOf(*section, section->Entry("token-file"));
  options.scope = static_cast<CarbonScope>(section->Word("scope", {"direct", "lifecycle"}, 1));
  for (const auto& [region, zone] : RegionNames(section, "zone", "REGION:ZONE", network))
    options.zones.push_back({zone, region});
  return section->OfAll([&] { return std::make_unique<ElectricityMapsSource>(name, options); });
}

std::unique_ptr<Source> MakeWattTime(IniSection* section, const std::string& name, const Network& network) {
  WattTimeOptions options;
  options.url = section->Text("url", options.url);
  options.user = section->Text("user");
  options.password = SecretOf(*section, section->Entry("password-file"));
  for (const auto& [region, grid] : RegionNames(section, "grid-region", "REGION:GRID_REGION", network))
    options.regions.push_back({grid, region});
  return section->OfAll([&] { return std::make_unique<WattTimeSource>(name, options); });
}

/// `place = NAME:LABEL_VALUE`; without any, labels have the network's names.
std::map<std::string, int> PlacesOf(IniSection* section, bool of_gateways, const Network& network) {
  std::map<std::string, int> places;
  std::set<std::string> seen;
  for (const IniEntry& entry : section->All("place")) {
    const auto [place, value] = PairOf(*section, entry, of_gateways ? "GATEWAY:LABEL_VALUE" : "REGION:LABEL_VALUE");
    Once(*section, entry, value, &seen);
    places[value] =
        of_gateways ? GatewayOf(*section, entry, place, network) : RegionOf(*section, entry, place, network);
  }
  if (!places.empty()) return places;
  int index = 0;
  if (of_gateways) {
    for (const Gateway& gateway : FirmGateways(network)) places[gateway.name] = index++;
  } else {
    for (const Region& region : network.regions) places[region.name] = index++;
  }
  return places;
}

/// What arrives adds up, slot by slot: windows that overlap would count it twice.
void CheckAligned(const PrometheusQuery& query, const Network& network) {
  for (const auto& [label, place] : query.places) {
    if (place < network.num_firm() || query.align > 0) continue;
    throw InputError(
        "place: {} is a class of work that can wait, whose arrivals add up: expected align = DURATION beside it, the "
        "slots' length, for windows that do not overlap",
        network.gateways[static_cast<std::size_t>(place)].name);
  }
}

std::unique_ptr<Source> MakePrometheus(IniSection* section, const std::string& name, const Network& network) {
  PrometheusOptions options;
  options.url = section->Text("url", options.url);
  if (const auto path = section->Find("token-file")) options.token = SecretOf(*section, *path);
  PrometheusQuery query;
  query.query = section->Text("query");
  const IniEntry signal = section->Entry("signal");
  query.signal = SignalOf(*section, signal, signal.value);
  const bool of_gateways = query.signal == LiveSignal::kDemand;
  query.label = section->Text("label", of_gateways ? "gateway" : "region");
  query.factor = section->Number("factor", 1e-12, 1e12, 1.0);
  query.shift = section->Seconds("shift", 0, 86400, 0);
  query.places = PlacesOf(section, of_gateways, network);
  query.align = section->Seconds("align", 1, 86400, 0);
  if (of_gateways) section->OfAll([&] { CheckAligned(query, network); });
  const auto kind = CarbonKindOf(section, query.signal == LiveSignal::kCarbonIntensity);
  return section->OfAll(
      [&] { return std::make_unique<PrometheusSource>(name, options, std::vector<PrometheusQuery>{query}, kind); });
}

/// `value = SIGNAL:PLACE:NUMBER`
ConstantValue ConstantOf(const IniSection& section, const IniEntry& entry, const Network& network) {
  constexpr const char* kForm = "SIGNAL:PLACE:NUMBER";
  const auto [signal, rest] = PairOf(section, entry, kForm);
  const std::size_t colon = rest.rfind(':');
  const auto number = colon == std::string::npos ? std::nullopt : ParseNumber(rest.substr(colon + 1));
  if (!number) section.Fail(entry, fmt::format("is {}, expected {}", entry.value, kForm));
  ConstantValue value;
  value.signal = SignalOf(section, entry, signal);
  value.place = value.signal == LiveSignal::kDemand ? GatewayOf(section, entry, rest.substr(0, colon), network)
                                                    : RegionOf(section, entry, rest.substr(0, colon), network);
  value.value = *number;
  return value;
}

std::unique_ptr<Source> MakeConstant(IniSection* section, const std::string& name, const Network& network) {
  const std::vector<IniEntry> entries = section->All("value");
  if (entries.empty()) section->Entry("value");  // says that it is missing
  std::vector<ConstantValue> values;
  std::set<std::pair<LiveSignal, int>> seen;
  bool carbon = false;
  for (const IniEntry& entry : entries) {
    values.push_back(ConstantOf(*section, entry, network));
    Once(*section, entry, {values.back().signal, values.back().place}, &seen);
    carbon = carbon || values.back().signal == LiveSignal::kCarbonIntensity;
  }
  const auto kind = CarbonKindOf(section, carbon);
  return section->OfAll([&] { return std::make_unique<ConstantSource>(name, values, kind); });
}

template <typename Places>
void CheckSame(const IniSection& section, const IniEntry& entry, const Places& places, const Places& expected,
               const char* what) {
  const auto same = [](const auto& one, const auto& other) { return one.name == other.name; };
  if (!std::equal(places.begin(), places.end(), expected.begin(), expected.end(), same))
    section.Fail(entry, fmt::format("is {}, whose {} are not the network's", entry.value, what));
}

std::unique_ptr<Source> MakeTraceSource(IniSection* section, const std::string& name, const Network& network) {
  std::vector<LiveSignal> wanted;
  std::set<LiveSignal> seen;
  for (const IniEntry& entry : section->All("signal")) {
    wanted.push_back(SignalOf(*section, entry, entry.value));
    Once(*section, entry, wanted.back(), &seen);
  }
  if (wanted.empty()) section->Entry("signal");  // says that it is missing
  const IniEntry file = section->Entry("file");
  Trace trace = section->Of(file, [&] { return ReadTrace(file.value); });
  CheckSame(*section, file, trace.header.network.regions, network.regions, "regions");
  CheckSame(*section, file, trace.header.network.gateways, network.gateways, "gateways");
  return section->OfAll([&] { return std::make_unique<TraceSource>(name, std::move(trace), wanted); });
}

std::unique_ptr<Source> MakeSourceOfKind(IniSection* section, const Network& network) {
  const std::string name = NameOf(*section);
  section->Entry("kind");
  switch (section->Word("kind", {"electricity-maps", "watttime", "prometheus", "constant", "trace"}, 0)) {
    case 0:
      return MakeElectricityMaps(section, name, network);
    case 1:
      return MakeWattTime(section, name, network);
    case 2:
      return MakePrometheus(section, name, network);
    case 3:
      return MakeConstant(section, name, network);
    default:
      return MakeTraceSource(section, name, network);
  }
}

}  // namespace

SourceSetup MakeSource(IniSection* section, const Network& network) {
  SourceSetup setup;
  setup.source = MakeSourceOfKind(section, network);
  setup.policy.interval = static_cast<double>(section->Seconds("every", 1, 86400, 300));
  setup.policy.seed = Crc32(NameOf(*section));
  setup.limits.total_ms = 1000 * section->Seconds("timeout", 1, 300, 20);
  setup.limits.connect_ms = std::min(setup.limits.connect_ms, setup.limits.total_ms);
  setup.limits.proxy = section->Text("proxy", "");
  setup.limits.ca_file = section->Text("ca-file", "");
  section->OfAll([&] { CheckPollPolicy(setup.policy, "every"); });
  return setup;
}

}  // namespace evenkeel
