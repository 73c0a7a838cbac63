// What is applied in which mode, by hand.
#include "live/service/canary.h"

#include <gtest/gtest.h>

namespace evenkeel {
namespace {

RowMatrix Rows(double a, double b, double c, double d) { return (RowMatrix(2, 2) << a, b, c, d).finished(); }

TEST(SharesToApplyTest, ByMode) {
  const CanaryOptions options = {{1}, 0.1};
  const RowMatrix decided = Rows(0.2, 0.8, 0.3, 0.7), before = Rows(0.5, 0.5, 0.9, 0.1);
  EXPECT_EQ(SharesToApply(LiveMode::kActive, options, decided, before), decided);
  EXPECT_EQ(SharesToApply(LiveMode::kShadow, options, decided, before), Rows(0.0, 0.0, 0.0, 0.0));
  // 0.6 of the second gateway's requests would move: a sixth of the way is 0.1.
  const RowMatrix canary = SharesToApply(LiveMode::kCanary, options, decided, before);
  EXPECT_EQ(canary.row(0).sum(), 0.0);
  EXPECT_DOUBLE_EQ(canary(1, 0), 0.8);
  EXPECT_DOUBLE_EQ(canary(1, 1), 0.2);
  EXPECT_EQ(SharesToApply(LiveMode::kCanary, options, decided, Rows(0.0, 0.0, 0.35, 0.65)).row(1), decided.row(1));
  EXPECT_EQ(SharesToApply(LiveMode::kCanary, options, decided, RowMatrix()).row(1), decided.row(1));
}

}  // namespace
}  // namespace evenkeel
