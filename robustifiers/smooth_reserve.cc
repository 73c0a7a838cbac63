#include "robustifiers/smooth_reserve.h"

#include <algorithm>

#include "models/base/norm.h"
#include "robustifiers/budget.h"

namespace evenkeel {

SmoothReserve EvaluateReserve(const Vector& difference, double q) {
  const Eigen::Index n = difference.size();
  SmoothReserve out;
  out.value = Reserve(difference, q);
  out.hessian = Eigen::MatrixXd::Zero(n, n);
  out.gradient = q == 1.0 ? Vector::Ones(n) : Vector::Zero(n);
  if (q == 1.0 || out.value <= 0.0) return out;
  const Vector u = difference.cwiseMax(0.0) / out.value;
  for (Eigen::Index b = 0; b < n; ++b) out.gradient[b] = Power(u[b], q - 1.0);
  const double factor = (q - 1.0) / out.value;
  out.hessian = -factor * out.gradient * out.gradient.transpose();
  for (Eigen::Index b = 0; b < n; ++b)
    out.hessian(b, b) += u[b] > 0.0 ? factor * Power(std::max(u[b], 1e-9), q - 2.0) : 0.0;
  return out;
}

}  // namespace evenkeel
