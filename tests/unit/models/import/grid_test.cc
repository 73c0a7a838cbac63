#include "models/import/grid.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

constexpr const char* kOldHeader =
    "Datetime (UTC),Zone Id,Carbon Intensity gCO₂eq/kWh (direct),Carbon Intensity gCO₂eq/kWh (LCA),Data Estimated\n";
constexpr const char* kNewHeader =
    "Datetime (UTC),Zone id,Carbon intensity gCO₂eq/kWh (direct),Carbon intensity gCO₂eq/kWh (Life cycle),Data "
    "estimated\n";

class ImportGridTest : public testing::Test {
 protected:
  std::string Write(const std::string& text) const {
    WriteBytes(directory_ / "f.csv", text);
    return directory_ / "f.csv";
  }
  const TemporaryDirectory directory_;
};

TEST_F(ImportGridTest, ReadsBothEditionsOfElectricityMaps) {
  for (const char* header : {kOldHeader, kNewHeader}) {
    const std::string path = Write(std::string(header) +
                                   "2023-01-01 00:00:00,X,238.69,309.75,false\n"
                                   "2023-01-01 01:00:00,X,220.25,,true\n");
    Measurements series;
    EXPECT_EQ(AppendElectricityMaps(path, CarbonScope::kLifecycle, &series), 1);
    ASSERT_EQ(series.entries.size(), 2u);
    EXPECT_EQ(series.entries[0].time, 1672531200);
    EXPECT_DOUBLE_EQ(series.entries[0].value, 0.30975);  // kg/kWh
    EXPECT_TRUE(std::isnan(series.entries[1].value));
    Measurements direct;
    AppendElectricityMaps(path, CarbonScope::kDirect, &direct);
    EXPECT_DOUBLE_EQ(direct.entries[1].value, 0.22025);
  }
}

TEST_F(ImportGridTest, AUnitIsNeverGuessed) {
  Measurements series;
  ExpectInputError([&] { AppendPrices(Write("Datetime (UTC),Price (EUR/MWh)\n2023-01-01 00:00:00,1\n"), &series); },
                   {"f.csv", "Price (USD/MWh)", "Price (EUR/MWh)"});
  ExpectInputError(
      [&] { AppendPrices(Write("Datetime (UTC),Price (USD/MWh)\n2023-01-01 00:00:00+01:00,1\n"), &series); },
      {"f.csv:2", "Datetime (UTC)", "+01:00", "allowed is a UTC time"});
  const std::string negative = std::string(kOldHeader) + "2023-01-01 00:00:00,X,1,-2,false\n";
  ExpectInputError([&] { AppendElectricityMaps(Write(negative), CarbonScope::kLifecycle, &series); },
                   {"f.csv:2", "LCA", "-2", "at least 0"});
}

// (3 * 0.9 + 1 * 0.1) / 4 = 0.7 kg/kWh; (3 * 2 + 1 * 0) / 4 = 1.5 gal/kWh = 5.678118 L/kWh.
TEST_F(ImportGridTest, AFuelMixByHandAndAnHourWithoutGeneration) {
  const auto factors =
      ReadFuelFactors(Write("fuel,carbon (kg/kWh),water (gal/kWh),source\nCOL,0.9,2,book\nWND,0.1,0,book\n"));
  ASSERT_EQ(factors.size(), 2u);
  EXPECT_DOUBLE_EQ(factors[0].water, 2 * 3.785412);
  Measurements carbon, water;
  AppendFuelMix(Write("timestamp,COL,WND,avg_CI\n2022-01-01 00:00:00+00:00,3,1,0\n2022-01-01 01:00:00+00:00,0,0,0\n"
                      "2022-01-01 02:00:00+00:00,,5,0\n2022-01-01 03:00:00+00:00,-4,5,0\n"),
                factors, &carbon, &water);
  ASSERT_EQ(carbon.entries.size(), 4u);
  EXPECT_DOUBLE_EQ(carbon.entries[0].value, 0.7);
  EXPECT_DOUBLE_EQ(water.entries[0].value, 1.5 * 3.785412);
  EXPECT_TRUE(std::isnan(carbon.entries[1].value) && std::isnan(water.entries[1].value));
  EXPECT_TRUE(std::isnan(carbon.entries[2].value));
  EXPECT_DOUBLE_EQ(carbon.entries[3].value, 0.1);
}

TEST_F(ImportGridTest, AFuelWithoutFactorIsAnError) {
  const auto factors = ReadFuelFactors(Write("fuel,carbon (kg/kWh),water (L/kWh),source\nCOL,0.9,2,book\n"));
  EXPECT_DOUBLE_EQ(factors[0].water, 2.0);
  Measurements carbon, water;
  ExpectInputError(
      [&] { AppendFuelMix(Write("timestamp,GEO\n2022-01-01 00:00:00+00:00,3\n"), factors, &carbon, &water); },
      {"f.csv", "\"GEO\" has no factor", "known: COL"});
}

}  // namespace
}  // namespace evenkeel
