// Numbers typed by people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace evenkeel {

/// The whole text as a decimal number, "inf" included; nothing when it is anything else (hexadecimal, "nan", spaces).
std::optional<double> ParseNumber(const std::string& text);
/// The whole text as a decimal integer.
std::optional<std::int64_t> ParseInteger(const std::string& text);

/// A duration such as 30d, 12h or 90min, in seconds.
std::optional<std::int64_t> ParseDuration(const std::string& text);

/// A time such as 2024-01-31, 2024-01-31T06:00 or 2024-01-31T06:00:00Z, always UTC, in seconds since 1970-01-01.
std::optional<std::int64_t> ParseUtc(const std::string& text);

}  // namespace evenkeel
