#include "models/files/cf_time.h"

#include <gtest/gtest.h>

#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

// Seconds since 1970 are those of `date -u -d "2024-03-30 06:15" +%s`.
constexpr std::int64_t kQuarterPastSix = 1711779300;

std::int64_t At(const std::string& units, std::int64_t count, const std::string& calendar = "proleptic_gregorian") {
  return SecondsOf(ParseCfTime(units, calendar, "t.nc: dataset 'time'"), count).value_or(-1);
}

TEST(CfTimeTest, CountsInAnyUnit) {
  EXPECT_EQ(At("seconds since 1970-01-01 00:00:00", kQuarterPastSix), kQuarterPastSix);
  EXPECT_EQ(At("seconds since 1970-01-01", kQuarterPastSix), kQuarterPastSix);
  EXPECT_EQ(At("minutes since 2024-03-30", 375), kQuarterPastSix);
  EXPECT_EQ(At("hours since 2024-03-30 00:15:00", 6), kQuarterPastSix);
  EXPECT_EQ(At("days since 2024-03-29T06:15:00.000000", 1), kQuarterPastSix);
  EXPECT_EQ(At("nanoseconds since 1970-01-01", kQuarterPastSix * 1000000000), kQuarterPastSix);
  EXPECT_EQ(At("Hour since 2024-3-30 0:15", 6), kQuarterPastSix);
}

TEST(CfTimeTest, AnEpochMayHaveAnOffset) {
  EXPECT_EQ(At("hours since 2024-03-30 01:15:00 +01:00", 6), kQuarterPastSix);
  EXPECT_EQ(At("hours since 2024-03-29 18:15:00 -6:00", 6), kQuarterPastSix);
  EXPECT_EQ(At("hours since 2024-03-30 00:15:00Z", 6), kQuarterPastSix);
  EXPECT_EQ(At("hours since 2024-03-30 05:45 +0530", 6), kQuarterPastSix);
}

TEST(CfTimeTest, OldEpochsAreOfTheirCalendar) {
  // cftime.date2num of 2024-03-30: 739157 days of standard and 738974.. are two days apart at year 1.
  const std::int64_t day = 1711756800;
  EXPECT_EQ(At("days since 0001-01-01", 738974), day);
  EXPECT_EQ(At("days since 0001-01-01", 738976, "standard"), day);
  EXPECT_EQ(At("days since 1900-01-01", 45379, "gregorian"), day);
}

TEST(CfTimeTest, FractionsMustBeWholeSeconds) {
  const CfTime days = ParseCfTime("days since 2024-03-30", "standard", "t");
  EXPECT_EQ(SecondsOf(days, 6.25 / 24.0), kQuarterPastSix);
  EXPECT_EQ(SecondsOf(days, 0.3 / 86400.0), std::nullopt);
  EXPECT_EQ(SecondsOf(days, std::nan("")), std::nullopt);
  EXPECT_EQ(SecondsOf(days, 1e300), std::nullopt);
  EXPECT_EQ(SecondsOf(days, std::int64_t{1} << 60), std::nullopt);
  EXPECT_EQ(SecondsOf(ParseCfTime("ms since 1970-01-01", "standard", "t"), std::int64_t{1500}), std::nullopt);
}

TEST(CfTimeTest, RefusesOtherUnitsAndCalendars) {
  for (const char* units :
       {"", "seconds", "months since 2024-01-01", "hours since yesterday", "hours since 2024-02-30",
        "hours since 2024-01-01 25:00", "hours since 2024-01-01 00:00:00.5", "hours until 2024-01-01"}) {
    ExpectInputError([&] { At(units, 0); }, {"t.nc: dataset 'time' has the units", units, "allowed are days, hours"});
  }
  for (const char* calendar : {"noleap", "360_day", "julian", ""}) {
    ExpectInputError([&] { At("hours since 2024-01-01", 0, calendar); },
                     {"t.nc: dataset 'time'", "calendar is", calendar, "allowed are standard"});
  }
}

}  // namespace
}  // namespace evenkeel
