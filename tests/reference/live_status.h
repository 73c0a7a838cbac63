// A status of the live engine that nobody measured: tests of what is served of it.
#pragma once

#include "live/engine/status.h"

namespace evenkeel {

/// Gateways "east" and "west", regions "north", "south" and one whose name is hostile; slots 0 to `num_slots` - 1 of
/// hours from 2026-05-01 on are decided. North has the most carbon, south the most water.
LiveStatus MadeUpStatus(int num_slots = 30);
/// The same with region south down, sources and observations stale, an output that fails, not ready and degraded.
LiveStatus MadeUpTrouble(int num_slots = 30);
/// MadeUpStatus with the classes of work "training" and "reports", of which some is late.
LiveStatus MadeUpWork();
/// 10 gateways, 10 regions, 744 slots.
LiveStatus MadeUpLargeStatus();

}  // namespace evenkeel
