// Small networks and traces to be filled in by hand, and adversaries that policies are played against.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/laws.h"
#include "models/generate/other_future.h"
#include "models/world/objective.h"
#include "models/world/trace.h"
#include "robustifiers/decision.h"

namespace evenkeel {

/// Regions r0, r1, .. and gateways g0, g1, ..: everyone reaches everyone, e = 1, PUE 1, no network cost.
Network PlainNetwork(int regions, int gateways);

/// Hourly slots over a plain network: demand 1 per gateway, capacity 1000 per region, all other signals 0.
Trace PlainTrace(int regions, int gateways, int slots);

/// A generated trace of 3 regions and 2 gateways.
Trace SmallTrace(int slots);

/// One group `carbon` over the regions.
Objective CarbonObjective(double weight, double norm);

/// MakeProblem for the trace's own network and demand. Gateways without demand count as 1.
Problem ProblemOf(const Trace& trace, const Objective& objective);

/// The trace's first slots alone.
Trace FirstSlots(const Trace& trace, int slots);

struct Played : PlayedPolicy {
  std::optional<GuaranteeReport> guarantee;  ///< of robust policies
};

/// PlayPolicy, and the guarantee of a robust policy.
Played Play(const Problem& problem, SlotSource& slots, Policy& policy);

/// Fills row t of the signals knowing the loads of the slots before.
using Adversary = std::function<void(int t, const Ledger& ledger, Signals* signals)>;

/// Plays the policy against an adversary that sees its ledger before it chooses the next slot; `trace` has the period's
/// length, and holds the whole period afterwards.
Played PlayAdversary(const Problem& problem, const Adversary& adversary, Policy& policy, Trace* trace);

}  // namespace evenkeel
