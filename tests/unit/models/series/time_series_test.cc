#include "models/series/time_series.h"

#include <gmock/gmock.h>

#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Hours from 1970-01-02 on, in lines 2, 3, ..; a negative value is a line that is not there.
Measurements Hours(const std::vector<double>& values, std::int64_t phase = 0) {
  Measurements series{"price of a", 3600, {"a.csv"}, {}};
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (values[k] < 0.0) continue;
    series.entries.push_back({86400 + phase + 3600 * static_cast<std::int64_t>(k), values[k], 0,
                              static_cast<int>(series.entries.size()) + 2});
  }
  return series;
}

std::vector<double> Means(const Measurements& series, const SlotGrid& grid, const FillOptions& options = {},
                          std::vector<std::string>* notes = nullptr) {
  std::vector<std::string> ignored;
  return SlotMeans(series, grid, options, notes == nullptr ? &ignored : notes);
}

TEST(TimeSeries, CopiesWhatFitsAndSaysNothing) {
  std::vector<std::string> notes;
  EXPECT_THAT(Means(Hours({1, 2, 3, 4}), {86400 + 3600, 3600, 2}, {}, &notes), ElementsAre(2, 3));
  EXPECT_TRUE(notes.empty());
}

TEST(TimeSeries, AGapIsAnErrorUnlessItShouldBeFilled) {
  const Measurements series = Hours({1, 2, -1, -1, 8, 9});
  const SlotGrid grid{86400, 3600, 6};
  ExpectInputError([&] { Means(series, grid); },
                   {"a.csv:3", "price of a", "2 of 3600 s missing", "1970-01-02 02:00:00", "--fill"});
  std::vector<std::string> notes;
  EXPECT_THAT(Means(series, grid, {Fill::kHold, 0}, &notes), ElementsAre(1, 2, 2, 2, 8, 9));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("2 missing values filled (hold), the first at 1970-01-02 02:00:00")));
  // Two thirds of the way from 8 back to 2.
  EXPECT_THAT(Means(series, grid, {Fill::kInterpolate, 0}), ElementsAre(1, 2, 4, 6, 8, 9));
}

TEST(TimeSeries, AnEmptyFieldIsAGapToo) {
  Measurements series = Hours({1, 2, 3});
  series.entries[1].value = kMissingValue;
  ExpectInputError([&] { Means(series, {86400, 3600, 3}); }, {"a.csv:3", "1 of 3600 s missing"});
  EXPECT_THAT(Means(series, {86400, 3600, 3}, {Fill::kHold, 0}), ElementsAre(1, 1, 3));
}

TEST(TimeSeries, TheEdgesTakeTheNearestValueAsFarAsAllowed) {
  std::vector<std::string> notes;
  const SlotGrid grid{86400, 3600, 4};
  EXPECT_THAT(Means(Hours({1, 2}), grid, {Fill::kError, 2}, &notes), ElementsAre(1, 2, 2, 2));
  EXPECT_THAT(Means(Hours({-1, -1, 3, 4}), grid, {Fill::kError, 2}, &notes), ElementsAre(3, 3, 3, 4));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("the last 2 values are the one before"),
                                 HasSubstr("the first 2 values are the next one")));
  ExpectInputError([&] { Means(Hours({1, 2}), grid, {Fill::kError, 1}); }, {"a.csv:3", "2 of 3600 s missing"});
  ExpectInputError([&] { Means(Hours({-1, -1, 3, 4}), grid, {Fill::kError, 1}); }, {"a.csv:2", "2 of 3600 s missing"});
  // A gap in the middle is none at an edge.
  ExpectInputError([&] { Means(Hours({1, -1, 3, 4}), grid, {Fill::kError, 2}); }, {"1 of 3600 s missing"});
}

TEST(TimeSeries, NothingBeforeAGapOrBehindItIsAnError) {
  ExpectInputError([] { Means(Hours({-1, 2}), {86400, 3600, 2}, {Fill::kHold, 0}); }, {"nothing before it"});
  ExpectInputError([] { Means(Hours({1, -1}), {86400, 3600, 2}, {Fill::kInterpolate, 0}); }, {"nothing follows"});
  // A value before the slots will do.
  EXPECT_THAT(Means(Hours({7, -1, 2}), {86400 + 3600, 3600, 2}, {Fill::kHold, 0}), ElementsAre(7, 2));
}

// At a clock change an hour comes twice or not at all.
TEST(TimeSeries, ARepeatedAStrayAndABackwardTimeAreErrors) {
  for (const auto& [shift, word] :
       {std::pair(-3600, "appears twice"), {-1800, "is not on the raster"}, {-7200, "runs backwards"}}) {
    Measurements series = Hours({1, 2, 3, 4});
    series.entries[2].time += shift;
    ExpectInputError(
        [&] {
          Means(series, {86400, 3600, 4});
        },
        {"a.csv:4", word, "after", "a.csv:3", "allowed are times that rise"});
  }
}

TEST(TimeSeries, ValuesAtHalfPastAreCutAtTheSlots) {
  // 23:30 2, 00:30 4, 01:30 6: the slot 00:00 is half 2 and half 4.
  std::vector<std::string> notes;
  EXPECT_THAT(Means(Hours({2, 4, 6}, -1800), {86400, 3600, 2}, {}, &notes), ElementsAre(3, 5));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("averaged over slots of 3600 s")));
  // Shorter slots repeat an hour's value.
  EXPECT_THAT(Means(Hours({2, 4}), {86400, 1800, 4}), ElementsAre(2, 2, 4, 4));
}

TEST(TimeSeries, ConsecutiveMeansLeaveOutTheRest) {
  std::vector<std::string> notes;
  EXPECT_THAT(ConsecutiveMeans(Hours({1, 3, 5, 7, 9}), 7200, {}, &notes), ElementsAre(2, 6));
  ExpectInputError([&] { ConsecutiveMeans(Hours({1}), 7200, {}, &notes); },
                   {"1 values over 3600 s", "at least the 7200 s"});
}

// Holding must not know what comes: the same values before slot t, whatever is after.
TEST(TimeSeries, HoldIsCausal) {
  Measurements series = Hours({1, -1, 3, -1, 5, 6});
  const SlotGrid grid{86400, 3600, 6};
  const std::vector<double> before = Means(series, grid, {Fill::kHold, 0});
  series.entries.back().value = series.entries[2].value = 100.0;
  const std::vector<double> after = Means(series, grid, {Fill::kHold, 0});
  for (std::size_t t = 0; t < 4; ++t) EXPECT_EQ(before[t], after[t]) << t;
  EXPECT_EQ(after[4], 100.0);
}

/// Values that begin so many minutes after 1970-01-02.
Measurements Minutes(const std::vector<std::pair<int, double>>& values) {
  Measurements series{"price of a", 3600, {"a.csv"}, {}};
  for (const auto& [minute, value] : values)
    series.entries.push_back({86400 + 60 * minute, value, 0, static_cast<int>(series.entries.size()) + 2});
  return series;
}

// Four hours, then quarters: the hour 4 is the mean of 1, 2, 3, 6.
TEST(TimeSeries, TheStepIsReadFromTheRowsAndMayChange) {
  const Measurements series =
      Minutes({{0, 8}, {60, 7}, {120, 6}, {180, 5}, {240, 1}, {255, 2}, {270, 3}, {285, 6}, {300, 4}});
  std::vector<std::string> notes;
  EXPECT_THAT(Means(series, {86400, 3600, 5}, {}, &notes), ElementsAre(8, 7, 6, 5, 3));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("a value every 900 s from 1970-01-02 04:00:00 UTC on, every 3600 s before"),
                                 HasSubstr("values of 900 s")));
  EXPECT_THAT(Means(series, {86400 + 3 * 3600, 1800, 4}), ElementsAre(5, 5, 1.5, 4.5));
  ExpectInputError([&] { Means(series, {86400, 3600, 6}); }, {"a.csv:10", "3 of 900 s missing from 1970-01-02 05:15"});
}

// Every second quarter is missing for three hours in the middle of a day of quarters: a gap each, no step of its own.
TEST(TimeSeries, SomeHolesAreNoStep) {
  std::vector<std::pair<int, double>> values;
  for (int k = 0; k < 96; ++k) {
    if (k < 40 || k >= 52 || k % 2 == 0) values.emplace_back(15 * k, 1.0);
  }
  ExpectInputError([&] { Means(Minutes(values), {86400, 3600, 24}); }, {"1 of 900 s missing from 1970-01-02 10:15"});
}

TEST(TimeSeries, EnergiesAreSummedAndCut) {
  Measurements series = Minutes({{0, 4}, {30, 6}, {60, 8}, {90, 2}});
  series.combine = Combine::kSum;
  std::vector<std::string> notes;
  EXPECT_THAT(Means(series, {86400, 3600, 2}, {}, &notes), ElementsAre(10, 10));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("summed over slots of 3600 s")));
  EXPECT_THAT(Means(series, {86400, 900, 4}), ElementsAre(2, 2, 3, 3));
}

// 3 with weight 1 and 5 with weight 3: 18 / 4.
TEST(TimeSeries, WeightsCountInTheMean) {
  Measurements series = Minutes({{0, 3}, {30, 5}, {60, 1}, {90, 1}});
  series.entries[1].weight = 3.0;
  EXPECT_THAT(Means(series, {86400, 3600, 2}), ElementsAre(4.5, 1));
}

TEST(TimeSeries, ALongGapIsAnErrorAndTheLongestStretchIsSaid) {
  std::vector<double> values(30, 1.0);
  for (int k = 4; k < 10; ++k) values[k] = -1;
  values[20] = -1;
  std::vector<std::string> notes;
  Means(Hours(values), {86400, 3600, 30}, {Fill::kHold, 0}, &notes);
  EXPECT_THAT(notes, ElementsAre(HasSubstr("7 missing values filled (hold), the first at 1970-01-02 04:00:00 UTC, the "
                                           "longest stretch 6 h from 1970-01-02 04:00:00 UTC on")));
  values[10] = -1;
  ExpectInputError(
      [&] {
        Means(Hours(values), {86400, 3600, 30}, {Fill::kHold, 0});
      },
      {"a.csv:5", "7 h is missing from 1970-01-02 04:00:00", "gaps of up to 6 h, --fill-limit"});
  EXPECT_EQ(Means(Hours(values), {86400, 3600, 30}, {Fill::kHold, 0, 7 * 3600}).size(), 30u);
  // Held at the end, and what began before the slots, count whole.
  const Measurements ends = Hours({1, 2, 3});
  ExpectInputError([&] { Means(ends, {86400, 3600, 24}, {Fill::kHold, 0}); }, {"21 h is missing"});
  ExpectInputError([&] { Means(Hours(values), {86400 + 10 * 3600, 3600, 3}, {Fill::kHold, 0}); }, {"7 h is missing"});
  // A gap outside of the slots is none.
  EXPECT_EQ(Means(Hours(values), {86400, 3600, 4}).size(), 4u);
}

Measurements TwoFiles(double value_of_second) {
  Measurements series = Hours({1, 2, 3, 4});
  series.files.emplace_back("b.csv");
  series.clocks = {"UTC+01:00", "UTC+02:00"};
  series.entries.push_back({86400 + 3 * 3600, value_of_second, 1, 2});
  series.entries.push_back({86400 + 4 * 3600, 5, 1, 3});
  return series;
}

TEST(TimeSeries, WhatTwoFilesHaveAlikeIsMerged) {
  std::vector<std::string> notes;
  const SlotGrid grid{86400, 3600, 5};
  EXPECT_THAT(Means(TwoFiles(4), grid, {}, &notes), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("1 values of b.csv are in the file before it as well")));
  EXPECT_THAT(Means(TwoFiles(kMissingValue), grid), ElementsAre(1, 2, 3, 4, 5));
  ExpectInputError([&] { Means(TwoFiles(4.5), grid); },
                   {"b.csv:2", "is 4.5 here (its clock is at UTC+02:00)", "4 in a.csv:5 (its clock is at UTC+01:00)"});
}

// The other way round an hour is in neither file.
TEST(TimeSeries, AGapBetweenFilesOnTwoClocksSaysSo) {
  Measurements series = TwoFiles(4);
  for (Measurement& entry : series.entries) entry.time += entry.file == 1 ? 2 * 3600 : 0;
  ExpectInputError(
      [&] {
        Means(series, {86400, 3600, 5});
      },
      {"a.csv:5", "1 of 3600 s missing", "a file at UTC+01:00 ends and one at UTC+02:00 begins"});
}

TEST(TimeSeries, LengthsThatAFileStatesAreKept) {
  Measurements series = Minutes({{0, 1}, {60, 2}});
  for (Measurement& entry : series.entries) entry.seconds = 1800;
  ExpectInputError([&] { Means(series, {86400, 3600, 2}); }, {"1 of 1800 s missing from 1970-01-02 00:30"});
  series.entries[0].seconds = 7200;
  ExpectInputError([&] { Means(series, {86400, 3600, 2}); }, {"a.csv:3", "within the 7200 s", "a.csv:2"});
}

}  // namespace
}  // namespace evenkeel
