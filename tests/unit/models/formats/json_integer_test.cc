#include "models/formats/json_integer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace evenkeel {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

std::optional<std::int64_t> Read(const char* text, std::int64_t least = kLeast, std::int64_t most = kMost) {
  return JsonInteger(nlohmann::json::parse(text), least, most);
}

TEST(JsonIntegerTest, IsWhatIsWritten) {
  EXPECT_EQ(Read("0"), 0);
  EXPECT_EQ(Read("-7"), -7);
  EXPECT_EQ(Read("9223372036854775807"), kMost);
  EXPECT_EQ(Read("-9223372036854775808"), kLeast);
}

TEST(JsonIntegerTest, IsNothingOutsideItsRange) {
  EXPECT_EQ(Read("3", 1, 3), 3);
  EXPECT_FALSE(Read("4", 1, 3));
  EXPECT_FALSE(Read("0", 1, 3));
}

TEST(JsonIntegerTest, WhatHasNoPlaceIn64BitsIsNothing) {
  EXPECT_FALSE(Read("9223372036854775808"));  // fits in an unsigned one; as a signed one it would be negative
  EXPECT_FALSE(Read("18446744073709551616"));
  EXPECT_FALSE(Read("-9223372036854775809"));
}

TEST(JsonIntegerTest, OtherThingsAreNothing) {
  for (const char* text : {"1.0", "1e3", "\"1\"", "true", "null", "[1]", "{}"}) EXPECT_FALSE(Read(text)) << text;
}

}  // namespace
}  // namespace evenkeel
