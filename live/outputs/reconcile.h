// One round of keeping a balancer as decided, without sockets, threads or clocks.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "live/engine/shares.h"
#include "live/outputs/balancer_map.h"
#include "live/outputs/ramp.h"
#include "live/outputs/weight_plan.h"

namespace evenkeel {

struct WantedShares {
  Shares shares;
  std::vector<RegionOrder> regions;  ///< [regions], or empty: none is touched
};

/// Throws InputError unless shares are finite, >= 0 and of the map's gateways and regions, and orders of its regions.
void CheckWanted(const WantedShares& wanted, const BalancerMap& map);

struct ReconcileOptions {
  RampOptions ramp;
  double interval = 5.0;     ///< seconds between rounds
  double most_pause = 60.0;  ///< between rounds while nobody answers
};

/// Throws InputError for a step or times that are out of range.
void CheckOptions(const ReconcileOptions& options);

struct ReconcileState {
  RampState ramp;
};

/// What is to be sent for the wanted shares to come true, from what is seen alone: weights that somebody else changed,
/// that a reload dropped or that were set in part are set again. Regions that come back are given their share step by
/// step. `target`, if given, is set to the shares that the commands stand for.
WeightPlan Reconcile(const BalancerMap& map, const WantedShares& wanted, const HaproxyView& seen, std::int64_t now,
                     const ReconcileOptions& options, ReconcileState* state, RowMatrix* target = nullptr);

/// Seconds to the next round after so many that failed in a row: `interval`, doubled with every failure behind the
/// first, at most `most_pause`.
double NextRound(int failures, const ReconcileOptions& options);

/// Requests served since they were first read, through reloads.
struct ServedRequests {
  RowMatrix served;             ///< [gateways x regions]
  std::vector<int> unmapped;    ///< backends of the map (indices) in which others than its servers served something
  int resets = 0;               ///< times that counters began anew, by a reload or `clear counters`
  std::int64_t last_reset = 0;  ///< when that was seen, seconds since 1970; 0: never
};

/// Adds what was served from `before` to `now_seen`. Where another process answers, or a counter fell, all of the
/// counter is new; what the old one served behind its last reading is not known.
void AddServed(const BalancerMap& map, const HaproxyView& before, const HaproxyView& now_seen, std::int64_t now,
               ServedRequests* sums);

/// What is known of a balancer, for metrics and status.
struct HaproxySnapshot {
  std::int64_t read_at = 0;  ///< when it last answered, seconds since 1970; 0: never
  HaproxyProcess process;
  RowMatrix applied;            ///< AppliedShares as last read; no rows: never
  std::vector<std::optional<bool>> serving;  ///< ServingRegions as last read; empty: never
  RowMatrix target;             ///< what was last asked for; no rows: nothing
  int slot = -1;                ///< that `target` is of
  std::int64_t applied_at = 0;  ///< when `applied` was first read after `target` changed, without commands left
  ServedRequests requests;
  std::vector<ApplyFailure> failures;                      ///< of the last round
  std::array<std::int64_t, kNumApplyReasons> failed = {};  ///< all so far
  std::int64_t rounds = 0, commands = 0, restarts = 0;
  int failed_rounds = 0;  ///< in a row, in which it did not answer
};

}  // namespace evenkeel
