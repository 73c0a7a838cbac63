// What a live engine decides with, and where it keeps what it knows.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "live/engine/period_run.h"
#include "live/engine/reading_store.h"
#include "live/engine/status.h"

namespace evenkeel {

struct LiveEngineOptions {
  std::string
      folder;  ///< where journals are, one per period: 2026-11.journal; and waiting.journal, of before the first
  std::string policy;  ///< spec string, for the journal's head
  double slot_hours = 1.0;
  std::int64_t lead = 20;                ///< seconds before a slot's begin at which it is decided
  std::int64_t close_after = 72 * 3600;  ///< seconds after a period's end until which meters count
  std::int64_t valid_for = 2 * 3600;     ///< seconds after a slot's begin until which adapters may believe its shares
  LiveMode mode = LiveMode::kShadow;     ///< until somebody sets another
  Network network;
  ReadingStoreOptions store;   ///< time base and sizes are filled in
  std::uint32_t checksum = 0;  ///< of all else that decisions depend on: network file, objective, options
  /// Makes problem and policy of a period. Throws InputError.
  std::function<PeriodSetup(const PeriodStart& start)> make_period;
};

/// The store's, with time base and sizes.
ReadingStoreOptions StoreOptionsOf(const LiveEngineOptions& options);

}  // namespace evenkeel
