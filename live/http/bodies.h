// What the bodies of requests say. All throw FieldError for what they may not say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "live/engine/meter_report.h"
#include "live/engine/reading.h"
#include "live/engine/status.h"

namespace evenkeel {

inline constexpr int kMostReadings = 10000;  ///< of one batch

struct ReadingBatch {
  std::string id;
  std::vector<Reading> readings;
};

/// Names of gateways and regions are the status's.
ReadingBatch ParseObservations(std::string_view body, const LiveStatus& status);
MeterReport ParseMeters(std::string_view body, const LiveStatus& status);
RegionState ParseRegionState(std::string_view body);
LiveMode ParseMode(std::string_view body);

}  // namespace evenkeel
