#include "models/files/variants_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;

Network Read(const std::string& text) {
  const TemporaryDirectory directory;
  WriteBytes(directory / "variants.csv", text);
  Network network = MakeFullNetwork({{"north", 1.0, 60.0, 10.0}, {"south", 1.2, 40.0, 10.0}}, {{"users", 50.0, 10.0}});
  ReadVariants(directory / "variants.csv", &network);
  return network;
}

std::string ErrorOf(const std::string& text) {
  try {
    Read(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(VariantsFileTest, ARowPerVariantCountsInEveryRegion) {
  const Network network = Read(
      "variant,quality_loss,energy_per_unit,resource_per_unit\n"
      "large,0,1,1\n"
      "small,0.2,0.25,0.5\n");
  ASSERT_EQ(network.num_variants(), 2);
  EXPECT_EQ(network.variants[1].name, "small");
  EXPECT_EQ(network.variants[1].resource_per_unit, 0.5);
  EXPECT_EQ(network.variants[1].quality_loss, 0.2);
  RowMatrix energy(2, 2);
  energy << 1.0, 0.25, 1.0, 0.25;
  EXPECT_EQ(network.energy_per_unit, energy);
}

TEST(VariantsFileTest, ARegionMayNeedMoreEnergyThanAnother) {
  const Network network = Read(
      "region,variant,energy_per_unit,resource_per_unit,quality_loss\n"
      "south,large,2,1,0\nnorth,large,1,1,0\nnorth,small,0.25,0.5,0.2\nsouth,small,0.75,0.5,0.2\n");
  RowMatrix energy(2, 2);
  energy << 1.0, 0.25, 2.0, 0.75;
  EXPECT_EQ(network.energy_per_unit, energy);
}

TEST(VariantsFileTest, SaysWhatIsWrong) {
  const std::string header = "variant,energy_per_unit,resource_per_unit,quality_loss\n";
  EXPECT_THAT(ErrorOf("variant,resource_per_unit,quality_loss\nlarge,1,0\n"), HasSubstr("energy_per_unit"));
  EXPECT_THAT(ErrorOf("variant,energy_per_unit,resource_per_unit\nlarge,1,1\n"), HasSubstr("quality_loss"));
  EXPECT_THAT(ErrorOf(header + "large,,1,0\n"), HasSubstr("variants.csv:2"));
  EXPECT_THAT(ErrorOf(header + "large,0,1,0\n"), HasSubstr("energy_per_unit is 0, allowed: above 0"));
  EXPECT_THAT(ErrorOf(header + "large,1,-1,0\n"), HasSubstr("resource_per_unit is -1, allowed: above 0"));
  EXPECT_THAT(ErrorOf(header + "large,1,1,-0.1\n"), HasSubstr("quality_loss is -0.1, allowed: at least 0"));
  EXPECT_THAT(ErrorOf(header + "large,1,1,0\nlarge,1,1,0\n"), HasSubstr("variant \"large\" is given twice"));
  EXPECT_THAT(ErrorOf(header + ",1,1,0\n"), HasSubstr("no name"));
  EXPECT_THAT(ErrorOf(header), HasSubstr("no variant"));
  const std::string by_region = "region,variant,energy_per_unit,resource_per_unit,quality_loss\n";
  EXPECT_THAT(ErrorOf(by_region + "north,large,1,1,0\n"), HasSubstr("no energy_per_unit for region \"south\""));
  EXPECT_THAT(ErrorOf(by_region + "west,large,1,1,0\n"), HasSubstr("unknown region \"west\""));
  EXPECT_THAT(ErrorOf(by_region + "north,large,1,1,0\nsouth,large,1,2,0\n"), HasSubstr("another resource_per_unit"));
}

}  // namespace
}  // namespace evenkeel
