#include "models/import/demand.h"

#include <gmock/gmock.h>

#include "models/series/time_series.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

using ::testing::ElementsAre;

TEST(ImportDemand, ReadsASeriesAtItsOwnPace) {
  const TemporaryDirectory directory;
  WriteBytes(directory / "d.csv", "Time,Demand\n2019-01-01 11:30,4\n2019-01-01 12:00,6\n2019-01-01 12:30,8");
  const Measurements demand = ReadDemandSeries(directory / "d.csv", 3600);
  EXPECT_EQ(demand.step, 1800);
  EXPECT_EQ(demand.combine, Combine::kMean);
  EXPECT_EQ(demand.entries[2].value, 8.0);
  WriteBytes(directory / "d.csv", "Time,Demand\n2019-01-01 11:30,4\n2019-01-01 11:30,6\n");
  ExpectInputError([&] { ReadDemandSeries(directory / "d.csv", 3600); }, {"d.csv:3", "does not rise"});
  WriteBytes(directory / "d.csv", "Time,Demand\n2019-01-01 11:30,4\n2019-01-01 12:00,-6\n");
  ExpectInputError([&] { ReadDemandSeries(directory / "d.csv", 3600); }, {"d.csv:3", "Demand", "-6", "at least 0"});
}

// 5 MWh and 6 MWh of half an hour are 11 MWh of an hour; powers of 5 and 6 MW are 5.5 MWh.
TEST(ImportDemand, EnergiesAreSummedAndPowersAveraged) {
  const TemporaryDirectory directory;
  const auto hour = [&](const std::string& column, std::int64_t slot) {
    WriteBytes(directory / "d.csv", "Time," + column + "\n2019-01-01 11:00,5\n2019-01-01 11:30,6\n");
    std::vector<std::string> notes;
    return ConsecutiveMeans(ReadDemandSeries(directory / "d.csv", slot), slot, {}, &notes);
  };
  EXPECT_THAT(hour("Demand (MWh)", 3600), ElementsAre(11.0));
  EXPECT_THAT(hour("Energy (MWh)", 900), ElementsAre(2.5, 2.5, 3.0, 3.0));
  EXPECT_THAT(hour("Demand (MW)", 3600), ElementsAre(5.5));
  EXPECT_THAT(hour("Demand", 3600), ElementsAre(5.5));
}

// 02:30 comes twice when the clocks go back; with its offset it is two times.
TEST(ImportDemand, TimesWithOffsetsAreMovedToUtc) {
  const TemporaryDirectory directory;
  WriteBytes(directory / "d.csv",
             "Time,Demand\n2024-10-27 02:30:00+02:00,1\n2024-10-27 02:30:00+01:00,2\n2024-10-27T02:30:00Z,3\n");
  const Measurements demand = ReadDemandSeries(directory / "d.csv", 3600);
  EXPECT_EQ(demand.entries[0].time, 1729989000);  // 2024-10-27 00:30 UTC
  EXPECT_EQ(demand.entries[2].time, 1729989000 + 7200);
  WriteBytes(directory / "d.csv", "Time,Demand\n2024-10-27 02:30:00+02:00,1\n2024-10-27 02:30:00,2\n");
  ExpectInputError([&] { ReadDemandSeries(directory / "d.csv", 3600); }, {"d.csv:3", "with an offset as in the first"});
  WriteBytes(directory / "d.csv", "Time,Demand\n2024-10-27 01:30,1\n2024-10-27 02:30,2\n2024-10-27 02:30,2\n");
  std::vector<std::string> notes;
  ExpectInputError([&] { ConsecutiveMeans(ReadDemandSeries(directory / "d.csv", 3600), 3600, {}, &notes); },
                   {"d.csv:4", "appears twice", "clocks go back"});
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
