// Demand from a measured series or from a log of requests.
#pragma once

#include <string>
#include <vector>

#include "models/base/linear_algebra.h"
#include "models/import/time_series.h"

namespace evenkeel {

/// Energy of a request to a language model: what was measured on one's own servers. Wh of IT energy.
struct RequestEnergy {
  double per_request = 0.0;
  double per_context_token = 0.0;
  double per_generated_token = 0.0;
};

/// A CSV with the columns `Time` and `Demand` in any unit, at the pace of its first two rows. Its clock has no zone.
Measurements ReadDemandSeries(const std::string& path);

/// A CSV with the columns TIMESTAMP, ContextTokens, GeneratedTokens, a row per request in order of time: MWh in bins of
/// `step` seconds from the first request on. The last bin, which the log may not fill, is left out where it is not the
/// only one.
Measurements ReadRequests(const std::string& path, const RequestEnergy& energy, std::int64_t step);

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
