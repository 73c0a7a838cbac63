#include "models/files/cf_packing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

CfAttribute Of(const std::string& name, const std::string& type, std::vector<double> numbers) {
  return {name, type, std::move(numbers), ""};
}
CfAttribute Word(const std::string& name, const std::string& text) { return {name, "text", {}, text}; }

CfPacking Make(const std::string& type, const std::vector<CfAttribute>& attributes) {
  return MakeCfPacking(type, attributes, "t.nc: dataset 'price'");
}

/// One number: its value, or NaN with the reason.
double Value(const CfPacking& packing, double stored, std::string* reason = nullptr) {
  const auto missing = Unpack(packing, 1, &stored);
  if (reason != nullptr) *reason = missing ? missing->reason : "";
  EXPECT_EQ(missing.has_value(), std::isnan(stored));
  return stored;
}

void ExpectRefused(const std::string& type, const CfAttribute& attribute, const std::string& words) {
  ExpectInputError([&] { Make(type, {attribute}); },
                   {"t.nc: dataset 'price': the attribute '" + attribute.name + "' ", words});
}

TEST(CfPackingTest, WithoutAttributesNumbersAreValues) {
  EXPECT_TRUE(Make("float64", {}).IsPlain());
  EXPECT_EQ(Value(Make("float64", {}), -9999.0), -9999.0);
  EXPECT_TRUE(std::signbit(Value(Make("float64", {Of("_FillValue", "float64", {kNan})}), -0.0)));
}

TEST(CfPackingTest, ScalesAndShiftsInFloat64) {
  // numpy: 5138 * 0.01 = 51.38, 5138 * 0.01 + 20.0 = 71.38
  EXPECT_EQ(Value(Make("int32", {Of("scale_factor", "float64", {0.01})}), 5138), 5138 * 0.01);
  EXPECT_EQ(Value(Make("int16", {Of("scale_factor", "float64", {0.01}), Of("add_offset", "float64", {20.0})}), 5138),
            5138 * 0.01 + 20.0);
  EXPECT_EQ(Value(Make("uint8", {Of("add_offset", "float32", {-0.5})}), 3), 2.5);
}

TEST(CfPackingTest, StoredNumbersThatStandForNothingAreMissing) {
  std::string reason;
  // Masks are about what is stored: 300 is 3.0, and not missing.
  const CfPacking packing = Make("int32", {Of("scale_factor", "float64", {0.01}), Of("_FillValue", "int32", {3})});
  EXPECT_TRUE(std::isnan(Value(packing, 3, &reason)));
  EXPECT_EQ(reason, "3 is its '_FillValue'");
  EXPECT_EQ(Value(packing, 300), 3.0);
  const CfPacking several = Make("float64", {Of("missing_value", "float64", {-9999, -8888})});
  EXPECT_TRUE(std::isnan(Value(several, -9999)));
  EXPECT_TRUE(std::isnan(Value(several, -8888, &reason)));
  EXPECT_EQ(reason, "-8888 is its 'missing_value'");
  EXPECT_EQ(Value(several, -7777), -7777);
  EXPECT_TRUE(std::isnan(Value(Make("float64", {Of("_FillValue", "float64", {kNan})}), kNan)));
  // float32(1e20) is 100000002004087734272.
  EXPECT_TRUE(std::isnan(Value(Make("float32", {Of("_FillValue", "float64", {1e20})}), 100000002004087734272.0)));
}

TEST(CfPackingTest, NetcdfFillsIntegersByItself) {
  std::string reason;
  EXPECT_TRUE(std::isnan(Value(Make("int16", {}), -32767, &reason)));
  EXPECT_EQ(reason, "-32767 is netCDF's default fill value");
  EXPECT_TRUE(std::isnan(Value(Make("int32", {}), -2147483647)));
  EXPECT_TRUE(std::isnan(Value(Make("uint16", {}), 65535)));
  EXPECT_EQ(Value(Make("int8", {}), -127), -127);
  EXPECT_EQ(Value(Make("int16", {Of("_FillValue", "int16", {-1})}), -32767), -32767);
}

TEST(CfPackingTest, ValidRangesAreOfStoredNumbersOrOfValues) {
  std::string reason;
  const CfAttribute scale = Of("scale_factor", "float64", {0.01});
  const CfPacking stored = Make("int16", {scale, Of("valid_range", "int16", {-100, 500})});
  EXPECT_EQ(Value(stored, 500), 5.0);
  EXPECT_TRUE(std::isnan(Value(stored, 501, &reason)));
  EXPECT_EQ(reason, "501 is above its 'valid_range', 500");
  const CfPacking values =
      Make("int16", {scale, Of("valid_min", "float64", {-1.0}), Of("valid_max", "float64", {5.0})});
  EXPECT_EQ(Value(values, 500), 5.0);
  EXPECT_TRUE(std::isnan(Value(values, -101, &reason)));
  EXPECT_EQ(reason, "-1.01 is below its 'valid_min', -1");
  ExpectInputError(
      [&] {
        Make("int16", {scale, Of("valid_min", "int32", {0})});
      },
      {"'valid_min' is of int32, expected int16, as the values are stored, or float64"});
  EXPECT_EQ(Value(Make("float64", {Of("valid_max", "int32", {5})}), 5.0), 5.0);
}

TEST(CfPackingTest, ReadsTheOtherSign) {
  const CfPacking packing = Make("int8", {Word("_Unsigned", "true"), Of("_FillValue", "int8", {-1})});
  EXPECT_EQ(Value(packing, -2), 254.0);
  EXPECT_EQ(Value(packing, 2), 2.0);
  EXPECT_TRUE(std::isnan(Value(packing, -1)));
  EXPECT_EQ(Value(Make("uint8", {Word("_Unsigned", "false")}), 254), -2.0);
  std::int64_t flag = -2;
  EXPECT_FALSE(Unpack(packing, 1, &flag));
  EXPECT_EQ(flag, 254);
  flag = -1;
  EXPECT_EQ(Unpack(packing, 1, &flag)->reason, "255 is its '_FillValue'");
}

TEST(CfPackingTest, RefusesWhatItCannotApply) {
  ExpectRefused("int32", Of("scale_factor", "float64", {0.0}), "is 0");
  ExpectRefused("int32", Of("scale_factor", "float64", {0.1, 0.2}), "is 2 numbers, expected one finite number");
  ExpectRefused("int32", Word("scale_factor", "0.01"), "is \"0.01\", expected one finite number");
  ExpectRefused("int32", Of("add_offset", "float64", {kNan}), "is nan, expected one finite number");
  ExpectRefused("float64", Word("_FillValue", "-9999"), "is \"-9999\", expected a number");
  ExpectRefused("int16", Of("missing_value", "float64", {-999.9}),
                "is -999.9, which the values, stored as int16, cannot be");
  ExpectRefused("int16", Of("_FillValue", "float64", {1e20}), "cannot be");
  ExpectRefused("float64", Of("valid_range", "float64", {1.0}), "is 1, expected two numbers");
  ExpectRefused("int8", Word("_Unsigned", "maybe"), "is \"maybe\", expected true or false");
  ExpectRefused("float64", Word("_Unsigned", "true"), "is for integers");
  ExpectRefused("float64", Of("Scale_Factor", "float64", {0.1}), "is not known, 'scale_factor' is");
  ExpectRefused("float64", Of("slope", "float64", {0.1}), "belongs to another convention");
  EXPECT_FALSE(IsCfPackingName("units"));
  EXPECT_TRUE(IsCfPackingName("FillValue"));
}

}  // namespace
}  // namespace evenkeel
