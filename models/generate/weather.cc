#include "models/generate/weather.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/world/network.h"

namespace evenkeel {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kDegree = kPi / 180.0;
constexpr double kHoursPerYear = 365.2425 * 24.0;

// 400 centres lie about 1,100 km apart: with this kernel every place has one within its width, and the field is smooth.
constexpr int kCentres = 400;
constexpr double kKernelKm = 700.0;
constexpr double kCutoffKm = 3.0 * kKernelKm;

/// Centre k of a Fibonacci lattice, which is nearly uniform on the sphere.
Coordinates CentreAt(int k) {
  const double z = 1.0 - (2.0 * k + 1.0) / kCentres;
  const double turn = std::fmod(k * 0.61803398874989484820, 1.0);
  return {std::asin(z) / kDegree, turn * 360.0 - 180.0};
}

}  // namespace

Clock ClockAt(std::int64_t start_time, double slot_hours, int slot) {
  const double hours = static_cast<double>(start_time) / 3600.0 + (slot + 0.5) * slot_hours;
  return {hours, 2.0 * kPi * std::fmod(hours, kHoursPerYear) / kHoursPerYear};
}

LocalTime LocalTimeAt(const Clock& clock, double longitude) {
  const double local = clock.hours + longitude / 15.0;
  const double day = std::floor(local / 24.0);
  // 1970-01-01 was a Thursday, so that days 2 and 3 after it, modulo 7, are the weekend.
  const auto weekday = ((static_cast<std::int64_t>(day) % 7) + 7) % 7;
  return {local - 24.0 * day, weekday == 2 || weekday == 3};
}

double DailyWave(double hour, double peak_hour, double period) {
  return std::cos(2.0 * kPi * (hour - peak_hour) / period);
}

double SunHeight(const Clock& clock, const Coordinates& at, double local_hour) {
  const double declination = -23.44 * kDegree * std::cos(clock.year + 2.0 * kPi * 10.0 / 365.2425);
  const double latitude = at.latitude * kDegree;
  const double height = std::sin(latitude) * std::sin(declination) +
                        std::cos(latitude) * std::cos(declination) * std::cos(2.0 * kPi * (local_hour - 12.0) / 24.0);
  return std::max(0.0, height);
}

double MeanSunHeight(const Coordinates& at) {
  constexpr int kDays = 12;
  double sum = 0.0;
  for (int day = 0; day < kDays; ++day) {
    for (int hour = 0; hour < 24; ++hour) sum += SunHeight({0.0, 2.0 * kPi * day / kDays}, at, hour + 0.5);
  }
  return sum / (kDays * 24.0);
}

Memory MakeMemory(double memory_hours, double slot_hours) {
  const double rho = std::exp(-slot_hours / memory_hours);
  return {rho, std::sqrt(1.0 - rho * rho)};
}

WeatherField::WeatherField(std::uint64_t seed, RandomPurpose purpose, const std::vector<Coordinates>& places,
                           const Memory& memory)
    : seed_(seed), purpose_(purpose), memory_(memory), first_term_{0}, values_(places.size(), 0.0) {
  std::vector<int> used(kCentres, -1);
  for (const Coordinates& place : places) {
    const std::size_t first = terms_.size();
    double squares = 0.0;
    for (int k = 0; k < kCentres; ++k) {
      const Coordinates centre = CentreAt(k);
      const double km = GreatCircleKm(place.latitude, place.longitude, centre.latitude, centre.longitude);
      if (km > kCutoffKm) continue;
      int& index = used[k];
      if (index < 0) {
        index = static_cast<int>(centres_.size());
        centres_.push_back(static_cast<std::uint32_t>(k));
      }
      const double weight = std::exp(-0.5 * (km / kKernelKm) * (km / kKernelKm));
      terms_.push_back({index, weight});
      squares += weight * weight;
    }
    EVENKEEL_CHECK(squares > 0.0);
    for (std::size_t n = first; n < terms_.size(); ++n) terms_[n].weight /= std::sqrt(squares);
    first_term_.push_back(static_cast<int>(terms_.size()));
  }
  states_.assign(centres_.size(), 0.0);
}

void WeatherField::Advance(int t) {
  for (std::size_t n = 0; n < states_.size(); ++n) {
    const double draw = Normal({seed_, purpose_, centres_[n]}, static_cast<std::uint64_t>(t));
    states_[n] = t == 0 ? draw : memory_.rho * states_[n] + memory_.innovation * draw;
  }
  for (std::size_t place = 0; place < values_.size(); ++place) {
    double sum = 0.0;
    for (int n = first_term_[place]; n < first_term_[place + 1]; ++n) {
      sum += terms_[n].weight * states_[terms_[n].centre];
    }
    values_[place] = sum;
  }
}

}  // namespace evenkeel
