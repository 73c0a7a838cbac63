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
  series.entries[1].value = kMissing;
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

}  // namespace
}  // namespace evenkeel
