// Shares as the whole numbers that balancers take.
#pragma once

#include <vector>

#include "live/outputs/balancer_map.h"
#include "models/base/linear_algebra.h"

namespace evenkeel {

inline constexpr int kMostWeight = 256;  ///< HAProxy's

/// Half the sum of |weight_i / sum(weight) - share_i / sum(share)|, the part of requests that go elsewhere; 1 where all
/// weights are 0.
double WeightError(const std::vector<double>& share, const std::vector<int>& weight);

/// What weights may cost: 0.004 for up to three entries, 0.007 for more. Over random shares of 3 and of 10 regions,
/// sparse ones and even ones, rounding stays below (0.0029 and 0.0062); it is no bound for all shares: one of 256 and
/// nine of 0.5 end 0.0096 away.
double MostWeightError(int entries);

/// Weights 0..256 in proportion to `share` (>= 0, finite), the largest one 256. Largest remainders: all are rounded
/// down, and those that lose most get one more, until the sum is that of the exact weights, rounded.
///
/// A share above 0 that became 0 gets weight 1, larger shares first, as long as WeightError stays within
/// MostWeightError: requests keep a region's caches and checks warm, but 1/256 is much where a share is 1e-6.
/// Nothing where all shares are 0.
std::vector<int> WholeWeights(const std::vector<double>& share);

/// Weights of a backend's servers, in its order, for a gateway's shares of regions; nothing where none of its servers'
/// regions has a share.
std::vector<int> ServerWeights(const BalancedBackend& backend, const Eigen::Ref<const RowVector>& share);

}  // namespace evenkeel
