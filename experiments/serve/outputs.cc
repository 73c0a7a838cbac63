// [haproxy NAME], [agent], [weights-file] and [http] of a service's file.
#include <algorithm>

#include "experiments/serve/config.h"
#include "live/http/access.h"
#include "models/base/error.h"
#include "models/base/numbers.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kLongestRound = 30;  // seconds; counts further apart than a minute are no meter

/// `server = BACKEND/SERVER:REGION[:FACTOR]`, `spare = ..` the same
struct ServerText {
  std::string backend, server, region;
  double factor = 1.0;
};

ServerText ServerOf(const IniSection& section, const IniEntry& entry) {
  const std::string& value = entry.value;
  const std::size_t slash = value.find('/'), colon = value.find(':', slash == std::string::npos ? 0 : slash);
  if (slash == std::string::npos || colon == std::string::npos)
    section.Fail(entry, fmt::format("is {}, expected BACKEND/SERVER:REGION or BACKEND/SERVER:REGION:FACTOR", value));
  ServerText text;
  text.backend = value.substr(0, slash);
  text.server = value.substr(slash + 1, colon - slash - 1);
  const std::size_t second = value.find(':', colon + 1);
  text.region = value.substr(colon + 1, second == std::string::npos ? second : second - colon - 1);
  if (second == std::string::npos) return text;
  const auto factor = ParseNumber(value.substr(second + 1));
  if (!factor || !(*factor > 0.0)) section.Fail(entry, fmt::format("is {}, expected a factor > 0", value));
  text.factor = *factor;
  return text;
}

void AddServer(const IniSection& section, const IniEntry& entry, const Network& network,
               std::vector<BalancedServer> BalancedBackend::*list, BalancerMap* map) {
  const ServerText text = ServerOf(section, entry);
  const auto of = std::find_if(map->backends.begin(), map->backends.end(),
                               [&](const BalancedBackend& one) { return one.name == text.backend; });
  if (of == map->backends.end())
    section.Fail(entry, fmt::format("names backend {}, which no backend = has", text.backend));
  ((*of).*list).push_back({text.server, RegionOf(section, entry, text.region, network), text.factor});
}

/// `backend = GATEWAY:NAME` and `server = ..`
BalancerMap MakeMap(IniSection* section, const Network& network) {
  BalancerMap map;
  for (const Gateway& gateway : FirmGateways(network)) map.gateways.push_back(gateway.name);
  for (const Region& region : network.regions) map.regions.push_back(region.name);
  for (const IniEntry& entry : section->All("backend")) {
    const auto [gateway, name] = PairOf(*section, entry, "GATEWAY:BACKEND");
    map.backends.push_back({FirmGatewayOf(*section, entry, gateway, network), name, {}, {}});
  }
  if (map.backends.empty()) section->Entry("backend");  // says that it is missing
  for (const IniEntry& entry : section->All("server"))
    AddServer(*section, entry, network, &BalancedBackend::servers, &map);
  for (const IniEntry& entry : section->All("spare"))
    AddServer(*section, entry, network, &BalancedBackend::spares, &map);
  section->OfAll([&] { CheckMap(map); });
  return map;
}

/// `workload-per-request = NUMBER` or `= GATEWAY:NUMBER`; empty where there is none.
Vector MakeWorkload(IniSection* section, const Network& network) {
  const std::vector<IniEntry> entries = section->All("workload-per-request");
  if (entries.empty()) return {};
  Vector workload = Vector::Zero(network.num_firm());
  for (const IniEntry& entry : entries) {
    const std::size_t colon = entry.value.rfind(':');
    const auto number = ParseNumber(colon == std::string::npos ? entry.value : entry.value.substr(colon + 1));
    if (!number || !(*number > 0.0))
      section->Fail(entry, fmt::format("is {}, expected NUMBER or GATEWAY:NUMBER, > 0", entry.value));
    if (colon == std::string::npos) {
      workload.setConstant(*number);
    } else {
      workload[FirmGatewayOf(*section, entry, entry.value.substr(0, colon), network)] = *number;
    }
  }
  for (int j = 0; j < workload.size(); ++j) {
    if (workload[j] > 0.0) continue;
    section->Fail(entries.front(), fmt::format("says nothing of gateway {}, expected {}:NUMBER too",
                                               network.gateways[j].name, network.gateways[j].name));
  }
  return workload;
}

}  // namespace

BalancerSetup MakeBalancer(IniSection* section, const Network& network) {
  BalancerSetup setup;
  setup.name = NameOf(*section);
  setup.map = MakeMap(section, network);
  const IniEntry socket = section->Entry("socket");
  setup.address.text = socket.value;
  section->Of(socket, [&] { CheckAddress(setup.address); });
  setup.options.interval = static_cast<double>(section->Seconds("every", 1, kLongestRound, 5));
  setup.options.ramp.step = section->Number("ramp-step", 0.001, 1.0, 0.25);
  setup.options.ramp.interval = section->Seconds("ramp-every", 1, 86400, 60);
  section->OfAll([&] { CheckOptions(setup.options); });
  setup.workload_per_request = MakeWorkload(section, network);
  return setup;
}

AgentSetup MakeAgent(IniSection* section, const Network& network) {
  AgentSetup setup;
  setup.map = MakeMap(section, network);
  setup.responder.host = section->Text("address", setup.responder.host);
  setup.responder.port = section->Integer("port", 1, 65535, 8200);
  setup.options.raise_seconds = static_cast<double>(section->Seconds("raise", 1, 300, 6));
  return setup;
}

WeightsFileSetup MakeWeightsFile(IniSection* section) {
  WeightsFileSetup setup;
  setup.path = section->Text("path");
  for (const IniEntry& entry : section->All("command")) setup.hook.command.push_back(entry.value);
  setup.hook.seconds = static_cast<double>(section->Seconds("timeout", 1, 3600, 30));
  section->OfAll([&] { CheckHook(setup.hook); });
  return setup;
}

ServerOptions MakeServerOptions(IniSection* section, ApiOptions* api) {
  ServerOptions options;
  const auto address = section->Find("address");
  if (address) options.address = address->value;
  options.port = section->Integer("port", 0, 65535, 9180);
  if (const auto path = section->Find("token-file"))
    api->token = section->Of(*path, [&] { return ReadToken(path->value); });
  api->most_age_s = 60;
  if (address) section->Of(*address, [&] { CheckListenAddress(options.address, !api->token.empty()); });
  return options;
}

}  // namespace evenkeel
