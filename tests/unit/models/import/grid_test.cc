#include "models/import/grid.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/formats/registry.h"
#include "models/series/time_series.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

class ImportGridTest : public testing::Test {
 protected:
  std::string Write(const std::string& text) const {
    WriteBytes(directory_ / "f.csv", text);
    return directory_ / "f.csv";
  }
  MixIntensity Mix(const std::string& text, const std::vector<FuelFactor>& factors) const {
    const std::string path = Write(text);
    return IntensityOfMix(ReadRows(ReadDocument(path), SignalKind::kFuelMix, "", {"X"}), factors, path);
  }
  const TemporaryDirectory directory_;
};

// (3 * 0.9 + 1 * 0.1) / 4 = 0.7 kg/kWh; (3 * 2 + 1 * 0) / 4 = 1.5 gal/kWh = 5.678118 L/kWh.
TEST_F(ImportGridTest, AFuelMixByHandAndAnHourWithoutGeneration) {
  const auto factors =
      ReadFuelFactors(Write("fuel,carbon (kg/kWh),water (gal/kWh),source\nCOL,0.9,2,book\nWND,0.1,0,book\n"));
  ASSERT_EQ(factors.size(), 2u);
  EXPECT_DOUBLE_EQ(factors[0].water, 2 * 3.785412);
  const MixIntensity mix =
      Mix("timestamp,COL,WND,avg_CI\n2022-01-01 00:00:00+00:00,3,1,0\n2022-01-01 01:00:00+00:00,0,0,0\n"
          "2022-01-01 02:00:00+00:00,,5,0\n2022-01-01 03:00:00+00:00,-4,5,0\n",
          factors);
  ASSERT_EQ(mix.carbon.size(), 4u);
  EXPECT_DOUBLE_EQ(mix.carbon[0].value, 0.7);
  EXPECT_DOUBLE_EQ(mix.water[0].value, 1.5 * 3.785412);
  EXPECT_TRUE(std::isnan(mix.carbon[1].value) && std::isnan(mix.water[1].value));
  EXPECT_TRUE(std::isnan(mix.carbon[2].value));
  EXPECT_DOUBLE_EQ(mix.carbon[3].value, 0.1);
}

TEST_F(ImportGridTest, AFuelWithoutFactorIsAnError) {
  const auto factors = ReadFuelFactors(Write("fuel,carbon (kg/kWh),water (L/kWh),source\nCOL,0.9,2,book\n"));
  EXPECT_DOUBLE_EQ(factors[0].water, 2.0);
  ExpectInputError([&] { Mix("timestamp,GEO\n2022-01-01 00:00:00+00:00,3\n", factors); },
                   {"f.csv", "\"GEO\" has no factor", "known: COL"});
}

// Quarter-hours of 4 and 12 MWh: (4 * 0.9 + 12 * 0.1) / 16 = 0.3, where the mean of both mixes would be 0.5.
TEST_F(ImportGridTest, ASlotHasTheMixOfItsSums) {
  const auto factors =
      ReadFuelFactors(Write("fuel,carbon (kg/kWh),water (L/kWh),source\nCOL,0.9,2,book\nWND,0.1,0,book\n"));
  const MixIntensity mix = Mix("timestamp,COL,WND\n2022-01-01 00:00,4,0\n2022-01-01 00:30,0,12\n", factors);
  Measurements carbon{"carbon", 1800, {"f.csv"}, mix.carbon};
  std::vector<std::string> notes;
  EXPECT_NEAR(ConsecutiveMeans(carbon, 3600, {}, &notes)[0], 0.3, 1e-15);
}

// Storage gives back what was counted when it was generated: (2 * 0.9 + 2 * 0.1) / 4, whatever the battery does.
TEST_F(ImportGridTest, NewerFuelsHaveCodesAndStorageIsLeftOut) {
  const auto factors = ReadFuelFactors(
      Write("fuel,carbon (kg/kWh),water (L/kWh),source\nCOL,0.9,2,book\nSNB,0.1,0,book\nBAT,none,none,book\n"));
  const MixIntensity mix =
      Mix("timestamp,Coal,Solar with Integrated Battery Storage,Battery Storage\n2022-01-01 00:00,2,2,7\n", factors);
  EXPECT_DOUBLE_EQ(mix.carbon[0].value, 0.5);
  ASSERT_EQ(mix.left_out.size(), 1u);
  EXPECT_EQ(mix.left_out[0], "Battery Storage");
  EXPECT_EQ(FuelCode("Fossil Gas"), "NG");
  EXPECT_EQ(FuelCode("Peat"), "Peat");
}

}  // namespace
}  // namespace evenkeel
