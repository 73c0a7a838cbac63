// From decided shares to commands for HAProxy, without talking to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "live/outputs/balancer_map.h"
#include "live/outputs/haproxy_socket.h"
#include "models/base/linear_algebra.h"

namespace evenkeel {

/// Why shares are not applied, or not all of them; the label of a counter.
enum class ApplyReason {
  kConnection,        ///< the socket does not answer
  kTimeout,           ///< or too late
  kAnswer,            ///< or what nobody understands
  kPermission,        ///< `level admin` is missing
  kRefused,           ///< a command, for another reason
  kNoBackend,         ///< of that name
  kNoServer,          ///< of that name in its backend
  kNoServerOfRegion,  ///< a region has a share in a backend and no server
  kNoUsableServer,    ///< no server that should be given requests can be: weights are not lowered to 0
  kUnmapped,          ///< a server of the backend that stands for no region is given requests as well
  kAgent,             ///< the server's agent check says its weight
  kAlgorithm,         ///< the backend's algorithm does not give shares
  kInexact,           ///< or only about
  kNotApplied,        ///< HAProxy said nothing against it, and has another weight
};
inline constexpr int kNumApplyReasons = 14;
/// `connection`, `no_server`, ..
const char* Name(ApplyReason reason);

struct ApplyFailure {
  ApplyReason reason = ApplyReason::kConnection;
  std::string text;  ///< names backend and server, and what HAProxy said
};

/// What an operator wants of a region's servers. kAsIs: nothing is sent, a server that somebody put into maintenance
/// stays there.
enum class RegionOrder { kAsIs, kUp, kDrain, kDown };

/// What is to be sent: `raise` first, `lower` when all of it is done. The other order leaves moments in which nobody
/// has a weight, and HAProxy answers 503.
struct WeightPlan {
  std::vector<HaproxyCommand> raise, lower;
  std::vector<ApplyFailure> failures;
};

/// Commands that lead from what is seen to `share` [gateways x regions]; none where it is so already. A row of zeros
/// leaves its backend alone. `orders`: [regions], or empty for kAsIs.
///
/// Servers that HAProxy doesn't have are failures, and those that it has share their region's part. Where no server
/// that should get requests is usable (all are down), no usable one is lowered to 0.
WeightPlan PlanWeights(const BalancerMap& map, const RowMatrix& share, const std::vector<RegionOrder>& orders,
                       const HaproxyView& seen);

/// `lower` without what would take requests from backends in which a raise failed: commands to weight 0.
std::vector<HaproxyCommand> WithoutHeld(const std::vector<HaproxyCommand>& lower,
                                        const std::vector<std::string>& failed_backends);

/// What HAProxy said to a command; nothing where it was done.
std::vector<ApplyFailure> FailuresOf(const std::vector<HaproxyCommand>& commands,
                                     const std::vector<std::string>& answers);

/// Commands whose weight is not what was read back.
std::vector<ApplyFailure> NotApplied(const std::vector<HaproxyCommand>& commands,
                                     const std::vector<HaproxyServer>& seen);

/// The part of each gateway's requests that HAProxy now gives to each region, by the weights of usable servers; a row
/// of zeros where there is none. [gateways x regions]
RowMatrix AppliedShares(const BalancerMap& map, const std::vector<HaproxyServer>& seen);

/// Whether a region has a usable server for a gateway, [gateways x regions]; true where it has none in the map.
FlagMatrix RegionsUp(const BalancerMap& map, const std::vector<HaproxyServer>& seen);

/// Of every region, whether any of its servers is usable, for whatever gateway; nothing where the map has none of it.
std::vector<std::optional<bool>> ServingRegions(const BalancerMap& map, const std::vector<HaproxyServer>& seen);

}  // namespace evenkeel
