// [haproxy NAME], [agent], [weights-file] and [http] of a service's file.
#include <algorithm>

#include "experiments/serve/config.h"
#include "live/http/access.h"
#include "models/base/error.h"
#include "models/base/numbers.h"

namespace evenkeel {
namespace {

/// `backend = GATEWAY:NAME` and `server = BACKEND/NAME:REGION[:FACTOR]`
BalancerMap MakeMap(IniSection* section, const Network& network) {
  BalancerMap map;
  for (const Gateway& gateway : network.gateways) map.gateways.push_back(gateway.name);
  for (const Region& region : network.regions) map.regions.push_back(region.name);
  for (const IniEntry& entry : section->All("backend")) {
    const std::size_t colon = entry.value.find(':');
    if (colon == std::string::npos) section->Fail(entry, fmt::format("is {}, expected GATEWAY:BACKEND", entry.value));
    map.backends.push_back(
        {GatewayOf(*section, entry, entry.value.substr(0, colon), network), entry.value.substr(colon + 1), {}});
  }
  if (map.backends.empty()) section->Text("backend");  // says that it is missing
  for (const IniEntry& entry : section->All("server")) {
    const std::size_t slash = entry.value.find('/'), colon = entry.value.find(':', slash == std::string::npos ? 0 : slash);
    if (slash == std::string::npos || colon == std::string::npos)
      section->Fail(entry, fmt::format("is {}, expected BACKEND/SERVER:REGION or BACKEND/SERVER:REGION:FACTOR", entry.value));
    const std::string backend = entry.value.substr(0, slash);
    const auto of = std::find_if(map.backends.begin(), map.backends.end(),
                                 [&](const BalancedBackend& one) { return one.name == backend; });
    if (of == map.backends.end()) section->Fail(entry, fmt::format("names backend {}, which no backend = has", backend));
    BalancedServer server;
    server.name = entry.value.substr(slash + 1, colon - slash - 1);
    const std::size_t second = entry.value.find(':', colon + 1);
    server.region = RegionOf(*section, entry, entry.value.substr(colon + 1, second == std::string::npos ? second : second - colon - 1), network);
    if (second != std::string::npos) {
      const auto factor = ParseNumber(entry.value.substr(second + 1));
      if (!factor || !(*factor > 0.0)) section->Fail(entry, fmt::format("is {}, expected a factor > 0", entry.value));
      server.factor = *factor;
    }
    of->servers.push_back(server);
  }
  CheckMap(map);
  return map;
}

}  // namespace

BalancerSetup MakeBalancer(const IniFile&, IniSection* section, const Network& network) {
  BalancerSetup setup;
  setup.name = section->name().substr(section->name().find(' ') + 1);
  setup.map = MakeMap(section, network);
  setup.address.text = section->Text("socket");
  CheckAddress(setup.address);
  setup.options.interval = static_cast<double>(section->Seconds("every", 1, 300, 5));
  setup.options.ramp.step = section->Number("ramp-step", 0.001, 1.0, 0.25);
  setup.options.ramp.interval = section->Seconds("ramp-every", 1, 86400, 60);
  CheckOptions(setup.options);
  const std::vector<IniEntry> workload = section->All("workload-per-request");
  if (workload.empty()) return setup;
  setup.workload_per_request = Vector::Zero(network.num_gateways());
  for (const IniEntry& entry : workload) {
    const std::size_t colon = entry.value.find(':');
    const auto number = ParseNumber(colon == std::string::npos ? entry.value : entry.value.substr(colon + 1));
    if (!number || !(*number > 0.0)) section->Fail(entry, fmt::format("is {}, expected NUMBER or GATEWAY:NUMBER, > 0", entry.value));
    if (colon == std::string::npos) {
      setup.workload_per_request.setConstant(*number);
    } else {
      setup.workload_per_request[GatewayOf(*section, entry, entry.value.substr(0, colon), network)] = *number;
    }
  }
  if (!(setup.workload_per_request.minCoeff() > 0.0))
    section->Fail(workload.front(), "leaves a gateway without a number");
  return setup;
}

AgentSetup MakeAgent(IniSection* section, const Network& network) {
  AgentSetup setup;
  setup.map = MakeMap(section, network);
  setup.responder.host = section->Text("address", setup.responder.host);
  setup.responder.port = static_cast<int>(section->Number("port", 1, 65535, 8200));
  setup.options.raise_seconds = static_cast<double>(section->Seconds("raise", 1, 300, 6));
  return setup;
}

WeightsFileSetup MakeWeightsFile(IniSection* section) {
  WeightsFileSetup setup;
  setup.path = section->Text("path");
  for (const IniEntry& entry : section->All("command")) setup.hook.command.push_back(entry.value);
  setup.hook.seconds = static_cast<double>(section->Seconds("timeout", 1, 3600, 30));
  CheckHook(setup.hook);
  return setup;
}

ServerOptions MakeServerOptions(IniSection* section, ApiOptions* api) {
  ServerOptions options;
  options.address = section->Text("address", options.address);
  options.port = static_cast<int>(section->Number("port", 0, 65535, 9180));
  if (const auto path = section->Find("token-file")) api->token = ReadToken(path->value);
  api->most_age_s = 60;
  CheckListenAddress(options.address, !api->token.empty());
  return options;
}

}  // namespace evenkeel
