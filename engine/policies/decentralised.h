// A coordinator that sends a few numbers, and gateways that route by themselves (docs/scale.md).
//
// Every `every` slots the coordinator, which decides every slot as any policy does, sends a message; gateways have it
// `delay` slots later, and before the first one arrives they have that of the first slot. Each gateway j knows its own
// demand, its regions' capacity, what they cost and load in this slot, and the latest message. It routes
//
//   x[a] ~ (cap_i / r_a) exp(-(p_a + r_a nu_i) / tau),   sum_a x[a] = d_j,   a = (j, i, m),
//
// as smooth dispatch does (engine/dispatch/smooth_dispatch.h), at tau = 0 all by the arc with the least p_a + r_a nu_i.
//
//   kPrices    gamma^k of the coordinator's decision [buckets] and nu of smooth dispatch at them [regions]:
//              p_a = c_a + sum_k gamma^k h^k_a of this slot
//   kCosts     p_a [regions and variants; what a gateway adds for its network it knows] and nu, both of the message's
//              slot: shares do not change between messages
//   kWeights   the shares x[a] / d_j of the coordinator's own decision [arcs], which it routes in instead
//
// Regions accept up to their capacity, in proportion. What is refused goes out again, at the same prices (for weights:
// in proportion to the room) among regions with room left, until it is served. Where retries cannot place it, the slot
// is as the coordinator decided it. Decisions are what was served.
#pragma once

#include <memory>

#include "engine/policy.h"

namespace evenkeel {

enum class Message { kPrices, kCosts, kWeights };

struct DecentralisedOptions {
  Message message = Message::kCosts;
  int every = 1;             ///< slots between messages, >= 1
  int delay = 0;             ///< slots until a message is there, >= 0
  double temperature = 1.0;  ///< tau, USD per unit of workload, >= 0
  double headroom = 0.0;     ///< share of every region's capacity that nu leave free where demand allows, in [0, 1)
};

/// But for kWeights the coordinator must state prices in every slot (Policy::StatedPrices): Decide throws InputError
/// where it does not. Slots in which nu did not converge count as unconverged.
std::unique_ptr<Policy> MakeDecentralised(const Problem& problem, std::unique_ptr<Policy> coordinator,
                                          const DecentralisedOptions& options);

}  // namespace evenkeel
