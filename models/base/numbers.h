// Numbers, times and words typed by people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evenkeel {

/// The whole text as a decimal number, "inf" included; nothing when it is anything else (hexadecimal, "nan", spaces).
std::optional<double> ParseNumber(const std::string& text);
/// The whole text as a decimal integer.
std::optional<std::int64_t> ParseInteger(const std::string& text);

/// A duration such as 30d, 12h, 90min or 20s, in seconds.
std::optional<std::int64_t> ParseDuration(const std::string& text);
/// Seconds as `6 h`, `90 min` or `20 s`.
std::string DurationText(std::int64_t seconds);

/// With the letters A to Z in lower case.
std::string LowerCase(std::string_view text);

/// A time such as 2024-01-31, 2024-01-31T06:00 or 2024-01-31T06:00:00Z, always UTC, in seconds since 1970-01-01.
std::optional<std::int64_t> ParseUtc(const std::string& text);

}  // namespace evenkeel
