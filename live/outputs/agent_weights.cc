#include "live/outputs/agent_weights.h"

#include <algorithm>
#include <utility>

#include "live/outputs/whole_weights.h"
#include "models/base/error.h"

namespace evenkeel {

AgentWeights::AgentWeights(BalancerMap map, const AgentOptions& options) : map_(std::move(map)), options_(options) {
  CheckMap(map_);
  if (!(options_.raise_seconds >= 0.0 && options_.raise_seconds <= 3600.0))
    throw InputError("agent check: {} s for raising weights, expected 0 s to 3600 s", options_.raise_seconds);
  for (const BalancedBackend& backend : map_.backends)
    for (const BalancedServer& server : backend.servers)
      entries_[backend.name + "/" + server.name].region = server.region;
}

void AgentWeights::Want(const WantedShares& wanted, double now) {
  CheckWanted(wanted, map_);
  for (const BalancedBackend& backend : map_.backends) {
    const std::vector<int> weights = ServerWeights(backend, wanted.shares.share.row(backend.gateway));
    for (std::size_t i = 0; i < backend.servers.size(); ++i) {
      Entry& entry = entries_[backend.name + "/" + backend.servers[i].name];
      entry.order = wanted.regions.empty() ? RegionOrder::kAsIs : wanted.regions[entry.region];
      if (weights.empty() || (entry.wanted && entry.weight == weights[i])) continue;
      // What HAProxy has of an earlier start is not known: it keeps that until those with a weight have theirs.
      const int said = entry.wanted ? entry.At(now, options_.raise_seconds) : kNothing;
      entry.raised = weights[i] == 0 ? said : std::max(said, weights[i]);
      entry.weight = weights[i];
      entry.since = now;
      entry.wanted = true;
    }
  }
}

std::optional<std::string> AgentWeights::Answer(std::string_view server, double now, bool* known) const {
  const auto found = entries_.find(server);
  if (known != nullptr) *known = found != entries_.end();
  if (found == entries_.end() || !found->second.wanted) return std::nullopt;
  const Entry& entry = found->second;
  const int weight = entry.At(now, options_.raise_seconds);
  if (weight == kNothing && entry.order != RegionOrder::kDown) return std::nullopt;
  switch (entry.order) {
    case RegionOrder::kAsIs:
      return fmt::format("{}%", weight);
    case RegionOrder::kUp:
      return fmt::format("ready up {}%", weight);
    case RegionOrder::kDrain:
      return fmt::format("drain up {}%", weight);
    case RegionOrder::kDown:
      return "maint";
  }
  throw InternalError("an order that is none");
}

}  // namespace evenkeel
