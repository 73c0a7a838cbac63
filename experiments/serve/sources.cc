// [source NAME] of a service's file.
#include <cstdint>
#include <memory>

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

/// `A:B`, split at the first colon.
std::pair<std::string, std::string> Pair(const IniSection& section, const IniEntry& entry, const char* form) {
  const std::size_t colon = entry.value.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == entry.value.size())
    section.Fail(entry, fmt::format("is {}, expected {}", entry.value, form));
  return {entry.value.substr(0, colon), entry.value.substr(colon + 1)};
}

LiveSignal SignalOf(const IniSection& section, const IniEntry& entry, const std::string& name) {
  for (int s = 0; s < kNumLiveSignals; ++s) {
    if (name == kLiveSignalNames[s]) return static_cast<LiveSignal>(s);
  }
  section.Fail(entry, fmt::format("names signal {}, expected demand, capacity, price, carbon_intensity or "
                                  "water_intensity",
                                  name));
}

std::string TokenOf(IniSection* section, const std::string& key, bool required) {
  const auto path = section->Find(key);
  if (path) return ReadToken(path->value);
  if (required) section->Text(key);  // says that it is missing
  return "";
}

std::optional<CarbonKind> CarbonKindOf(IniSection* section, bool gives_carbon) {
  const int kind = section->Word("carbon-kind", {"average", "marginal"}, -1);
  if (!gives_carbon) return std::nullopt;
  if (kind < 0) section->Text("carbon-kind");  // says that it is missing
  return static_cast<CarbonKind>(kind);
}

std::unique_ptr<Source> MakeElectricityMaps(IniSection* section, const std::string& name, const Network& network) {
  ElectricityMapsOptions options;
  options.url = section->Text("url", options.url);
  options.token = TokenOf(section, "token-file", true);
  options.scope = static_cast<CarbonScope>(section->Word("scope", {"direct", "lifecycle"}, 1));
  for (const IniEntry& entry : section->All("zone")) {
    const auto [region, zone] = Pair(*section, entry, "REGION:ZONE");
    options.zones.push_back({zone, RegionOf(*section, entry, region, network)});
  }
  return std::make_unique<ElectricityMapsSource>(name, options);
}

std::unique_ptr<Source> MakeWattTime(IniSection* section, const std::string& name, const Network& network) {
  WattTimeOptions options;
  options.url = section->Text("url", options.url);
  options.user = section->Text("user");
  options.password = TokenOf(section, "password-file", true);
  for (const IniEntry& entry : section->All("grid-region")) {
    const auto [region, grid] = Pair(*section, entry, "REGION:GRID_REGION");
    options.regions.push_back({grid, RegionOf(*section, entry, region, network)});
  }
  return std::make_unique<WattTimeSource>(name, options);
}

std::unique_ptr<Source> MakePrometheus(IniSection* section, const std::string& name, const Network& network) {
  PrometheusOptions options;
  options.url = section->Text("url", options.url);
  options.token = TokenOf(section, "token-file", false);
  PrometheusQuery query;
  query.query = section->Text("query");
  const std::string signal = section->Text("signal");
  query.signal = SignalOf(*section, *section->Find("signal"), signal);
  const bool of_gateways = query.signal == LiveSignal::kDemand;
  query.label = section->Text("label", of_gateways ? "gateway" : "region");
  query.factor = section->Number("factor", 1e-12, 1e12, 1.0);
  query.shift = section->Seconds("shift", 0, 86400, 0);
  for (const IniEntry& entry : section->All("place")) {
    const auto [place, value] = Pair(*section, entry, of_gateways ? "GATEWAY:LABEL_VALUE" : "REGION:LABEL_VALUE");
    query.places[value] = of_gateways ? GatewayOf(*section, entry, place, network) : RegionOf(*section, entry, place, network);
  }
  int index = 0;
  if (query.places.empty() && of_gateways) {
    for (const Gateway& gateway : network.gateways) query.places[gateway.name] = index++;
  } else if (query.places.empty()) {
    for (const Region& region : network.regions) query.places[region.name] = index++;
  }
  const auto kind = CarbonKindOf(section, query.signal == LiveSignal::kCarbonIntensity);
  return std::make_unique<PrometheusSource>(name, options, std::vector<PrometheusQuery>{query}, kind);
}

std::unique_ptr<Source> MakeConstant(IniSection* section, const std::string& name, const Network& network) {
  std::vector<ConstantValue> values;
  bool carbon = false;
  for (const IniEntry& entry : section->All("value")) {
    const auto [signal, rest] = Pair(*section, entry, "SIGNAL:PLACE:NUMBER");
    const std::size_t colon = rest.rfind(':');
    const auto number = colon == std::string::npos ? std::nullopt : ParseNumber(rest.substr(colon + 1));
    if (!number) section->Fail(entry, fmt::format("is {}, expected SIGNAL:PLACE:NUMBER", entry.value));
    ConstantValue value;
    value.signal = SignalOf(*section, entry, signal);
    value.place = value.signal == LiveSignal::kDemand ? GatewayOf(*section, entry, rest.substr(0, colon), network)
                                                      : RegionOf(*section, entry, rest.substr(0, colon), network);
    value.value = *number;
    carbon = carbon || value.signal == LiveSignal::kCarbonIntensity;
    values.push_back(value);
  }
  return std::make_unique<ConstantSource>(name, values, CarbonKindOf(section, carbon));
}

std::unique_ptr<Source> MakeTraceSource(IniSection* section, const std::string& name) {
  std::vector<LiveSignal> wanted;
  for (const IniEntry& entry : section->All("signal")) wanted.push_back(SignalOf(*section, entry, entry.value));
  return std::make_unique<TraceSource>(name, ReadTrace(section->Text("file")), wanted);
}

}  // namespace

SourceSetup MakeSource(const IniFile& file, IniSection* section, const Network& network) {
  const std::string name = section->name().substr(section->name().find(' ') + 1);
  section->Text("kind");
  SourceSetup setup;
  switch (section->Word("kind", {"electricity-maps", "watttime", "prometheus", "constant", "trace"}, 0)) {
    case 0:
      setup.source = MakeElectricityMaps(section, name, network);
      break;
    case 1:
      setup.source = MakeWattTime(section, name, network);
      break;
    case 2:
      setup.source = MakePrometheus(section, name, network);
      break;
    case 3:
      setup.source = MakeConstant(section, name, network);
      break;
    default:
      setup.source = MakeTraceSource(section, name);
  }
  setup.policy.interval = static_cast<double>(section->Seconds("every", 1, 86400, 300));
  setup.policy.seed = Crc32(name);
  setup.limits.total_ms = 1000 * section->Seconds("timeout", 1, 300, 20);
  setup.limits.connect_ms = std::min(setup.limits.connect_ms, setup.limits.total_ms);
  setup.limits.proxy = section->Text("proxy", "");
  setup.limits.ca_file = section->Text("ca-file", "");
  CheckPollPolicy(setup.policy, file.path + ": [" + section->name() + "]");
  return setup;
}

}  // namespace evenkeel
