// Which servers of a balancer stand for which region.
#pragma once

#include <string>
#include <vector>

namespace evenkeel {

/// One server of a backend.
struct BalancedServer {
  std::string name;
  int region = 0;
  double factor = 1.0;  ///< > 0: the servers of a region get its share in proportion to their factors
};

/// The backend that sends a gateway's requests to regions.
struct BalancedBackend {
  int gateway = 0;
  std::string name;
  std::vector<BalancedServer> servers;
  /// Backup servers, which serve when none of `servers` can: their weights are left alone, what they serve is counted.
  std::vector<BalancedServer> spares;
};

/// What one balancer does; the names are those of the network, for messages.
struct BalancerMap {
  std::vector<std::string> gateways, regions;
  std::vector<BalancedBackend> backends;
};

/// Throws InputError unless the text, the name of a `what`, is such as HAProxy allows: letters, digits and -_.: only.
/// Names go into lines of commands, which nothing else may get into.
void CheckBalancerName(const std::string& text, const char* what);

/// Throws InputError, naming backend and server, unless every gateway and region exists, no gateway and no backend
/// stands there twice, no server twice in a backend, and factors are positive and finite; and as CheckBalancerName.
void CheckMap(const BalancerMap& map);

}  // namespace evenkeel
