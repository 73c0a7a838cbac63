#include "models/base/numbers.h"

#include <gtest/gtest.h>

namespace evenkeel {
namespace {

TEST(Numbers, DurationsAreDaysOrHours) {
  EXPECT_EQ(ParseDuration("30d"), 30 * 86400);
  EXPECT_EQ(ParseDuration("12h"), 12 * 3600);
  EXPECT_EQ(ParseDuration("90min"), 5400);
  EXPECT_EQ(ParseDuration("0d"), 0);
  for (const char* text : {"", "d", "30", "30 d", "-1d", "1.5d", "3w", "30dd", "9999999999999d"})
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
}

}  // namespace
}  // namespace evenkeel
