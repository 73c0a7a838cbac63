// What meters say of a slot that is over.
#pragma once

#include <cstdint>
#include <optional>

#include "models/base/linear_algebra.h"

namespace evenkeel {

/// A slot's meters: of firm demand, of work that can wait, or of both. Of each a later revision replaces an earlier one
/// as a whole, whatever the order of arrival.
struct MeterReport {
  std::int64_t begin = 0;  ///< of the slot, seconds since 1970-01-01 00:00:00 UTC
  int revision = 1;        ///< >= 1; the largest one counts
  /// Workload [gateways x regions], >= 0, finite; for classes of work what was done of it. A class's row of NaN:
  /// nothing is said of it. All firm rows of NaN: nothing is said of firm demand, nor of the regions.
  RowMatrix served;

  // Per region, each >= 0 but the price; NaN for a region that has no such meter. Absent where no region has one.
  std::optional<Vector> energy_mwh;        ///< of the machines that serve (IT energy, before PUE)
  std::optional<Vector> price;             ///< USD/MWh
  std::optional<Vector> carbon_intensity;  ///< kg/kWh
  std::optional<Vector> water_intensity;   ///< L/kWh
};

/// What was done of the work that can wait in a slot, as metered.
struct WorkMeter {
  int revision = 1;
  RowMatrix done;  ///< [classes x regions], units; a row of NaN: nothing is said, and it counts as done as released
};

}  // namespace evenkeel
