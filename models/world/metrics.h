// How evenly a burden is spread over buckets.
#pragma once

#include "models/base/linear_algebra.h"

namespace evenkeel {

struct Spread {
  double sum = 0.0;
  double mean = 0.0;
  double max = 0.0;
  double par = 1.0;   ///< max / mean, the peak-to-average ratio; 1 when everything is zero
  double gini = 0.0;  ///< sum_ij |v_i - v_j| / (2 n^2 mean), 0 is even; 0 when everything is zero
  double jain = 1.0;  ///< (sum v)^2 / (n sum v^2), 1 is even; 1 when everything is zero
};

/// Spread of the values, [n >= 1]. Gini and Jain assume v >= 0.
Spread ComputeSpread(const VectorRef& values);

}  // namespace evenkeel
