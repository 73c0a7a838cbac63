#include "live/outputs/reconcile.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

const HaproxyCounters* Find(const HaproxyView& view, const HaproxyCounters& like) {
  for (const HaproxyCounters& one : view.counters)
    if (one.server == like.server && one.backend == like.backend) return &one;
  return nullptr;
}

/// Where a line of counters belongs: the backend of the map, and the server's region or -1.
struct Place {
  int backend = -1, region = -1;
};

Place PlaceOf(const BalancerMap& map, const HaproxyCounters& counters) {
  for (int b = 0; b < static_cast<int>(map.backends.size()); ++b) {
    if (map.backends[b].name != counters.backend) continue;
    for (const auto* list : {&map.backends[b].servers, &map.backends[b].spares}) {
      for (const BalancedServer& server : *list)
        if (server.name == counters.server) return {b, server.region};
    }
    return {b, -1};
  }
  return {};
}

/// Who takes what a region that is down or just back may not have, where nobody else has a share: whoever has it now,
/// else all that can, [gateways x regions].
RowMatrix StandIns(const BalancerMap& map, const HaproxyView& seen, const FlagMatrix& up, const RowMatrix& caps) {
  RowMatrix now = AppliedShares(map, seen.servers);
  now = (caps.array() >= 1.0).select(now, 0.0);
  for (const BalancedBackend& backend : map.backends) {
    if (now.row(backend.gateway).sum() > 0.0) continue;
    for (const BalancedServer& server : backend.servers)
      now(backend.gateway, server.region) = up(backend.gateway, server.region) != 0 ? 1.0 : 0.0;
  }
  return now;
}

}  // namespace

void CheckWanted(const WantedShares& wanted, const BalancerMap& map) {
  const RowMatrix& share = wanted.shares.share;
  const int gateways = static_cast<int>(map.gateways.size()), regions = static_cast<int>(map.regions.size());
  if (share.rows() != gateways || share.cols() != regions)
    throw InputError("{} x {} shares, expected {} gateways x {} regions", share.rows(), share.cols(), gateways,
                     regions);
  if (!share.allFinite() || (share.array() < 0.0).any()) throw InputError("shares must be finite and not below 0");
  if (!wanted.regions.empty() && wanted.regions.size() != map.regions.size())
    throw InputError("orders for {} regions, expected {}", wanted.regions.size(), regions);
}

void CheckOptions(const ReconcileOptions& options) {
  if (!(options.ramp.step > 0.0 && options.ramp.step <= 1.0))
    throw InputError("ramp step {}: expected more than 0 and at most 1", options.ramp.step);
  if (options.ramp.interval < 1) throw InputError("ramp interval {} s: expected 1 s or more", options.ramp.interval);
  if (!(options.interval >= 0.1 && options.interval <= 3600.0))
    throw InputError("interval {} s: expected 0.1 s to 3600 s", options.interval);
  if (!(options.most_pause >= options.interval && options.most_pause <= 3600.0))
    throw InputError("longest pause {} s: expected {} s to 3600 s", options.most_pause, options.interval);
}

WeightPlan Reconcile(const BalancerMap& map, const WantedShares& wanted, const HaproxyView& seen, std::int64_t now,
                     const ReconcileOptions& options, ReconcileState* state, RowMatrix* target) {
  const FlagMatrix up = RegionsUp(map, seen.servers);
  EVENKEEL_CHECK(wanted.shares.share.rows() == up.rows() && wanted.shares.share.cols() == up.cols());
  const RowMatrix caps = RampCaps(up, wanted.shares.share, now, options.ramp, &state->ramp);
  const RowMatrix stand_in = StandIns(map, seen, up, caps);
  RowMatrix share = wanted.shares.share;
  for (int j = 0; j < share.rows(); ++j) share.row(j) = CapShares(share.row(j), caps.row(j), stand_in.row(j));
  if (target != nullptr) *target = share;
  return PlanWeights(map, share, wanted.regions, seen);
}

double NextRound(int failures, const ReconcileOptions& options) {
  return std::min(options.most_pause, options.interval * std::exp2(std::clamp(failures - 1, 0, 30)));
}

void AddServed(const BalancerMap& map, const HaproxyView& before, const HaproxyView& now_seen, std::int64_t now,
               ServedRequests* sums) {
  if (sums->served.size() == 0) sums->served = RowMatrix::Zero(map.gateways.size(), map.regions.size());
  const bool same = now_seen.process.IsSameAs(before.process);
  bool reset = !same;
  for (const HaproxyCounters& counters : now_seen.counters) {
    const Place place = PlaceOf(map, counters);
    if (place.backend < 0 || counters.server.empty()) continue;
    const HaproxyCounters* old = same ? Find(before, counters) : nullptr;
    std::int64_t added = counters.Served() - (old != nullptr ? old->Served() : 0);
    if (added < 0) {
      reset = true;
      added = counters.Served();
    }
    if (place.region >= 0) {
      sums->served(map.backends[place.backend].gateway, place.region) += static_cast<double>(added);
    } else if (added > 0 &&
               std::find(sums->unmapped.begin(), sums->unmapped.end(), place.backend) == sums->unmapped.end()) {
      sums->unmapped.push_back(place.backend);
    }
  }
  if (!reset) return;
  ++sums->resets;
  sums->last_reset = now;
}

}  // namespace evenkeel
