#include "models/files/cf_time.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <regex>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

constexpr const char* kAllowed =
    "days, hours, minutes, seconds, milliseconds, microseconds or nanoseconds since a date such as 2024-03-30 or "
    "2024-03-30 00:00:00";
constexpr std::size_t kLongestUnits = 100;
// The first day of the Gregorian calendar; the calendar `standard` is Julian before it.
constexpr std::int64_t kFirstGregorianDay = -141427;  // 1582-10-15

struct Unit {
  const char* names;  // between blanks
  std::int64_t seconds;
  std::int64_t parts;
};
constexpr Unit kUnits[] = {{" days day d ", 86400, 1},
                           {" hours hour hrs hr h ", 3600, 1},
                           {" minutes minute mins min ", 60, 1},
                           {" seconds second secs sec s ", 1, 1},
                           {" milliseconds millisecond msecs msec millisec ms ", 0, 1000},
                           {" microseconds microsecond microsec us ", 0, 1000000},
                           {" nanoseconds nanosecond nanosec ns ", 0, 1000000000}};

const Unit* FindUnit(const std::string& name) {
  for (const Unit& unit : kUnits) {
    if (std::string(unit.names).find(" " + name + " ") != std::string::npos) return &unit;
  }
  return nullptr;
}

/// Days from 1970-01-01 to a date of the Julian calendar, in which every fourth year is a leap year. Years begin in
/// March, so that the leap day is the last of its year.
std::int64_t JulianDays(std::int64_t year, int month, int day) {
  year += 4800 - (month <= 2 ? 1 : 0);
  const int months = month + (month > 2 ? -3 : 9);
  const std::int64_t julian_day = day + (153 * months + 2) / 5 + 365 * year + year / 4 - 32083;
  return julian_day - 2440588;
}

std::optional<std::int64_t> EpochDay(std::int64_t year, int month, int day, bool proleptic) {
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const std::optional<std::int64_t> gregorian = DaysSince1970(year, month, day);
  if (proleptic) return gregorian;
  if (gregorian && *gregorian >= kFirstGregorianDay) return gregorian;
  // A 29 February that only the Julian calendar has is fine here, 31 April is not.
  const bool leap_day = month == 2 && day == 29 && year % 4 == 0;
  return gregorian || leap_day ? std::optional(JulianDays(year, month, day)) : std::nullopt;
}

/// Seconds east of UTC of `Z`, `UTC`, `+1`, `-06:00`, `+0530`.
int OffsetOf(const std::string& zone) {
  if (zone.empty() || std::isalpha(static_cast<unsigned char>(zone[0]))) return 0;
  std::string digits;
  std::copy_if(zone.begin() + 1, zone.end(), std::back_inserter(digits), [](char c) { return c != ':'; });
  const int number = std::stoi(digits);
  const int seconds = digits.size() > 2 ? number / 100 * 3600 + number % 100 * 60 : number * 3600;
  return zone[0] == '-' ? -seconds : seconds;
}

int Number(const std::ssub_match& digits) { return digits.matched ? std::stoi(digits.str()) : 0; }

}  // namespace

CfTime ParseCfTime(const std::string& units, const std::string& calendar, const std::string& where) {
  const std::string kind = LowerCase(calendar);
  if (kind != "standard" && kind != "gregorian" && kind != "proleptic_gregorian")
    throw InputError("{}: the calendar is \"{}\", allowed are standard, gregorian and proleptic_gregorian", where,
                     calendar);
  static const std::regex form(R"(\s*([a-z]+)\s+since\s+(\d{1,4})-(\d{1,2})-(\d{1,2}))"
                               R"((?:[t ]\s*(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.0*)?)?)?)?)"
                               R"(\s*(z|utc|gmt|[+-]\d{1,2}(?::?\d{2})?)?\s*)");
  std::smatch part;
  const std::string text = LowerCase(units);
  const auto refuse = [&] { throw InputError("{} has the units \"{}\", allowed are {}", where, units, kAllowed); };
  if (text.size() > kLongestUnits || !std::regex_match(text, part, form)) refuse();
  const Unit* unit = FindUnit(part[1].str());
  const auto day = EpochDay(Number(part[2]), Number(part[3]), Number(part[4]), kind == "proleptic_gregorian");
  const int hour = Number(part[5]), minute = Number(part[6]), second = Number(part[7]);
  if (unit == nullptr || !day || hour > 23 || minute > 59 || second > 59) refuse();
  return {*day * 86400 + hour * 3600 + minute * 60 + second - OffsetOf(part[8].str()), unit->seconds, unit->parts};
}

std::optional<std::int64_t> SecondsOf(const CfTime& time, std::int64_t count) {
  std::int64_t since = 0, seconds = 0;
  if (time.seconds == 0) {
    if (count % time.parts != 0) return std::nullopt;
    since = count / time.parts;
  } else if (__builtin_mul_overflow(count, time.seconds, &since)) {
    return std::nullopt;
  }
  if (__builtin_add_overflow(since, time.epoch, &seconds)) return std::nullopt;
  return seconds;
}

std::optional<std::int64_t> SecondsOf(const CfTime& time, double count) {
  const double since =
      time.seconds == 0 ? count / static_cast<double>(time.parts) : count * static_cast<double>(time.seconds);
  const double whole = std::round(since);
  if (!(std::abs(since - whole) <= 1e-3 && std::abs(whole) < 1e15)) return std::nullopt;
  return static_cast<std::int64_t>(whole) + time.epoch;
}

CfTime SlotTimeFormat(const Hdf5Reader& file) {
  const std::string where = fmt::format("{}: dataset 'time'", file.path());
  const std::optional<std::string> units = file.Text("time", "units");
  if (!units) throw InputError("{} has no attribute 'units' that is a string, allowed are {}", where, kAllowed);
  // Without the attribute it is `standard`; what is there and no text is none of those allowed.
  const bool has_calendar = file.HasAttribute("time", "calendar");
  const std::string calendar = file.Text("time", "calendar").value_or(has_calendar ? "no text" : "standard");
  if (file.HasAttribute("time", "bounds"))
    throw InputError("{} has the attribute 'bounds', which is not read: slots begin at their times", where);
  const std::string interval = file.Text("time", "interval").value_or("start");
  if (interval != "start")
    throw InputError("{} has the interval \"{}\", allowed is \"start\": slots begin at their times", where, interval);
  return ParseCfTime(*units, calendar, where);
}

void ReadSlotTimes(const Hdf5Reader& file, const CfTime& format, std::int64_t first, std::vector<std::int64_t>* times) {
  const auto count = static_cast<std::int64_t>(times->size());
  const auto read = [&](auto counts) {
    counts.resize(times->size());
    file.ReadRows("time", first, count, counts.data());
    for (std::int64_t k = 0; k < count; ++k) {
      const std::optional<std::int64_t> seconds = SecondsOf(format, counts[k]);
      if (!seconds)
        throw InputError("{}: 'time', slot {}: {} {} is no whole second", file.path(), first + k, counts[k],
                         file.Text("time", "units").value_or(""));
      (*times)[k] = *seconds;
    }
  };
  if (file.TypeOf("time").rfind("float", 0) == 0) {
    read(std::vector<double>());
  } else {
    read(std::vector<std::int64_t>());
  }
}

}  // namespace evenkeel
