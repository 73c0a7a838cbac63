// Measurements as stretches of time without holes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/series/measurements.h"

namespace evenkeel {

/// A measurement's time, or a part of a gap as long as a measurement.
struct Stretch {
  std::int64_t begin = 0, end = 0;  ///< seconds since 1970-01-01 00:00:00 UTC
  double value = kMissingValue;
  double weight = 1.0;
};

/// Stretches that follow each other without a hole, cover [`begin`, `end`) and have a value wherever they touch it;
/// what was missing is filled as `options` say, and noted with the longest gap. `steps` are the seconds that each
/// measurement holds for. Throws InputError for a gap that may not be filled, or is longer than `options.limit`.
std::vector<Stretch> WithoutGaps(const Measurements& measurements, const std::vector<std::int64_t>& steps,
                                 std::int64_t begin, std::int64_t end, const FillOptions& options,
                                 std::vector<std::string>* notes);

}  // namespace evenkeel
