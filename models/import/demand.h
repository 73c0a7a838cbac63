// Demand from a measured series.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/linear_algebra.h"
#include "models/series/measurements.h"

namespace evenkeel {

/// A CSV with the columns `Time` and one of `Demand` in any unit, `Demand (MW)`, and `Demand (MWh)` or `Energy (MWh)`:
/// the energies are summed into slots and the others averaged. Powers are MWh of a slot of `slot` seconds. Times
/// without an offset are those of a clock without zone; times with offsets, which all have to have then, are moved to
/// UTC. Throws InputError.
Measurements ReadDemandSeries(const std::string& path, std::int64_t slot);

/// How a series becomes the demand of gateways.
struct DemandScale {
  bool to_range = true;  ///< low + (high - low) (v - min) / (max - min) with the extremes of the whole series; else v
  double low = 0.35;     ///< units of workload per slot
  double high = 0.95;
};

/// The series as it is, or moved into a range. Throws InputError for a constant series that should fill a range.
Vector ScaleDemand(const std::vector<double>& series, const DemandScale& scale, const std::string& where);

/// Demand of gateways [slots x gateways]: the series, which repeats from its end, starts with slot `-lead` on a
/// gateway's own clock, and clocks differ from UTC by `offset_slots`: d[t, j] = share[j] series[(lead + t + offset[j])
/// mod n].
RowMatrix RepeatDemand(const Vector& series, int slots, std::int64_t lead, const std::vector<int>& offset_slots,
                       const std::vector<double>& share);

}  // namespace evenkeel
