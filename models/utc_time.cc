#include "models/utc_time.h"

#include <fmt/format.h>

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

}  // namespace

std::string FormatUtc(std::int64_t time) {
  if (time < 0 || time >= kEndOfTime) return fmt::format("{} s since 1970", time);
  const Date date = DateFromDays(time / 86400);
  const std::int64_t second = time % 86400;
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", date.year, date.month, date.day, second / 3600,
                     second / 60 % 60, second % 60);
}

std::optional<std::int64_t> ParseUtcHour(std::string_view text) {
  constexpr std::string_view kPattern = "dddd-dd-dd dd";
  if (text.size() != kPattern.size()) return std::nullopt;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const bool digit = text[k] >= '0' && text[k] <= '9';
    if (kPattern[k] == 'd' ? !digit : text[k] != kPattern[k]) return std::nullopt;
  }
  const auto number = [&text](std::size_t first, std::size_t count) {
    int value = 0;
    for (std::size_t k = first; k < first + count; ++k) value = value * 10 + (text[k] - '0');
    return value;
  };
  const Date date = {number(0, 4), number(5, 2), number(8, 2)};
  const int hour = number(11, 2);
  if (date.year < 1970 || hour > 23) return std::nullopt;
  const std::int64_t days = DaysFromDate(date);
  // A day or month that does not exist comes back as another one.
  const Date back = DateFromDays(days);
  if (back.year != date.year || back.month != date.month || back.day != date.day) return std::nullopt;
  return days * 86400 + hour * 3600;
}

}  // namespace evenkeel
