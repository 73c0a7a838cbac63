#include "models/base/norm.h"

#include <gtest/gtest.h>

#include "models/base/error.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

Vector Gradient(const Vector& v, double q) {
  Vector gradient = Vector::Constant(v.size(), -7.0);  // whatever was there
  NormGradient(v, q, gradient);
  return gradient;
}

Vector ToDualBall(double weight, double q, Vector prices) {
  ScaleIntoDualBall(weight, q, prices);
  return prices;
}

TEST(NormTest, KnownValues) {
  const Eigen::Vector3d v(3.0, -4.0, 0.0);
  EXPECT_EQ(Norm(v, 1.0), 7.0);
  EXPECT_DOUBLE_EQ(Norm(v, 2.0), 5.0);
  EXPECT_EQ(Norm(v, kInfinity), 4.0);
  EXPECT_DOUBLE_EQ(Norm(v, 3.0), std::cbrt(91.0));  // 27 + 64
  EXPECT_EQ(Norm(Vector(), 2.0), 0.0);
  EXPECT_EQ(Norm(Vector::Zero(4), 4.0), 0.0);
}

TEST(NormTest, PowersNeitherOverflowNorVanish) {
  EXPECT_DOUBLE_EQ(Norm(Eigen::Vector2d(3e200, 4e200), 2.0), 5e200);
  EXPECT_DOUBLE_EQ(Norm(Eigen::Vector2d(3e-200, 4e-200), 2.0), 5e-200);
  EXPECT_DOUBLE_EQ(Norm(Vector::Constant(8, 1e100), 64.0), 1e100 * std::pow(8.0, 1.0 / 64.0));
}

TEST(NormTest, ExponentsBelowOneAreABug) { EXPECT_THROW(Norm(Vector::Ones(2), 0.5), InternalError); }

TEST(NormTest, DualExponents) {
  EXPECT_EQ(DualExponent(1.0), kInfinity);
  EXPECT_EQ(DualExponent(kInfinity), 1.0);
  EXPECT_EQ(DualExponent(2.0), 2.0);
  EXPECT_EQ(DualExponent(4.0), 4.0 / 3.0);
}

// At (3, 4): v / ||v||_2 = (0.6, 0.8); all ones for q = 1; the largest alone for q = inf, the first of equal ones.
TEST(NormTest, KnownGradients) {
  const Eigen::Vector2d v(3.0, 4.0);
  EXPECT_TRUE(Gradient(v, 2.0).isApprox(Eigen::Vector2d(0.6, 0.8), 1e-15));
  EXPECT_EQ(Gradient(v, 1.0), Eigen::Vector2d(1.0, 1.0));
  EXPECT_EQ(Gradient(v, kInfinity), Eigen::Vector2d(0.0, 1.0));
  EXPECT_EQ(Gradient(Eigen::Vector3d(1.0, 4.0, 4.0), kInfinity), Eigen::Vector3d(0.0, 1.0, 0.0));
  for (double q : {1.0, 2.0, kInfinity}) EXPECT_EQ(Gradient(Vector::Zero(3), q), Vector::Zero(3)) << q;
}

// Hoelder with equality: g . v = ||v||_q and ||g||_{q*} = 1. And g . w <= ||w||_q for every other w.
TEST(NormTest, GradientsSupportTheNorm) {
  for (int seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Vector v(DrawInt(&random, 1, 8)), w(v.size());
    for (double& entry : v) entry = DrawInt(&random, 0, 3) == 0 ? 0.0 : std::pow(10.0, Draw(&random, -6.0, 6.0));
    for (double& entry : w) entry = Draw(&random, 0.0, 10.0);
    if (v.maxCoeff() == 0.0) continue;
    for (double q : {1.0, 1.1, 2.0, 8.0, 64.0, kInfinity}) {
      const Vector g = Gradient(v, q);
      EXPECT_NEAR(g.dot(v) / Norm(v, q), 1.0, 1e-12) << q;
      EXPECT_NEAR(Norm(g, DualExponent(q)), 1.0, 1e-12) << q;
      EXPECT_LE(g.dot(w), Norm(w, q) * (1.0 + 1e-12)) << q;
    }
  }
}

// (3, -4, 4) clipped is (3, 0, 4). Its dual norm: 5 for q = 2, 7 for q = inf (q* = 1), 4 for q = 1 (q* = inf).
TEST(NormTest, ScalesIntoTheDualBall) {
  const Eigen::Vector3d prices(3.0, -4.0, 4.0);
  EXPECT_TRUE(ToDualBall(2.5, 2.0, prices).isApprox(Eigen::Vector3d(1.5, 0.0, 2.0), 1e-15));
  EXPECT_TRUE(ToDualBall(3.5, kInfinity, prices).isApprox(Eigen::Vector3d(1.5, 0.0, 2.0), 1e-15));
  EXPECT_TRUE(ToDualBall(2.0, 1.0, prices).isApprox(Eigen::Vector3d(1.5, 0.0, 2.0), 1e-15));
  EXPECT_EQ(ToDualBall(100.0, 2.0, prices), Eigen::Vector3d(3.0, 0.0, 4.0)) << "prices inside the ball stay";
  EXPECT_EQ(ToDualBall(0.0, 2.0, prices), Vector::Zero(3));
}

TEST(NormTest, PowersByMultiplicationAreThePowers) {
  for (double base : {0.0, 1e-9, 0.3, 1.0, 1.7}) {
    for (double exponent : {0.0, 0.5, 1.0, 2.0, 3.0, 4.5, 8.0, 31.0, 64.0, 65.0}) {
      const double expected = std::pow(base, exponent);
      EXPECT_NEAR(Power(base, exponent), expected, 1e-13 * expected) << base << " to " << exponent;
    }
  }
}

}  // namespace
}  // namespace evenkeel
