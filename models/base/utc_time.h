// Instants as text and back, in UTC, without the C library's time zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evenkeel {

/// First second after the year 9999: times on disk lie in [0, kEndOfTime).
inline constexpr std::int64_t kEndOfTime = 253402300800;

/// "2022-09-22 13:00:00 UTC" for seconds since 1970-01-01 00:00:00 UTC; the bare number when the year is not in
/// 1970..9999.
std::string FormatUtc(std::int64_t time);

/// "2023-01-01T00:00:00Z", the form of ISO 8601 that JSON carries; else as FormatUtc.
std::string FormatIsoUtc(std::int64_t time);

/// Days from 1970-01-01 to a date of the Gregorian calendar, also before it began; nothing for a date that does not
/// exist.
std::optional<std::int64_t> DaysSince1970(std::int64_t year, int month, int day);

/// Start of the hour written as "2022-09-22 13", in seconds since 1970-01-01 00:00:00 UTC. Nothing else is accepted.
std::optional<std::int64_t> ParseUtcHour(std::string_view text);

/// A date and time of day as files write it: `2023-01-01 00:00[:00[.0000000]]`, `T` in place of the blank, and at the
/// end nothing, `Z` or an offset such as `+05:30`. Fractions of a second are dropped.
struct Timestamp {
  std::int64_t clock = 0;         ///< what the clock shows, in seconds since 1970-01-01 00:00:00 on that clock
  std::optional<int> utc_offset;  ///< seconds east of UTC, where the text says so
};

std::optional<Timestamp> ParseTimestamp(std::string_view text);

}  // namespace evenkeel
