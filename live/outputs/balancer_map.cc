#include "live/outputs/balancer_map.h"

#include <cmath>
#include <set>
#include <string_view>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr std::size_t kLongestName = 200;

void CheckServer(const BalancerMap& map, const BalancedBackend& backend, const BalancedServer& server) {
  CheckBalancerName(server.name, "server");
  if (server.region < 0 || server.region >= static_cast<int>(map.regions.size()))
    throw InputError("server {}/{}: there is no region {}, only {}", backend.name, server.name, server.region,
                     map.regions.size());
  if (!(server.factor > 0.0) || !std::isfinite(server.factor))
    throw InputError("server {}/{}: factor {}, expected a number above 0", backend.name, server.name, server.factor);
}

}  // namespace

void CheckBalancerName(const std::string& text, const char* what) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:";
  if (text.empty() || text.size() > kLongestName || text.find_first_not_of(kAllowed) != std::string::npos)
    throw InputError("\"{}\" is no name of a {}: 1 to {} letters, digits and -_.: are allowed", text, what,
                     kLongestName);
}

void CheckMap(const BalancerMap& map) {
  std::set<std::string> backends;
  std::set<int> gateways;
  for (const BalancedBackend& backend : map.backends) {
    CheckBalancerName(backend.name, "backend");
    if (backend.gateway < 0 || backend.gateway >= static_cast<int>(map.gateways.size()))
      throw InputError("backend {}: there is no gateway {}, only {}", backend.name, backend.gateway,
                       map.gateways.size());
    if (!backends.insert(backend.name).second) throw InputError("backend {} stands there twice", backend.name);
    if (!gateways.insert(backend.gateway).second)
      throw InputError("backend {}: gateway {} has another backend", backend.name, map.gateways[backend.gateway]);
    std::set<std::string> servers;
    for (const auto* list : {&backend.servers, &backend.spares}) {
      for (const BalancedServer& server : *list) {
        CheckServer(map, backend, server);
        if (!servers.insert(server.name).second)
          throw InputError("server {}/{} stands there twice", backend.name, server.name);
      }
    }
    if (backend.servers.empty()) throw InputError("backend {} has no servers", backend.name);
  }
}

}  // namespace evenkeel
