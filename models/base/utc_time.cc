#include "models/base/utc_time.h"

#include <fmt/format.h>

#include <algorithm>

namespace evenkeel {
namespace {

struct Date {
  std::int64_t year;
  int month;
  int day;
};

// Days between the civil calendar and 1970-01-01, after Howard Hinnant's chrono-compatible algorithms: years begin in
// March, so that the leap day is the last day of its year.
std::int64_t DaysFromDate(Date date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = year / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

Date DateFromDays(std::int64_t days) {
  days += 719468;
  const std::int64_t era = days / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  const int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

/// Whether the text has the pattern's length and characters; `d` stands for a digit.
bool Matches(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const bool digit = text[k] >= '0' && text[k] <= '9';
    if (pattern[k] == 'd' ? !digit : text[k] != pattern[k]) return false;
  }
  return true;
}

int Digits(std::string_view text, std::size_t first, std::size_t count) {
  int value = 0;
  for (std::size_t k = first; k < first + count; ++k) value = value * 10 + (text[k] - '0');
  return value;
}

/// Days since 1970 of a text that begins with `dddd-dd-dd`; nothing for a date that does not exist.
std::optional<std::int64_t> DayOf(std::string_view text) {
  const int year = Digits(text, 0, 4);
  if (year < 1970) return std::nullopt;
  return DaysSince1970(year, Digits(text, 5, 2), Digits(text, 8, 2));
}

}  // namespace

std::optional<std::int64_t> DaysSince1970(std::int64_t year, int month, int day) {
  if (month < 1 || month > 12 || year < 0) return std::nullopt;
  const std::int64_t days = DaysFromDate({year, month, day});
  // A day that does not exist comes back as another one.
  const Date back = DateFromDays(days);
  if (back.year != year || back.month != month || back.day != day) return std::nullopt;
  return days;
}

std::string FormatUtc(std::int64_t time) {
  if (time < 0 || time >= kEndOfTime) return fmt::format("{} s since 1970", time);
  const Date date = DateFromDays(time / 86400);
  const std::int64_t second = time % 86400;
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", date.year, date.month, date.day, second / 3600,
                     second / 60 % 60, second % 60);
}

std::string FormatIsoUtc(std::int64_t time) {
  std::string text = FormatUtc(time);
  const std::size_t space = text.find(' ');
  if (time < 0 || time >= kEndOfTime) return text;
  return text.replace(space, 1, "T").replace(text.find(" UTC"), 4, "Z");
}

std::optional<std::int64_t> ParseUtcHour(std::string_view text) {
  if (!Matches(text, "dddd-dd-dd dd")) return std::nullopt;
  const auto day = DayOf(text);
  const int hour = Digits(text, 11, 2);
  if (!day || hour > 23) return std::nullopt;
  return *day * 86400 + hour * 3600;
}

std::optional<Timestamp> ParseTimestamp(std::string_view text) {
  constexpr std::string_view kMinutes = "dddd-dd-dd?dd:dd";
  if (text.size() < kMinutes.size() || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
  if (!Matches(text.substr(0, 10), "dddd-dd-dd") || !Matches(text.substr(11, 5), "dd:dd")) return std::nullopt;
  const auto day = DayOf(text);
  const int hour = Digits(text, 11, 2), minute = Digits(text, 14, 2);
  if (!day || hour > 23 || minute > 59) return std::nullopt;
  Timestamp stamp;
  stamp.clock = *day * 86400 + hour * 3600 + minute * 60;
  text.remove_prefix(kMinutes.size());
  if (text.size() >= 3 && Matches(text.substr(0, 3), ":dd")) {
    const int second = Digits(text, 1, 2);
    if (second > 59) return std::nullopt;
    stamp.clock += second;
    text.remove_prefix(3);
    if (text.size() > 1 && text[0] == '.') {
      const std::size_t end = text.find_first_not_of("0123456789", 1);
      if (end == 1) return std::nullopt;
      text.remove_prefix(std::min(end, text.size()));
    }
  }
  if (text.empty()) return stamp;
  if (text == "Z") {
    stamp.utc_offset = 0;
    return stamp;
  }
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || !Matches(text.substr(1), "dd:dd")) return std::nullopt;
  const int offset = Digits(text, 1, 2) * 3600 + Digits(text, 4, 2) * 60;
  stamp.utc_offset = text[0] == '-' ? -offset : offset;
  return stamp;
}

}  // namespace evenkeel
