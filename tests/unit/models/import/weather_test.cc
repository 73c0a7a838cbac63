#include "models/import/weather.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

std::string Document(const std::string& unit = "°C", const std::string& humidity = "[50, 50, null]") {
  return R"({"utc_offset_seconds": -25200, "timezone": "America/Los_Angeles",
    "hourly_units": {"time": "iso8601", "temperature_2m": ")" +
         unit + R"(", "relative_humidity_2m": "%"},
    "hourly": {"time": ["2022-12-31T17:00", "2022-12-31T18:00", "2022-12-31T19:00"],
               "temperature_2m": [20, 20.5, 21], "relative_humidity_2m": )" +
         humidity + "}}";
}

// Stull's own example: 20 C and 50 % give 13.7 C.
TEST(ImportWeather, WetBulbOfStullsExample) { EXPECT_NEAR(WetBulbCelsius(20.0, 50.0), 13.7, 0.05); }

// 6/5 (6e-5 T^3 - 0.01 T^2 + 0.61 T - 10.4), worked out by hand: 60 F: 12.96 - 36 + 36.6 - 10.4 = 3.16, times 1.2.
TEST(ImportWeather, OnsiteWaterInFahrenheit) {
  const std::pair<double, double> cases[] = {{20, 0.05},  {30, 0.624}, {40, 2.208}, {50, 3.12},
                                             {60, 3.792}, {70, 4.656}, {80, 6.144}};
  for (const auto& [fahrenheit, litres] : cases) EXPECT_NEAR(OnsiteWaterOfWetBulb(fahrenheit), litres, 1e-9);
}

TEST(ImportWeather, LocalTimesBecomeUtcAndNullsStayMissing) {
  const TemporaryDirectory directory;
  WriteBytes(directory / "w.json", Document());
  Measurements series;
  AppendWeatherWater(directory / "w.json", "America/Los_Angeles", &series);
  ASSERT_EQ(series.entries.size(), 3u);
  EXPECT_EQ(series.entries[0].time, 1672531200);  // 2023-01-01 00:00 UTC
  // The wet bulb of 20 C and 50 % is 13.6993 C or 56.6587 F: 1.2 (10.9132 - 32.1021 + 34.5618 - 10.4) = 3.5675.
  EXPECT_NEAR(series.entries[0].value, 3.5675, 1e-3);
  EXPECT_NE(series.entries[2].value, series.entries[2].value);
}

TEST(ImportWeather, ReadsGzipAsItIs) {
  const TemporaryDirectory directory;
  const gzFile file = gzopen((directory / "w.json.gz").c_str(), "wb");
  const std::string text = Document();
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  Measurements series;
  AppendWeatherWater(directory / "w.json.gz", "", &series);
  EXPECT_EQ(series.entries.size(), 3u);
  const std::string whole = ReadBytes(directory / "w.json.gz");
  WriteBytes(directory / "torn.json.gz", whole.substr(0, whole.size() / 2));
  ExpectInputError([&] { AppendWeatherWater(directory / "torn.json.gz", "", &series); }, {"torn.json.gz"});
}

TEST(ImportWeather, RefusesWhatItWouldHaveToGuess) {
  const TemporaryDirectory directory;
  const auto expect = [&](const std::string& text, std::initializer_list<std::string> words) {
    WriteBytes(directory / "w.json", text);
    ExpectInputError(
        [&] {
          Measurements series;
          AppendWeatherWater(directory / "w.json", "America/Los_Angeles", &series);
        },
        words);
  };
  expect(Document("°F"), {"w.json", "temperature_2m", "\"°F\"", "allowed is \"°C\""});
  expect(Document("°C", "[50, 130, 50]"), {"relative_humidity_2m", "entry 2", "130", "[0, 100]"});
  expect(Document("°C", "[50]"), {"3 times", "1 humidities"});
  expect("{", {"w.json", "no JSON"});
  expect("[]", {"w.json", "no \"timezone\""});
  expect(R"({"error": true, "reason": "Daily API request limit exceeded."})",
         {"w.json", "answered with an error", "Daily API request limit exceeded"});
  expect(R"([{"latitude": 52, "longitude": 13}, {"latitude": 40, "longitude": -3}])",
         {"w.json", "2 places", "one place"});
  expect("time,temperature_2m\n1,2\n", {"w.json", "no JSON document", "Open-Meteo"});
  expect("<!DOCTYPE html><html>", {"w.json", "web page"});
  std::string other = Document();
  other.replace(other.find("Los_Angeles"), 11, "Whitehorse ");
  expect(other, {"America/Whitehorse", "expected \"America/Los_Angeles\""});
  // 9223372036854775808 is, as a signed integer, negative, and has no positive counterpart.
  for (const char* offset : {"-50401", "9223372036854775808", "1e3"}) {
    other = Document();
    other.replace(other.find("-25200"), 6, offset);
    expect(other, {"w.json", "utc_offset_seconds", "allowed is an integer in [-50400, 50400]"});
  }
}

}  // namespace
}  // namespace evenkeel
