#include "models/base/numbers.h"

#include <fmt/format.h>

#include <charconv>
#include <ctime>
#include <limits>

namespace evenkeel {
namespace {

bool TakeDigits(const std::string& text, std::size_t* position, std::size_t count, int* value) {
  if (text.size() - *position < count) return false;
  *value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = text[(*position)++];
    if (c < '0' || c > '9') return false;
    *value = 10 * *value + (c - '0');
  }
  return true;
}

bool Take(const std::string& text, std::size_t* position, char c) {
  if (*position >= text.size() || text[*position] != c) return false;
  ++*position;
  return true;
}

bool TakeTimeOfDay(const std::string& text, std::size_t* position, std::tm* time) {
  if (!TakeDigits(text, position, 2, &time->tm_hour) || time->tm_hour > 23) return false;
  if (!Take(text, position, ':')) return true;
  if (!TakeDigits(text, position, 2, &time->tm_min) || time->tm_min > 59) return false;
  if (!Take(text, position, ':')) return true;
  return TakeDigits(text, position, 2, &time->tm_sec) && time->tm_sec <= 59;
}

}  // namespace

std::optional<double> ParseNumber(const std::string& text) {
  if (text == "inf" || text == "+inf") return std::numeric_limits<double>::infinity();
  // from_chars takes no plus sign, but people type one.
  const char* begin = text.c_str() + (text.size() > 1 && text[0] == '+' && text[1] != '-' ? 1 : 0);
  const char* end = text.c_str() + text.size();
  double value = 0.0;
  const auto [last, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || last != end || value != value) return std::nullopt;
  if (value == std::numeric_limits<double>::infinity() || value == -std::numeric_limits<double>::infinity())
    return std::nullopt;
  return value;
}

std::optional<std::int64_t> ParseInteger(const std::string& text) {
  std::int64_t value = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || last != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> ParseDuration(const std::string& text) {
  constexpr std::int64_t kMost = 1000000;  // a century in hours, and no overflow
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string unit = text.substr(digits);
  const std::int64_t seconds = unit == "d" ? 86400 : unit == "h" ? 3600 : unit == "min" ? 60 : unit == "s" ? 1 : 0;
  const std::optional<std::int64_t> count = ParseInteger(text.substr(0, digits));
  if (!count || *count > kMost || seconds == 0) return std::nullopt;
  return *count * seconds;
}

std::string DurationText(std::int64_t seconds) {
  if (seconds % 3600 == 0) return fmt::format("{} h", seconds / 3600);
  return seconds % 60 == 0 ? fmt::format("{} min", seconds / 60) : fmt::format("{} s", seconds);
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::optional<std::int64_t> ParseUtc(const std::string& text) {
  std::tm time{};
  std::size_t position = 0;
  if (!TakeDigits(text, &position, 4, &time.tm_year) || !Take(text, &position, '-')) return std::nullopt;
  if (!TakeDigits(text, &position, 2, &time.tm_mon) || !Take(text, &position, '-')) return std::nullopt;
  if (!TakeDigits(text, &position, 2, &time.tm_mday)) return std::nullopt;
  if (Take(text, &position, 'T') || Take(text, &position, ' ')) {
    if (!TakeTimeOfDay(text, &position, &time)) return std::nullopt;
  }
  Take(text, &position, 'Z');
  if (position != text.size()) return std::nullopt;
  time.tm_year -= 1900;
  time.tm_mon -= 1;
  const std::tm typed = time;
  const std::int64_t seconds = timegm(&time);
  // timegm turns February 30 into March 1 or 2; a date that changes was not a date.
  if (time.tm_mday != typed.tm_mday || time.tm_mon != typed.tm_mon) return std::nullopt;
  return seconds;
}

}  // namespace evenkeel
