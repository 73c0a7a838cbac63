#include "models/base/norm.h"

#include <cmath>

#include "models/base/error.h"

namespace evenkeel {

double Power(double base, double exponent) {
  if (!(exponent >= 0.0 && exponent <= 64.0) || exponent != std::floor(exponent)) return std::pow(base, exponent);
  double power = 1.0;
  for (int left = static_cast<int>(exponent); left > 0; left /= 2, base *= base) {
    if (left % 2 == 1) power *= base;
  }
  return power;
}

double Norm(const VectorRef& v, double q) {
  EVENKEEL_CHECK_GE(q, 1.0);
  if (v.size() == 0) return 0.0;
  const double largest = v.cwiseAbs().maxCoeff();
  if (std::isinf(q) || largest == 0.0) return largest;
  if (q == 1.0) return v.cwiseAbs().sum();
  // Scaled by the largest entry, so that powers neither overflow nor vanish.
  double sum = 0.0;
  for (Eigen::Index b = 0; b < v.size(); ++b) sum += Power(std::abs(v[b]) / largest, q);
  return largest * std::pow(sum, 1.0 / q);
}

double DualExponent(double q) {
  if (q == 1.0) return kInfinity;
  if (std::isinf(q)) return 1.0;
  return q / (q - 1.0);
}

void NormGradient(const VectorRef& v, double q, Eigen::Ref<Vector> gradient) {
  gradient.setZero();
  const double norm = Norm(v, q);
  if (norm == 0.0) return;
  if (std::isinf(q)) {
    Eigen::Index worst = 0;
    v.maxCoeff(&worst);
    gradient[worst] = 1.0;
    return;
  }
  for (Eigen::Index b = 0; b < v.size(); ++b) gradient[b] = q == 1.0 ? 1.0 : Power(v[b] / norm, q - 1.0);
}

void ScaleIntoDualBall(double weight, double q, Eigen::Ref<Vector> prices) {
  prices = prices.cwiseMax(0.0);
  const double norm = Norm(prices, DualExponent(q));
  if (norm > weight) prices *= weight / norm;
}

}  // namespace evenkeel
