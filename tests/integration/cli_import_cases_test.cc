// Files as people have them, ../shared/data/cases: every one gives the right value or a message that says what to do.
// The values are those that tests/reference/import_cases.py derives from the files with numpy alone.
#include <gmock/gmock.h>

#include "models/files/trace_file.h"
#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ImportCases : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    cases_ = SourcePath("../shared/data/cases/");
    if (!std::filesystem::exists(cases_)) GTEST_SKIP() << "no cases in " << cases_;
  }

  /// The case's files in the test's folder, and its command with t.h5 as the trace.
  std::vector<std::string> Open(const std::string& name) const {
    std::filesystem::copy(cases_ + name, folder_, std::filesystem::copy_options::recursive);
    std::filesystem::copy(SourcePath("experiments/configs/fuel-factors.csv"), folder_ / "fuel-factors.csv");
    std::vector<std::string> words = {""};
    bool quoted = false;
    for (const char c : Text(folder_ / "command.txt")) {
      if (c == '\'') {
        quoted = !quoted;
      } else if ((c == ' ' || c == '\n') && !quoted) {
        if (!words.back().empty()) words.emplace_back();
      } else {
        words.back() += c;
      }
    }
    if (words.back().empty()) words.pop_back();
    words.erase(words.begin());
    *std::find(words.begin(), words.end(), "TRACE.h5") = "t.h5";
    return words;
  }

  static std::vector<std::string> With(std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  Trace Imported() const { return ReadTrace(folder_ / "t.h5"); }

  /// Total, first, sixth and last value of a column.
  static void ExpectColumn(const Vector& column, double sum, double first, double sixth, double last) {
    EXPECT_NEAR(column.sum(), sum, 1e-12 * std::abs(sum));
    EXPECT_NEAR(column[0], first, 1e-12 * std::abs(first));
    EXPECT_NEAR(column[5], sixth, 1e-12 * std::abs(sixth));
    EXPECT_NEAR(column[column.size() - 1], last, 1e-12 * std::abs(last));
  }

  std::string cases_;
};

TEST_F(ImportCases, BurstGpt) {
  const auto command = Open("burstgpt");
  EXPECT_THAT(Refuse(command), AllOf(HasSubstr("demand.csv"), HasSubstr("seconds from the midnight"),
                                     HasSubstr("--demand-start 2024-03-30")));
  EXPECT_THAT(Succeed(With(command, {"--demand-start", "2024-03-30"})), HasSubstr("3000 requests, 0 of them failed"));
  ExpectColumn(Imported().signals.demand.col(1), 0.76135927, 0.01269337, 0.00905664, 0.01269337);
}

TEST_F(ImportCases, CsvBesideGz) {
  EXPECT_THAT(
      Refuse(Open("csv-and-gz-of-one-year")),
      AllOf(HasSubstr("AA/carbon-2024.csv.gz and zones/AA/carbon-2024.csv:"), HasSubstr("two files for one year")));
}

TEST_F(ImportCases, FlagsOfPandas) {
  const auto command = Open("flag-true-false");
  EXPECT_THAT(Succeed(command), HasSubstr("carbon intensity of north: 72 of 72 values are estimates"));
  EXPECT_THAT(Imported().header.provenance.processing, HasSubstr("72 of 72 values are estimates"));
  std::string text = Text(folder_ / "zones/AA/carbon-2024.csv");
  text.replace(text.find("True"), 4, "Wahr");
  Write("zones/AA/carbon-2024.csv", text);
  EXPECT_THAT(Refuse(command), AllOf(HasSubstr("carbon-2024.csv:2"), HasSubstr("Data estimated"), HasSubstr("'Wahr'")));
}

// (1000 * 0.968 + 500 * 0.44) / 1500; the last hour that the file names ends at 23:00, so that one is missing.
TEST_F(ImportCases, EiaBulk) {
  const auto command = Open("fuel-mix-eia-bulk");
  EXPECT_THAT(Refuse(command), AllOf(HasSubstr("M-2024.csv:73"), HasSubstr("missing from 2024-04-01 23:00:00"),
                                     HasSubstr("its times are the ends of hours")));
  EXPECT_THAT(
      Succeed(With(command, {"--fill", "hold"})),
      AllOf(HasSubstr("the times of mix/M-2024.csv are the ends of hours"), HasSubstr("are of CISO, asked for was M"),
            HasSubstr("1 missing values filled (hold), the first at 2024-04-01 23:00:00")));
  const Trace trace = Imported();
  EXPECT_NEAR(trace.signals.carbon_intensity(0, 0), 0.792, 1e-12);
  ExpectColumn(trace.signals.water_intensity.col(0), 327.37989507195834, 4.0139270520705104, 3.961157670874714,
               4.2239158134638428);
}

TEST_F(ImportCases, JsonNamedCsv) {
  EXPECT_THAT(Succeed(Open("json-named-csv")), HasSubstr("72 of 72 values are estimates"));
  ExpectColumn(Imported().signals.carbon_intensity.col(0), 21.792, 0.306, 0.381, 0.279);
}

TEST_F(ImportCases, LongGap) {
  const auto command = Open("long-gap");
  EXPECT_THAT(Refuse(With(command, {"--fill-limit", "2h"})),
              AllOf(HasSubstr("carbon-2024.csv:6"), HasSubstr("3 h is missing from 2024-03-30 05:00:00"),
                    HasSubstr("gaps of up to 2 h, --fill-limit")));
  EXPECT_THAT(Succeed(command),
              HasSubstr("4 missing values filled (interpolate), the first at 2024-03-30 05:00:00 UTC, "
                        "the longest stretch 3 h from 2024-03-30 05:00:00 UTC on"));
  ExpectColumn(Imported().signals.carbon_intensity.col(0), 21.77607, 0.306, 0.37153, 0.27929);
}

TEST_F(ImportCases, Mooncake) {
  EXPECT_THAT(Succeed(Open("mooncake-jsonl")), HasSubstr("times count from the log's own start"));
  ExpectColumn(Imported().signals.demand.col(1), 0.76135927, 0.01269337, 0.00905664, 0.01269337);
}

TEST_F(ImportCases, PriceInEuros) {
  const auto command = Open("price-in-eur");
  EXPECT_THAT(Refuse(command),
              AllOf(HasSubstr("AA/price-2024.csv"), HasSubstr("in EUR"), HasSubstr("--rate EUR=NUMBER")));
  EXPECT_THAT(Succeed(With(command, {"--rate", "EUR=1.08"})), HasSubstr("price of north: in EUR, times 1.08 USD"));
  ExpectColumn(Imported().signals.price.col(0), 4046.76, 84.4992, 81.2052, 80.1252);
  // 2024-03-30 and the Sunday behind it have no rate of their own.
  Write("rates.csv", "Date,USD,GBP\n2024-04-01,1.10,0.8\n2024-03-29,1.08,0.8\n");
  Succeed(With(command, {"--rate", "EUR=rates.csv"}));
  const Vector price = Imported().signals.price.col(0);
  EXPECT_NEAR(price[0], 84.4992, 1e-12);
  EXPECT_NEAR(price[71], 80.1252 / 1.08 * 1.10, 1e-10);
  EXPECT_THAT(Refuse(With(command, {"--rate", "EUR=0"})), HasSubstr("more than 0"));
  EXPECT_THAT(Refuse(With(command, {"--rate", "euro=2"})), HasSubstr("CURRENCY=NUMBER"));
}

TEST_F(ImportCases, QuarterHoursFromOctober) {
  EXPECT_THAT(Succeed(Open("price-quarter-hours-from-october")),
              HasSubstr("price of north: a value every 900 s from 2025-09-30 22:00:00 UTC on, every 3600 s before"));
  ExpectColumn(Imported().signals.price.col(0), 10026.535, 75.24, 81.97, 74.145);
}

TEST_F(ImportCases, RequestsWithOffset) {
  auto command = Open("requests-with-offset");
  EXPECT_THAT(Succeed(command), HasSubstr("times with offsets, moved to UTC"));
  const RowMatrix demand = Imported().signals.demand;
  ExpectColumn(demand.col(0), 0.76135927, 0.01269337, 0.00905664, 0.01269337);
  *std::find(command.begin(), command.end(), "demand.csv") = "demand-naive.csv";
  EXPECT_THAT(Succeed(command), Not(HasSubstr("offsets")));
  EXPECT_EQ(Imported().signals.demand, demand);
}

TEST_F(ImportCases, Semicolons) {
  EXPECT_THAT(Refuse(Open("semicolons")), AllOf(HasSubstr("carbon-2024.csv:1"), HasSubstr("semicolons"),
                                                HasSubstr("decimal commas"), HasSubstr("byte-order mark")));
}

TEST_F(ImportCases, WeatherOfSeveralPlaces) {
  EXPECT_THAT(Refuse(Open("weather-several-places")),
              AllOf(HasSubstr("AA/weather-2024.json"), HasSubstr("2 places in it"), HasSubstr("one place in a file")));
}

TEST_F(ImportCases, WeatherWithTwoOffsets) {
  const auto command = Open("weather-two-offsets");
  EXPECT_THAT(Succeed(command), HasSubstr("1 values of zones/AA/weather-2024.json are in the file before it as well"));
  ExpectColumn(Imported().signals.water_intensity.col(0), 469.4347418026112, 4.3569292920705101, 4.3041599108747146,
               4.5669180534638425);
  // The hour of both files with another temperature: which clock each has, and both values.
  std::string text = Text(folder_ / "zones/AA/weather-2024.json");
  const std::size_t at = text.find("\"temperature_2m\": [") + 19;
  text.insert(at, "1");
  Write("zones/AA/weather-2024.json", text);
  EXPECT_THAT(Refuse(command),
              AllOf(HasSubstr("weather-2024.json:1"), HasSubstr("2023-12-31 22:00:00"), HasSubstr("UTC+02:00"),
                    HasSubstr("UTC+01:00"), HasSubstr("weather-2023.json:72")));
}

TEST_F(ImportCases, ZoneIdOfAnother) {
  EXPECT_THAT(Succeed(Open("zone-id-of-another")),
              HasSubstr("carbon intensity of north: the rows of zones/AA/carbon-2024.csv are of FR, asked for was AA"));
  EXPECT_THAT(Imported().header.provenance.processing,
              AllOf(HasSubstr("are of FR, asked for was AA"), HasSubstr("on-site water of south: the weather of"),
                    HasSubstr("52.00 N, 13.00 E, 1811 km from the region at 40.00 N, 3.00 W")));
}

}  // namespace
}  // namespace evenkeel
