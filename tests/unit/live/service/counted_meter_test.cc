// Counts cut into slots, by hand.
#include "live/service/counted_meter.h"

#include <gtest/gtest.h>

namespace evenkeel {
namespace {

/// Slots of 100 s, a gateway whose requests are 0.5 units each, two regions.
CountedMeter Make() { return CountedMeter({0, 100.0 / 3600.0}, Vector::Constant(1, 0.5), 60); }

CountedRequests At(double at, double first, double second) {
  return {at, (RowMatrix(1, 2) << first, second).finished()};
}

// Readings at 0, 60 and 110: in the last 50 s 20 and 10 were served, of which four fifths before 100.
TEST(CountedMeterTest, WhatIsCountedAcrossABoundaryIsSpreadEvenly) {
  CountedMeter meter = Make();
  EXPECT_TRUE(meter.Add(At(0, 1000.0, 0.0)).empty());
  EXPECT_TRUE(meter.Add(At(60, 1012.0, 4.0)).empty());
  const std::vector<MeterReport> reports = meter.Add(At(110, 1032.0, 14.0));
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].begin, 0);
  EXPECT_DOUBLE_EQ(reports[0].served(0, 0), 0.5 * (12.0 + 16.0));
  EXPECT_DOUBLE_EQ(reports[0].served(0, 1), 0.5 * (4.0 + 8.0));
  meter.Add(At(160, 1032.0, 14.0));
  const std::vector<MeterReport> next = meter.Add(At(200, 1042.0, 14.0));
  ASSERT_EQ(next.size(), 1u);
  EXPECT_DOUBLE_EQ(next[0].served(0, 0), 0.5 * (4.0 + 10.0));
  EXPECT_DOUBLE_EQ(next[0].served(0, 1), 0.5 * 2.0);
}

TEST(CountedMeterTest, ASlotThatIsNotCountedFromItsBeginOnHasNoMeter) {
  CountedMeter meter = Make();
  meter.Add(At(30, 0.0, 0.0));
  meter.Add(At(90, 5.0, 5.0));
  EXPECT_TRUE(meter.Add(At(120, 5.0, 5.0)).empty());
  meter.Add(At(180, 6.0, 5.0));
  ASSERT_EQ(meter.Add(At(230, 6.0, 5.0)).size(), 1u);
}

TEST(CountedMeterTest, AGapAndCountsThatFellBeginAnew) {
  CountedMeter meter = Make();
  meter.Add(At(0, 0.0, 0.0));
  EXPECT_TRUE(meter.Add(At(150, 50.0, 0.0)).empty()) << "further apart than 60 s";
  EXPECT_TRUE(meter.Add(At(210, 60.0, 0.0)).empty()) << "the slot from 100 on was not seen from its begin on";
  meter.Add(At(260, 60.0, 0.0));
  EXPECT_EQ(meter.Add(At(300, 60.0, 0.0)).size(), 1u);
  EXPECT_TRUE(meter.Add(At(350, 3.0, 0.0)).empty()) << "counts fell";
  EXPECT_TRUE(meter.Add(At(350, 4.0, 0.0)).empty()) << "not later";
  EXPECT_TRUE(meter.Add(At(400, 9.0, 0.0)).empty()) << "begun anew in its middle";
  meter.Add(At(450, 9.0, 0.0));
  EXPECT_EQ(meter.Add(At(500, 9.0, 0.0)).size(), 1u);
}

}  // namespace
}  // namespace evenkeel
