#include "models/import/demand.h"

#include <gmock/gmock.h>

#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

using ::testing::ElementsAre;

TEST(ImportDemand, ReadsASeriesAtItsOwnPace) {
  const TemporaryDirectory directory;
  WriteBytes(directory / "d.csv", "Time,Demand\n2019-01-01 11:30,4\n2019-01-01 12:00,6\n2019-01-01 12:30,8");
  const Measurements demand = ReadDemandSeries(directory / "d.csv");
  EXPECT_EQ(demand.step, 1800);
  EXPECT_EQ(demand.entries[2].value, 8.0);
  WriteBytes(directory / "d.csv", "Time,Demand\n2019-01-01 11:30,4\n2019-01-01 11:30,6\n");
  ExpectInputError([&] { ReadDemandSeries(directory / "d.csv"); }, {"d.csv:3", "does not rise"});
  WriteBytes(directory / "d.csv", "Time,Demand\n2019-01-01 11:30,4\n2019-01-01 12:00,-6\n");
  ExpectInputError([&] { ReadDemandSeries(directory / "d.csv"); }, {"d.csv:3", "Demand", "-6", "at least 0"});
}

// Bins of a minute from 18:17:03 on: 1 + 10 * 0.1 + 2 * 0.5 = 3 Wh, nothing, then one that may not be full.
TEST(ImportDemand, CountsRequestsIntoSlots) {
  const TemporaryDirectory directory;
  WriteBytes(directory / "r.csv",
             "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,10,2\n"
             "2023-11-16 18:17:50.0000000,10,2\n2023-11-16 18:19:05.0319600,3180,8");
  const Measurements demand = ReadRequests(directory / "r.csv", {1.0, 0.1, 0.5}, 60);
  ASSERT_EQ(demand.entries.size(), 2u);
  EXPECT_DOUBLE_EQ(demand.entries[0].value, 6e-6);
  EXPECT_EQ(demand.entries[1].value, 0.0);
  WriteBytes(directory / "r.csv",
             "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9,1,1\n2023-11-16 18:16:00.0,1,1\n");
  ExpectInputError([&] { ReadRequests(directory / "r.csv", {}, 60); }, {"r.csv:3", "before"});
}

// 0.35 + 0.6 (v - 2) / 4 for 2, 4, 6, moved by +1 and -1: a gateway east of Greenwich is ahead.
TEST(ImportDemand, ScalesRepeatsAndShifts) {
  const Vector series = ScaleDemand({2, 4, 6}, {}, "d.csv");
  EXPECT_THAT(std::vector<double>(series.begin(), series.end()),
              ElementsAre(testing::DoubleEq(0.35), testing::DoubleEq(0.65), testing::DoubleEq(0.95)));
  const RowMatrix demand = RepeatDemand(series, 4, 0, {0, 1, -1}, {1.0, 1.0, 2.0});
  EXPECT_THAT(std::vector<double>(demand.col(0).begin(), demand.col(0).end()),
              ElementsAre(series[0], series[1], series[2], series[0]));
  EXPECT_EQ(demand(0, 1), series[1]);
  EXPECT_EQ(demand(0, 2), 2.0 * series[2]);
  EXPECT_EQ(RepeatDemand(series, 1, 5, {0}, {1.0})(0, 0), series[2]);
  ExpectInputError([] { ScaleDemand({2, 2}, {}, "d.csv"); }, {"d.csv", "all 2 values are 2"});
  EXPECT_EQ(ScaleDemand({2, 2}, {false, 0, 0}, "d.csv")[1], 2.0);
}

}  // namespace
}  // namespace evenkeel
