// What generated signals have in common: the calendar, the sun, and weather that neighbours share.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/random.h"

namespace evenkeel {

struct Coordinates {
  double latitude;   ///< degrees north
  double longitude;  ///< degrees east
};

/// The middle of a slot, where signals are evaluated.
struct Clock {
  double hours;  ///< since 1970-01-01 00:00 UTC
  double year;   ///< phase of the year, radians, 0 at the start of January
};

Clock ClockAt(std::int64_t start_time, double slot_hours, int slot);

/// Mean solar time from the longitude: a new day starts 15 degrees further east an hour earlier.
struct LocalTime {
  double hour;   ///< [0, 24)
  bool weekend;  ///< Saturday or Sunday
};

LocalTime LocalTimeAt(const Clock& clock, double longitude);

/// cos of the daily phase, 1 at `peak_hour`; `period` 24 for one peak a day, 12 for two.
double DailyWave(double hour, double peak_hour, double period);

/// Sine of the sun's elevation, 0 at night.
double SunHeight(const Clock& clock, const Coordinates& at, double local_hour);

/// Mean of SunHeight over the year, sampled.
double MeanSunHeight(const Coordinates& at);

/// Coefficients of x[t] = rho x[t-1] + innovation n[t], n standard normal: a process of variance 1 that forgets in
/// `memory_hours`.
struct Memory {
  double rho;
  double innovation;
};

Memory MakeMemory(double memory_hours, double slot_hours);

/// A Gaussian field on the globe, of mean 0 and variance 1 everywhere, correlated as exp(-(d / 1,400 km)^2) between
/// places d apart, roughly, and in time as an AR(1) process. It is a kernel average of independent processes at fixed
/// centres all over the globe, so that its value at a place depends neither on the other places nor on their number.
class WeatherField {
 public:
  WeatherField(std::uint64_t seed, RandomPurpose purpose, const std::vector<Coordinates>& places, const Memory& memory);

  /// Moves on to slot t; call with 0, 1, 2, ..
  void Advance(int t);
  /// The field at a place now.
  double At(int place) const { return values_[place]; }

 private:
  struct Term {
    int centre;  ///< index in centres_
    double weight;
  };

  std::uint64_t seed_;
  RandomPurpose purpose_;
  Memory memory_;
  std::vector<std::uint32_t> centres_;  ///< those near to some place
  std::vector<double> states_;          ///< [centres_]
  std::vector<int> first_term_;         ///< [places + 1]
  std::vector<Term> terms_;
  std::vector<double> values_;  ///< [places]
};

}  // namespace evenkeel
