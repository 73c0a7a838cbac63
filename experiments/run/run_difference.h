// Where a log and what is recomputed from it part.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "models/base/linear_algebra.h"

namespace evenkeel {

/// Relative to the sums that a value is made of.
inline constexpr double kTolerance = 1e-9;

/// The first thing in a log that does not hold.
class RunDifference : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws RunDifference unless the values agree to kTolerance of `scale`; a NaN never does.
inline void ExpectClose(int slot, const char* what, double logged, double recomputed, double scale) {
  if (logged == recomputed || std::abs(logged - recomputed) <= kTolerance * std::abs(scale)) return;
  throw RunDifference(
      fmt::format("slot {}: {} is {:.17g} in the log, {:.17g} when recomputed", slot, what, logged, recomputed));
}

/// The same entry by entry, on the scale of the largest.
inline void ExpectClose(int slot, const char* what, const Vector& logged, const Vector& recomputed) {
  const double scale = recomputed.cwiseAbs().maxCoeff();
  for (Eigen::Index b = 0; b < recomputed.size(); ++b) ExpectClose(slot, what, logged[b], recomputed[b], scale);
}

}  // namespace evenkeel
