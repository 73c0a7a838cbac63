#include "live/engine/month.h"

#include <cstdlib>

#include "models/base/error.h"
#include "models/base/utc_time.h"

namespace evenkeel {

Month MonthOf(std::int64_t time) {
  const std::string text = FormatUtc(time);
  const int year = std::atoi(text.substr(0, 4).c_str()), month = std::atoi(text.substr(5, 2).c_str());
  const std::int64_t next_year = month == 12 ? year + 1 : year;
  Month of;
  of.begin = *DaysSince1970(year, month, 1) * 86400;
  of.end = *DaysSince1970(next_year, month % 12 + 1, 1) * 86400;
  of.name = text.substr(0, 7);
  return of;
}

}  // namespace evenkeel
