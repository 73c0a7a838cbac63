#include "models/base/random.h"

#include <Random123/philox.h>

#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

// Coefficients of AS 241 from the constant term up: numerators and denominators of its three ranges.
using Polynomial = std::array<double, 8>;

constexpr Polynomial kCentralA = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                  1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                  3.3430575583588128105e4, 2.5090809287301226727e3};
constexpr Polynomial kCentralB = {1.0,
                                  4.2313330701600911252e1,
                                  6.8718700749205790830e2,
                                  5.3941960214247511077e3,
                                  2.1213794301586595867e4,
                                  3.9307895800092710610e4,
                                  2.8729085735721942674e4,
                                  5.2264952788528545610e3};
constexpr Polynomial kMiddleA = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                 3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr Polynomial kMiddleB = {1.0,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9};
constexpr Polynomial kTailA = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                               2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                               2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr Polynomial kTailB = {1.0,
                               5.99832206555887937690e-1,
                               1.36929880922735805310e-1,
                               1.48753612908506148525e-2,
                               7.86869131145613259100e-4,
                               1.84631831751005468180e-5,
                               1.42151175831644588870e-7,
                               2.04426310338993978564e-15};

double Ratio(const Polynomial& a, const Polynomial& b, double x) {
  double numerator = a[7];
  double denominator = b[7];
  for (int i = 6; i >= 0; --i) {
    numerator = numerator * x + a[i];
    denominator = denominator * x + b[i];
  }
  return numerator / denominator;
}

}  // namespace

std::array<std::uint32_t, 4> Philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key) {
  const r123::Philox4x32::ctr_type c = {{counter[0], counter[1], counter[2], counter[3]}};
  const r123::Philox4x32::key_type k = {{key[0], key[1]}};
  const r123::Philox4x32::ctr_type out = r123::Philox4x32()(c, k);
  return {out[0], out[1], out[2], out[3]};
}

std::uint64_t RandomBits(const RandomStream& stream, std::uint64_t position) {
  const std::array<std::uint32_t, 4> out =
      Philox({static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32), stream.index,
              static_cast<std::uint32_t>(stream.purpose)},
             {static_cast<std::uint32_t>(stream.seed), static_cast<std::uint32_t>(stream.seed >> 32)});
  return (static_cast<std::uint64_t>(out[1]) << 32) | out[0];
}

double Uniform(const RandomStream& stream, std::uint64_t position) {
  // 52 bits, not 53: the largest value, 1 - 2^-53, is then still a double below 1.
  return (static_cast<double>(RandomBits(stream, position) >> 12) + 0.5) * 0x1.0p-52;
}

double Normal(const RandomStream& stream, std::uint64_t position) { return NormalQuantile(Uniform(stream, position)); }

double NormalQuantile(double p) {
  EVENKEEL_CHECK(p > 0.0 && p < 1.0);
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) return q * Ratio(kCentralA, kCentralB, 0.180625 - q * q);
  const double r = std::sqrt(-std::log(q < 0.0 ? p : 1.0 - p));
  const double x = r <= 5.0 ? Ratio(kMiddleA, kMiddleB, r - 1.6) : Ratio(kTailA, kTailB, r - 5.0);
  return q < 0.0 ? -x : x;
}

}  // namespace evenkeel
