#include "live/engine/work_arrivals.h"

#include <gtest/gtest.h>

namespace evenkeel {
namespace {

constexpr std::int64_t kHour = 3600, kDay = 24 * kHour;

Vector Of(double a, double b) { return (Vector(2) << a, b).finished(); }

TEST(WorkArrivalsTest, WhatIsSaidOfASlotCountsOnce) {
  WorkArrivals arrivals(2, {0, 1.0}, 35 * kDay);
  EXPECT_EQ(arrivals.Waiting(), Of(0.0, 0.0));
  arrivals.Say(0, 10 * kHour, 3.0, "a");
  arrivals.Say(1, 10 * kHour + 60, 5.0, "a");
  arrivals.Say(0, 10 * kHour + 1800, 4.0, "b");  // the total by then
  arrivals.Say(0, 10 * kHour + 900, 3.5, "a");   // what was so before is known already
  EXPECT_EQ(arrivals.Waiting(), Of(4.0, 5.0));
  EXPECT_EQ(arrivals.newest(0)->source, "b");
  arrivals.TakeIn();
  EXPECT_EQ(arrivals.Waiting(), Of(0.0, 0.0));
  arrivals.Say(0, 10 * kHour + 1800, 4.0, "b");  // sent again
  EXPECT_EQ(arrivals.Waiting(), Of(0.0, 0.0));
}

TEST(WorkArrivalsTest, MoreIsAddedAndLessIsNotTakenBack) {
  WorkArrivals arrivals(2, {0, 1.0}, 35 * kDay);
  arrivals.Say(0, 0, 4.0, "a");
  arrivals.TakeIn();
  arrivals.Say(0, 0, 1.0, "a");
  EXPECT_EQ(arrivals.Waiting(), Of(0.0, 0.0));
  arrivals.Say(0, 0, 6.0, "a");  // of which four are in slots
  arrivals.Say(0, kDay, 1.0, "a");
  EXPECT_EQ(arrivals.Waiting(), Of(3.0, 0.0));
  arrivals.Say(0, 0, 4.0, "a");
  EXPECT_EQ(arrivals.Waiting(), Of(1.0, 0.0));
}

TEST(WorkArrivalsTest, UndoneWorkArrivesAsFarAsItDidNotBefore) {
  WorkArrivals arrivals(2, {0, 1.0}, 35 * kDay);
  arrivals.SayUndone(Of(1.0, 0.0));
  arrivals.Say(0, 0, 2.0, "a");
  EXPECT_EQ(arrivals.Waiting(), Of(3.0, 0.0));
  arrivals.TakeIn();
  arrivals.SayUndone(Of(1.5, 0.5));
  EXPECT_EQ(arrivals.Waiting(), Of(0.5, 0.5));
  arrivals.BeginPeriod();
  EXPECT_EQ(arrivals.Waiting(), Of(0.0, 0.0));
  EXPECT_EQ(arrivals.undone(), Of(0.0, 0.0));
}

TEST(WorkArrivalsTest, KeepsNoMoreSlotsThanTheHistoryHas) {
  WorkArrivals arrivals(1, {0, 1.0}, 2 * kDay);
  for (int t = 0; t < 1000; ++t) arrivals.Say(0, t * kHour, 1.0, "a");
  EXPECT_EQ(arrivals.size(), 49u);
  EXPECT_EQ(arrivals.Waiting()[0], 49.0);
}

}  // namespace
}  // namespace evenkeel
