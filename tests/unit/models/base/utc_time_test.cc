#include "models/base/utc_time.h"

#include <gtest/gtest.h>

namespace evenkeel {
namespace {

TEST(FormatIsoUtc, IsWhatJsonCarries) {
  EXPECT_EQ(FormatIsoUtc(1672574400), "2023-01-01T12:00:00Z");
  EXPECT_EQ(FormatIsoUtc(-1), FormatUtc(-1));
}

TEST(ParseTimestamp, ReadsWhatFilesWrite) {
  const std::int64_t noon = 1672574400;  // 2023-01-01 12:00
  const std::pair<const char*, std::optional<int>> spellings[] = {
      {"2023-01-01 12:00", std::nullopt},    {"2023-01-01T12:00", std::nullopt},
      {"2023-01-01 12:00:00", std::nullopt}, {"2023-01-01 12:00:00.9799600", std::nullopt},
      {"2023-01-01T12:00:00Z", 0},           {"2023-01-01 12:00:00+00:00", 0},
      {"2023-01-01 12:00:00+05:30", 19800},  {"2023-01-01 12:00-08:00", -28800}};
  for (const auto& [text, offset] : spellings) {
    const auto stamp = ParseTimestamp(text);
    ASSERT_TRUE(stamp.has_value()) << text;
    EXPECT_EQ(stamp->clock, noon) << text;
    EXPECT_EQ(stamp->utc_offset, offset) << text;
  }
}

TEST(ParseTimestamp, ReadsNothingElse) {
  for (const char* text : {"", "2023-01-01", "2023-02-30 12:00", "2023-01-01 24:00", "2023-01-01 12:60",
                           "2023-01-01 12:00:61", "2023-01-01 12:00:00.", "2023-01-01 12:00 ", "1969-01-01 12:00",
                           "2023-01-01 12:00:00+0530", "2023/01/01 12:00", "2023-01-01 12:00PM"})
    EXPECT_FALSE(ParseTimestamp(text).has_value()) << text;
}

}  // namespace
}  // namespace evenkeel
