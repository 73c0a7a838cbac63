#include "live/outputs/weight_plan.h"

#include <algorithm>
#include <array>

#include "live/outputs/whole_weights.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

using Kind = HaproxyCommand::Kind;

const HaproxyServer* Find(const std::vector<HaproxyServer>& seen, const std::string& backend,
                          const std::string& server) {
  for (const HaproxyServer& one : seen)
    if (one.server == server && one.backend == backend) return &one;
  return nullptr;
}

void Add(WeightPlan* plan, ApplyReason reason, std::string text) {
  plan->failures.push_back({reason, std::move(text)});
}

/// Whether the backend takes weights at all. Its algorithm is seen by `level operator` and above.
bool CheckAlgorithm(const std::string& backend, const HaproxyView& seen, WeightPlan* plan) {
  for (const HaproxyCounters& counters : seen.counters) {
    if (counters.backend != backend || !counters.server.empty()) continue;
    const std::string& algorithm = counters.algorithm;
    if (algorithm == "roundrobin") return true;
    if (algorithm.empty()) {
      Add(plan, ApplyReason::kInexact,
          fmt::format("backend {}: its algorithm is shown to sockets of level operator and admin only", backend));
      return true;
    }
    if (algorithm == "random" || algorithm == "unknown") {  // what 2.6 calls it
      Add(plan, ApplyReason::kInexact,
          fmt::format("backend {}: balance random meets shares only on average, and small weights are biased; "
                      "expected roundrobin",
                      backend));
      return true;
    }
    const bool is_static = algorithm != "leastconn" && algorithm != "first";
    Add(plan, ApplyReason::kAlgorithm,
        fmt::format("backend {}: balance {} {}; expected roundrobin", backend, ShownAnswer(algorithm),
                    is_static ? "refuses weights" : "ignores exact shares"));
    return !is_static;
  }
  return true;
}

/// The backend's mapped servers that HAProxy has, and what it has of them, in the same order.
struct Present {
  BalancedBackend backend;
  std::vector<const HaproxyServer*> seen;
};

Present FindServers(const BalancedBackend& backend, const HaproxyView& view, WeightPlan* plan) {
  Present present;
  present.backend.name = backend.name;
  for (const BalancedServer& server : backend.servers) {
    if (const HaproxyServer* seen = Find(view.servers, backend.name, server.name)) {
      present.backend.servers.push_back(server);
      present.seen.push_back(seen);
    } else {
      Add(plan, ApplyReason::kNoServer,
          fmt::format("server {}/{}: haproxy has none of that name", backend.name, server.name));
    }
  }
  return present;
}

void FindUnmapped(const BalancedBackend& backend, const HaproxyView& view, WeightPlan* plan) {
  const auto is_backup = [&](const std::string& name) {
    return std::any_of(view.counters.begin(), view.counters.end(), [&](const HaproxyCounters& one) {
      return one.backup && one.backend == backend.name && one.server == name;
    });
  };
  for (const HaproxyServer& seen : view.servers) {
    const bool is_mapped = std::any_of(backend.servers.begin(), backend.servers.end(),
                                       [&](const BalancedServer& one) { return one.name == seen.server; });
    if (seen.backend != backend.name || is_mapped || seen.weight == 0 || !seen.IsUsable()) continue;
    if (is_backup(seen.server)) continue;
    Add(plan, ApplyReason::kUnmapped,
        fmt::format("server {}/{}: it stands for no region, and is given requests with weight {}", backend.name,
                    ShownAnswer(seen.server), seen.weight));
  }
}

void CheckRegions(const BalancerMap& map, const BalancedBackend& backend, const RowVector& share, WeightPlan* plan) {
  for (int r = 0; r < share.size(); ++r) {
    const bool has_server = std::any_of(backend.servers.begin(), backend.servers.end(),
                                        [&](const BalancedServer& one) { return one.region == r; });
    if (share[r] > 0.0 && !has_server)
      Add(plan, ApplyReason::kNoServerOfRegion,
          fmt::format("backend {}: region {} has a share of {:.4g} and no server", backend.name, map.regions[r],
                      share[r]));
  }
}

/// Whether requests would have nowhere to go with these weights, and now have.
bool WouldStarve(const Present& present, const std::vector<int>& weight) {
  bool now = false, then = false;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    if (!present.seen[i]->IsUsable()) continue;
    now = now || present.seen[i]->weight > 0;
    then = then || weight[i] > 0;
  }
  return now && !then;
}

void PlanBackend(const Present& present, const std::vector<int>& weight, WeightPlan* plan) {
  const std::string& name = present.backend.name;
  const bool held = WouldStarve(present, weight);
  if (held)
    Add(plan, ApplyReason::kNoUsableServer,
        fmt::format("backend {}: no server that should be given requests can be, those that can keep their weights",
                    name));
  for (std::size_t i = 0; i < weight.size(); ++i) {
    const HaproxyServer& seen = *present.seen[i];
    if (seen.agent) {
      Add(plan, ApplyReason::kAgent, fmt::format("server {}/{}: its agent check says its weight", name, seen.server));
      continue;
    }
    const HaproxyCommand command = {Kind::kWeight, name, seen.server, weight[i]};
    if (weight[i] > seen.weight) plan->raise.push_back(command);
    if (weight[i] < seen.weight && !(held && weight[i] == 0)) plan->lower.push_back(command);
  }
}

void PlanOrders(const Present& present, const std::vector<RegionOrder>& orders, WeightPlan* plan) {
  if (orders.empty()) return;
  for (std::size_t i = 0; i < present.seen.size(); ++i) {
    const RegionOrder order = orders[present.backend.servers[i].region];
    const HaproxyServer& seen = *present.seen[i];
    const int forced = seen.administration & (kForcedMaintenance | kForcedDrain);
    const HaproxyCommand command = {Kind::kReady, seen.backend, seen.server, 0};
    const auto with = [&](Kind kind) {
      HaproxyCommand other = command;
      other.kind = kind;
      return other;
    };
    if (order == RegionOrder::kUp && forced != 0) plan->raise.push_back(command);
    // From maintenance to drain HAProxy goes by itself; its `drain` clears the other bit.
    if (order == RegionOrder::kDrain && forced != kForcedDrain) plan->lower.push_back(with(Kind::kDrain));
    if (order == RegionOrder::kDown && (forced & kForcedMaintenance) == 0)
      plan->lower.push_back(with(Kind::kMaintenance));
  }
}

ApplyReason ReasonOf(const std::string& answer) {
  if (answer.rfind("Permission denied", 0) == 0) return ApplyReason::kPermission;
  if (answer.rfind("No such backend", 0) == 0) return ApplyReason::kNoBackend;
  if (answer.rfind("No such server", 0) == 0) return ApplyReason::kNoServer;
  return ApplyReason::kRefused;
}

}  // namespace

const char* Name(ApplyReason reason) {
  constexpr std::array<const char*, kNumApplyReasons> kNames = {
      "connection",          "timeout",          "answer",   "permission", "refused",   "no_backend", "no_server",
      "no_server_of_region", "no_usable_server", "unmapped", "agent",      "algorithm", "inexact",    "not_applied"};
  return kNames[static_cast<int>(reason)];
}

WeightPlan PlanWeights(const BalancerMap& map, const RowMatrix& share, const std::vector<RegionOrder>& orders,
                       const HaproxyView& seen) {
  EVENKEEL_CHECK_EQ(share.rows(), static_cast<int>(map.gateways.size()));
  EVENKEEL_CHECK_EQ(share.cols(), static_cast<int>(map.regions.size()));
  EVENKEEL_CHECK(orders.empty() || orders.size() == map.regions.size());
  WeightPlan plan;
  for (const BalancedBackend& backend : map.backends) {
    if (std::none_of(seen.servers.begin(), seen.servers.end(),
                     [&](const HaproxyServer& one) { return one.backend == backend.name; })) {
      Add(&plan, ApplyReason::kNoBackend,
          fmt::format("backend {}: haproxy has none of that name with servers", backend.name));
      continue;
    }
    const bool takes_weights = CheckAlgorithm(backend.name, seen, &plan);
    const Present present = FindServers(backend, seen, &plan);
    FindUnmapped(backend, seen, &plan);
    PlanOrders(present, orders, &plan);
    if (!takes_weights || present.seen.empty()) continue;
    const RowVector row = share.row(backend.gateway);
    CheckRegions(map, present.backend, row, &plan);
    PlanBackend(present, ServerWeights(present.backend, row), &plan);
  }
  return plan;
}

std::vector<HaproxyCommand> WithoutHeld(const std::vector<HaproxyCommand>& lower,
                                        const std::vector<std::string>& failed_backends) {
  std::vector<HaproxyCommand> kept;
  for (const HaproxyCommand& command : lower) {
    const bool failed =
        std::find(failed_backends.begin(), failed_backends.end(), command.backend) != failed_backends.end();
    if (!failed || command.kind != Kind::kWeight || command.weight > 0) kept.push_back(command);
  }
  return kept;
}

std::vector<ApplyFailure> FailuresOf(const std::vector<HaproxyCommand>& commands,
                                     const std::vector<std::string>& answers) {
  EVENKEEL_CHECK_EQ(commands.size(), answers.size());
  std::vector<ApplyFailure> failures;
  for (std::size_t i = 0; i < commands.size(); ++i)
    if (!answers[i].empty())
      failures.push_back(
          {ReasonOf(answers[i]), fmt::format("server {}/{}: to \"{}\" haproxy says: {}", commands[i].backend,
                                             commands[i].server, CommandText(commands[i]), ShownAnswer(answers[i]))});
  return failures;
}

std::vector<ApplyFailure> NotApplied(const std::vector<HaproxyCommand>& commands,
                                     const std::vector<HaproxyServer>& seen) {
  std::vector<ApplyFailure> failures;
  for (const HaproxyCommand& command : commands) {
    if (command.kind != Kind::kWeight) continue;
    const HaproxyServer* server = Find(seen, command.backend, command.server);
    if (server == nullptr || server->weight == command.weight) continue;
    failures.push_back(
        {ApplyReason::kNotApplied, fmt::format("server {}/{}: weight {} was set, {} is read", command.backend,
                                               command.server, command.weight, server->weight)});
  }
  return failures;
}

RowMatrix AppliedShares(const BalancerMap& map, const std::vector<HaproxyServer>& seen) {
  RowMatrix share = RowMatrix::Zero(map.gateways.size(), map.regions.size());
  for (const BalancedBackend& backend : map.backends) {
    for (const BalancedServer& server : backend.servers) {
      const HaproxyServer* found = Find(seen, backend.name, server.name);
      if (found != nullptr && found->IsUsable()) share(backend.gateway, server.region) += found->weight;
    }
    const double sum = share.row(backend.gateway).sum();
    if (sum > 0.0) share.row(backend.gateway) /= sum;
  }
  return share;
}

FlagMatrix RegionsUp(const BalancerMap& map, const std::vector<HaproxyServer>& seen) {
  FlagMatrix up = FlagMatrix::Ones(map.gateways.size(), map.regions.size());
  for (const BalancedBackend& backend : map.backends) {
    for (const BalancedServer& server : backend.servers) up(backend.gateway, server.region) = 0;
    for (const BalancedServer& server : backend.servers) {
      const HaproxyServer* found = Find(seen, backend.name, server.name);
      if (found != nullptr && found->IsUsable()) up(backend.gateway, server.region) = 1;
    }
  }
  return up;
}

std::vector<std::optional<bool>> ServingRegions(const BalancerMap& map, const std::vector<HaproxyServer>& seen) {
  std::vector<std::optional<bool>> serving(map.regions.size());
  for (const BalancedBackend& backend : map.backends) {
    for (const BalancedServer& server : backend.servers) {
      const HaproxyServer* found = Find(seen, backend.name, server.name);
      std::optional<bool>& region = serving[static_cast<std::size_t>(server.region)];
      region = region.value_or(false) || (found != nullptr && found->IsUsable());
    }
  }
  return serving;
}

}  // namespace evenkeel
