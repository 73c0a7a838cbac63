// How a region that comes back is given its share step by step.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/linear_algebra.h"

namespace evenkeel {

struct RampOptions {
  double step = 1.0;           ///< in (0, 1]: of a gateway's requests, how much more a region may be given per interval
  std::int64_t interval = 60;  ///< seconds
};

/// Of every (gateway, region): since when it is back.
struct RampState {
  static constexpr std::int64_t kUnknown = -3, kFull = -2, kDown = -1;
  Eigen::Matrix<std::int64_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> since;
};

/// The most that every region may be given now, [gateways x regions]. One that is down gets `step`, so that it has that
/// weight at once when its checks find it up again; from when it is up and has a share, for as long as it has one, it
/// is `step` more after every interval, until 1. One that is up when it is seen first is not ramped. `up` and `share`
/// [gateways x regions].
RowMatrix RampCaps(const FlagMatrix& up, const RowMatrix& share, std::int64_t now, const RampOptions& options,
                   RampState* state);

/// Shares of one gateway, none above its cap; what that leaves goes to the other regions in proportion to their shares.
/// Where none of them has one it goes to those without a cap in proportion to `stand_in` (>= 0); where that is 0, too,
/// the shares stay as they are: requests that come have to go somewhere.
RowVector CapShares(const RowVector& share, const RowVector& cap, const RowVector& stand_in);

}  // namespace evenkeel
