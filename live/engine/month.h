// Calendar months in UTC: the accounting periods of a running system.
#pragma once

#include <cstdint>
#include <string>

namespace evenkeel {

struct Month {
  std::int64_t begin = 0;  ///< its first second, since 1970-01-01 00:00:00 UTC
  std::int64_t end = 0;    ///< the next month's first second
  std::string name;        ///< 2026-11
};

/// The month that `time` is in.
Month MonthOf(std::int64_t time);

}  // namespace evenkeel
