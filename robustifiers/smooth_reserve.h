// The reserve of a finite norm with its derivatives, for Newton's method.
#pragma once

#include <Eigen/Core>

#include "models/base/linear_algebra.h"

namespace evenkeel {

/// R_q (robustifiers/budget.h) at a difference, [buckets], [buckets x buckets].
struct SmoothReserve {
  double value = 0.0;
  Vector gradient;
  Eigen::MatrixXd hessian;
};

/// q in [1, inf). Where the reserve is zero all derivatives are, but for the gradient of q = 1.
SmoothReserve EvaluateReserve(const Vector& difference, double q);

}  // namespace evenkeel
