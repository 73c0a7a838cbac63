// Where a log and what is recomputed from it part.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "models/base/linear_algebra.h"

namespace evenkeel {

/// Relative to the gross sums that a value is made of: of the sizes of what is added and taken away, not of the rest.
inline constexpr double kTolerance = 1e-9;
/// Relative to the gross sums of all slots before, whose rounding a difference of running sums carries.
inline constexpr double kCarried = 1e-13;

/// The first thing in a log that does not hold.
class RunDifference : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline bool IsClose(double logged, double recomputed, double allowed) {
  return logged == recomputed || (std::isfinite(allowed) && std::abs(logged - recomputed) <= allowed);
}

/// Throws RunDifference unless the values are the same or differ by `allowed` at most; a NaN never does.
inline void ExpectClose(int slot, const char* what, double logged, double recomputed, double allowed) {
  if (IsClose(logged, recomputed, allowed)) return;
  throw RunDifference(
      fmt::format("slot {}: {} is {:.17g} in the log, {:.17g} when recomputed", slot, what, logged, recomputed));
}

/// The same entry by entry, each on its own gross sum.
inline void ExpectClose(int slot, const char* what, const Vector& logged, const Vector& recomputed,
                        const Vector& gross) {
  for (Eigen::Index b = 0; b < recomputed.size(); ++b) {
    if (IsClose(logged[b], recomputed[b], kTolerance * gross[b])) continue;
    throw RunDifference(fmt::format("slot {}: {}[{}] is {:.17g} in the log, {:.17g} when recomputed", slot, what, b,
                                    logged[b], recomputed[b]));
  }
}

}  // namespace evenkeel
