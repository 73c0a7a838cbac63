#include "models/import/weather.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/formats/document.h"
#include "models/formats/json_integer.h"

namespace evenkeel {
namespace {

using Json = nlohmann::json;

constexpr double kLeastWater = 0.05;  // L/kWh

const Json& HourlyArray(const Json& document, const char* name, const char* unit, const std::string& path) {
  const std::string given = JsonText(JsonMember(document, "hourly_units", path), name, path);
  if (given != unit) throw InputError("{}: the unit of \"{}\" is \"{}\", allowed is \"{}\"", path, name, given, unit);
  const Json& values = JsonMember(JsonMember(document, "hourly", path), name, path);
  if (!values.is_array()) throw InputError("{}: \"hourly.{}\" is no array", path, name);
  return values;
}

double ValueAt(const Json& values, std::size_t k, const char* name, double low, double high, const std::string& path) {
  if (values[k].is_null()) return kMissingValue;
  const double value = values[k].is_number() ? values[k].get<double>() : kMissingValue;
  if (value >= low && value <= high) return value;
  throw InputError("{}: \"hourly.{}\", entry {}: the value is {}, allowed is a number in [{}, {}]", path, name, k + 1,
                   values[k].dump(), low, high);
}

std::int64_t UtcOffset(const Json& document, const std::string& path) {
  const Json& offset = JsonMember(document, "utc_offset_seconds", path);
  constexpr std::int64_t kLargest = 14 * 3600;
  if (const auto seconds = JsonInteger(offset, -kLargest, kLargest)) return *seconds;
  throw InputError("{}: \"utc_offset_seconds\" is {}, allowed is an integer in [-{}, {}]", path, offset.dump(),
                   kLargest, kLargest);
}

/// For messages: "UTC+01:00".
std::string ClockText(std::int64_t offset) {
  const std::int64_t minutes = std::abs(offset) / 60;
  return fmt::format("UTC{}{:02}:{:02}", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

WeatherPlace PlaceOfWeather(const Json& document, const std::string& path) {
  const auto coordinate = [&](const char* name, double largest) {
    const auto found = document.find(name);
    if (found == document.end()) return kMissingValue;
    const double value = found->is_number() ? found->get<double>() : kMissingValue;
    if (std::abs(value) <= largest) return value;
    throw InputError("{}: \"{}\" is {}, allowed is a number in [-{}, {}]", path, name, found->dump(), largest, largest);
  };
  return {coordinate("latitude", 90.0), coordinate("longitude", 180.0)};
}

}  // namespace

double WetBulbCelsius(double dry_bulb_celsius, double relative_humidity_percent) {
  const double t = dry_bulb_celsius, rh = relative_humidity_percent;
  return t * std::atan(0.151977 * std::sqrt(rh + 8.313659)) + std::atan(t + rh) - std::atan(rh - 1.676331) +
         0.00391838 * std::pow(rh, 1.5) * std::atan(0.023101 * rh) - 4.686035;
}

double OnsiteWaterOfWetBulb(double wet_bulb_fahrenheit, double cycles) {
  const double t = wet_bulb_fahrenheit;
  return std::max(kLeastWater, cycles / (cycles - 1.0) * (((6e-5 * t - 0.01) * t + 0.61) * t - 10.4));
}

WeatherPlace AppendWeatherWater(const std::string& path, const std::string& timezone, Measurements* series) {
  const Document read = ReadDocument(path);
  if (!read.is_json) throw InputError("{}: it is no JSON document, expected is an answer of Open-Meteo", path);
  const Json& document = read.json();
  const std::string given = JsonText(document, "timezone", path);
  if (!timezone.empty() && given != timezone)
    throw InputError("{}: the time zone is \"{}\", expected \"{}\"", path, given, timezone);
  const std::int64_t offset = UtcOffset(document, path);
  const Json& time = HourlyArray(document, "time", "iso8601", path);
  const Json& dry_bulb = HourlyArray(document, "temperature_2m", "°C", path);
  const Json& humidity = HourlyArray(document, "relative_humidity_2m", "%", path);
  if (dry_bulb.size() != time.size() || humidity.size() != time.size()) {
    throw InputError("{}: {} times, {} temperatures and {} humidities, expected as many of each", path, time.size(),
                     dry_bulb.size(), humidity.size());
  }
  series->files.push_back(path);
  series->clocks.resize(series->files.size());
  series->clocks.back() = ClockText(offset);
  const int file = static_cast<int>(series->files.size()) - 1;
  for (std::size_t k = 0; k < time.size(); ++k) {
    const auto stamp = time[k].is_string() ? ParseTimestamp(time[k].get_ref<const std::string&>()) : std::nullopt;
    if (!stamp || stamp->utc_offset) {
      throw InputError(
          "{}: \"hourly.time\", entry {}: the value is {}, expected a local time such as "
          "2023-01-01T06:00",
          path, k + 1, time[k].dump());
    }
    const double celsius = WetBulbCelsius(ValueAt(dry_bulb, k, "temperature_2m", -100.0, 70.0, path),
                                          ValueAt(humidity, k, "relative_humidity_2m", 0.0, 100.0, path));
    // std::max keeps its first argument beside a NaN, so that a missing value has to be kept here.
    const double water = std::isnan(celsius) ? kMissingValue : OnsiteWaterOfWetBulb(celsius * 9.0 / 5.0 + 32.0);
    series->entries.push_back({stamp->clock - offset, water, file, static_cast<int>(k) + 1});
  }
  return PlaceOfWeather(document, path);
}

}  // namespace evenkeel
