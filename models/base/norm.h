// l_q norms of load vectors, q in [1, inf], and their duals.
#pragma once

#include <limits>

#include "models/base/linear_algebra.h"

namespace evenkeel {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// base^exponent for base >= 0; by multiplication where the exponent is a small whole number, as norms' mostly are:
/// std::pow takes ten times as long.
double Power(double base, double exponent);

/// ||v||_q = (sum_b |v_b|^q)^(1/q), and max_b |v_b| for q = inf. 0 for an empty vector.
double Norm(const VectorRef& v, double q);

/// q* with 1/q + 1/q* = 1.
double DualExponent(double q);

/// A subgradient of ||.||_q at v >= 0: g_b = (v_b / ||v||_q)^(q-1). For q = inf the first largest entry gets 1. Zero at
/// v = 0. Always ||g||_{q*} <= 1 up to rounding.
void NormGradient(const VectorRef& v, double q, Eigen::Ref<Vector> gradient);

/// Clips negative entries to zero and scales the rest so that ||prices||_{q*} <= weight: a point of the group's dual
/// set.
void ScaleIntoDualBall(double weight, double q, Eigen::Ref<Vector> prices);

}  // namespace evenkeel
