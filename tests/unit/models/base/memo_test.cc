#include "models/base/memo.h"

#include <gtest/gtest.h>

namespace evenkeel {
namespace {

struct Number {
  int value = 0;
  std::size_t size = 0;
  std::size_t bytes() const { return size; }
};

struct Counted {
  explicit Counted(std::size_t most_bytes) : memo(most_bytes) {}
  int Get(const std::string& key, std::size_t size = 1000) {
    return memo.Get(key, [&] { return Number{++made, size}; })->value;
  }
  BoundedMemo<Number> memo;
  int made = 0;
};

TEST(BoundedMemo, MakesWhatItRemembersOnce) {
  Counted counted(10000);
  EXPECT_EQ(counted.Get("a"), 1);
  EXPECT_EQ(counted.Get("b"), 2);
  EXPECT_EQ(counted.Get("a"), 1);
}

// There is room for two values of 1,000 bytes, their keys and nodes: the third takes the place of what was used longest
// ago, which is b.
TEST(BoundedMemo, ForgetsWhatWasUsedLongestAgo) {
  Counted counted(2500);
  counted.Get("a");
  counted.Get("b");
  counted.Get("a");
  counted.Get("c");
  EXPECT_LE(counted.memo.bytes(), 2500u);
  EXPECT_EQ(counted.Get("a"), 1);
  EXPECT_EQ(counted.Get("c"), 3);
  EXPECT_EQ(counted.Get("b"), 4);
}

TEST(BoundedMemo, GivesWhatItCannotKeep) {
  Counted counted(2500);
  EXPECT_EQ(counted.Get("a", 5000), 1);
  EXPECT_EQ(counted.memo.bytes(), 0u);
  EXPECT_EQ(counted.Get("a", 5000), 2);
}

}  // namespace
}  // namespace evenkeel
