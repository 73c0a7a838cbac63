// Weather to the water that cooling takes.
#pragma once

#include <string>

#include "models/series/measurements.h"

namespace evenkeel {

/// Wet-bulb temperature in degrees Celsius from the dry bulb in degrees Celsius and the relative humidity in percent,
/// at sea level (R. Stull, "Wet-Bulb Temperature from Relative Humidity and Air Temperature", J. Appl. Meteor.
/// Climatol. 50, 2011, eq. 1):
///
///   T atan(0.151977 (RH + 8.313659)^(1/2)) + atan(T + RH) - atan(RH - 1.676331) + 0.00391838 RH^(3/2) atan(0.023101
///   RH)
///   - 4.686035
double WetBulbCelsius(double dry_bulb_celsius, double relative_humidity_percent);

/// On-site water of a cooling tower in L per kWh of IT energy, at a wet bulb T in degrees Fahrenheit with S cycles of
/// concentration (Islam and others, as used by eGLB, arXiv 2307.05494):
///
///   max(0.05, S / (S - 1) (6e-5 T^3 - 0.01 T^2 + 0.61 T - 10.4))
double OnsiteWaterOfWetBulb(double wet_bulb_fahrenheit, double cycles = 6.0);

/// Where a weather file is for; NaN: it doesn't say.
struct WeatherPlace {
  double latitude = kMissingValue, longitude = kMissingValue;
};

/// Appends an Open-Meteo JSON document (hourly temperature_2m in degrees Celsius, relative_humidity_2m in percent) as
/// on-site water in L/kWh. Its times are local with one offset from UTC for the whole file, and are moved to UTC.
/// `timezone`, when not empty, must be the file's. A null is a missing value. Throws InputError naming file, field,
/// entry and what is allowed.
WeatherPlace AppendWeatherWater(const std::string& path, const std::string& timezone, Measurements* series);

}  // namespace evenkeel
