// `trace import zones` as a user runs it: on a small made-up folder and, where it is there, on the real data.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "models/base/utc_time.h"
#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::int64_t kStart = 1672531200;  // 2023-01-01 00:00 UTC
constexpr int kHours = 60;

class ImportZones : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    std::filesystem::create_directories(folder_ / "zones/A");
    WriteRows("zones/A/price-2023.csv", "Datetime (UTC),Price (USD/MWh)", 40.0);
    WriteRows("zones/A/carbon-2023.csv",
              "Datetime (UTC),Carbon Intensity gCO₂eq/kWh (LCA),Carbon Intensity gCO₂eq/kWh (direct),Data Estimated",
              300.0, ",1,false");
    std::string times, temperatures, humidities;
    for (int t = 0; t < kHours; ++t) {
      times += fmt::format("{}\"{}\"", t > 0 ? "," : "", Stamp(t + 1, 'T').substr(0, 16));
      temperatures += t > 0 ? ",20" : "20";
      humidities += t > 0 ? ",50" : "50";
    }
    // An hour east of Greenwich: the first entry is 2023-01-01 00:00 UTC, the last one hour 59.
    Write("zones/A/weather-2023.json",
          fmt::format(R"({{"utc_offset_seconds": 3600, "timezone": "Europe/Berlin", "hourly_units": {{"time": "iso8601",
            "temperature_2m": "°C", "relative_humidity_2m": "%"}}, "hourly": {{"time": [{}], "temperature_2m": [{}],
            "relative_humidity_2m": [{}]}}}})",
                      times, temperatures, humidities));
    Write("demand.csv", "Time,Demand\n2019-01-01 00:00,1\n2019-01-01 01:00,2\n2019-01-01 02:00,3\n");
  }

  static std::string Stamp(int hour, char between) {
    std::string text = FormatUtc(kStart + 3600 * std::int64_t{hour}).substr(0, 19);
    text[10] = between;
    return text;
  }

  void WriteRows(const std::string& file, const std::string& header, double value, const std::string& more = "",
                 int left_out = -1) const {
    std::string text = header + "\n";
    for (int t = 0; t < kHours; ++t)
      if (t != left_out) text += fmt::format("{},{}{}\n", Stamp(t, ' '), value + t, more);
    Write(file, text);
  }

  static std::vector<std::string> Import(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {
        "trace",
        "import",
        "zones",
        "--data",
        "zones",
        "--demand",
        "demand.csv",
        "--from",
        "2023-01-01",
        "--to",
        "2023-01-03",
        "--out",
        "t.h5",
        "--region",
        "a(zone=A,timezone=Europe/Berlin,latitude=50,longitude=8,pue=1.5,capacity=2,offsite_water=1.8)",
        "--gateway",
        "users(utc_offset=1,latitude=50,longitude=8)"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  static std::vector<std::string> With(const std::string& option, const std::string& value) {
    std::vector<std::string> arguments = Import();
    *std::next(std::find(arguments.begin(), arguments.end(), option)) = value;
    return arguments;
  }
};

TEST_F(ImportZones, JoinsEverythingInUtc) {
  EXPECT_THAT(Succeed(Import()),
              AllOf(HasSubstr("48 slots of 1 h, 1 region, 1 gateway"), HasSubstr("demand: 3 slots")));
  const nlohmann::json info = SucceedJson({"trace", "info", "t.h5"});
  const nlohmann::json& region = info["regions"][0];
  EXPECT_NEAR(region["price"]["min"], 40.0, 1e-12);
  EXPECT_NEAR(region["price"]["max"], 87.0, 1e-12);
  EXPECT_NEAR(region["carbon_intensity"]["min"], 0.3, 1e-12);
  // On-site 3.5675 at 20 C and 50 %, off-site 1.8 per facility energy: 3.5675 + 1.5 * 1.8.
  EXPECT_NEAR(region["water_intensity"]["mean"], 6.2675, 1e-3);
  EXPECT_EQ(info["provenance"]["carbon_scope"], "lifecycle");
  EXPECT_THAT(std::string(info["provenance"]["processing"]), HasSubstr("demand: 3 slots, from 2023-01-01 00:00"));
  Succeed({"compare", "t.h5", "--policy", "cost"});
  Succeed(Import({"--carbon-scope", "direct"}));
  EXPECT_EQ(SucceedJson({"trace", "info", "t.h5"})["provenance"]["carbon_scope"], "direct");
}

// Gateway users has 0.35 to 0.95 a slot; region a is its only one and has 2 MW, so that all of the work fits.
TEST_F(ImportZones, AShareOfTheDemandCanWait) {
  Succeed(Import());
  const double demand = SucceedJson({"trace", "info", "t.h5"})["gateways"][0]["demand"]["mean"];
  const std::string said = Succeed(Import({"--work-share", "0.4", "--work-deadline", "12", "--work-home", "1"}));
  EXPECT_THAT(said,
              AllOf(HasSubstr("1 class of work that can wait"),
                    HasSubstr("\nwork that can wait: 0.4 of every gateway's demand, for up to 12 h; 1 of it stays")));
  const nlohmann::json info = SucceedJson({"trace", "info", "t.h5"});
  EXPECT_EQ(info["work_classes"][0]["name"], "work at a");
  EXPECT_NEAR(info["work_classes"][0]["arrival"]["mean"], 0.4 * demand, 1e-12);
  EXPECT_NEAR(info["gateways"][0]["demand"]["mean"], 0.6 * demand, 1e-12);
  EXPECT_THAT(Refuse(Import({"--work-share", "0.4"})), HasSubstr("--work-deadline is missing"));
  EXPECT_THAT(Refuse(Import({"--work-share", "0.4", "--work-deadline", "0.25"})), HasSubstr("whole slots of 1 h"));
}

TEST_F(ImportZones, AGapIsRefusedOrFilledAndLogged) {
  WriteRows("zones/A/price-2023.csv", "Datetime (UTC),Price (USD/MWh)", 40.0, "", 7);
  EXPECT_THAT(Refuse(Import()), AllOf(HasSubstr("price-2023.csv:8"), HasSubstr("2023-01-01 07:00:00"),
                                      HasSubstr("missing"), HasSubstr("--fill")));
  EXPECT_THAT(Succeed(Import({"--fill", "hold"})), HasSubstr("price of a: 1 missing values filled (hold)"));
}

TEST_F(ImportZones, BadInputIsNamed) {
  EXPECT_THAT(Refuse(Import({"--fill", "guess"})), HasSubstr("none of error, hold, interpolate"));
  EXPECT_THAT(Refuse(Import({"--region", "b(zone=B,pue=1)"})), AllOf(HasSubstr("\"capacity\""), HasSubstr("missing")));
  EXPECT_THAT(Refuse(Import({"--gateway", "g(utc_offset=1,latitude=0,longitude=0,shere=2)"})),
              HasSubstr("did you mean \"share\""));
  EXPECT_THAT(Refuse(With("--to", "2023-01-05")), HasSubstr("missing from 2023-01-03 12:00:00"));
  EXPECT_THAT(Refuse(With("--from", "2021-01-01")), HasSubstr("2021.csv.gz: no such file"));
  Write("zones/A/price-2023.csv", "Datetime (UTC),Price (EUR/MWh)\n2023-01-01 00:00:00,1\n");
  EXPECT_THAT(Refuse(Import()), AllOf(HasSubstr("prices are in EUR"), HasSubstr("--rate EUR=")));
}

TEST_F(ImportZones, RequestsAndAFuelMix) {
  Write("requests.csv",
        "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:25:04.1,20,8\n"
        "2023-11-16 18:35:04.1,20,8");
  Write("factors.csv", "fuel,carbon (kg/kWh),water (L/kWh),source\nCOL,0.9,2,book\nWND,0.1,0,book\n");
  std::filesystem::create_directory(folder_ / "mix");
  std::string mix = "timestamp,COL,WND\n";
  for (int t = 0; t < kHours; ++t) mix += Stamp(t, ' ') + "+00:00,3,1\n";
  Write("mix/M-2023.csv", mix);
  std::vector<std::string> arguments =
      Import({"--demand-format", "requests", "--slot-minutes", "5", "--demand-scale", "none", "--wh-per-request", "0",
              "--wh-per-context-token", "0.001", "--wh-per-generated-token", "0.1", "--fuel-mix", "mix",
              "--fuel-factors", "factors.csv", "--region",
              "b(zone=A,latitude=50,longitude=8,pue=1,capacity=1,mix=M,carbon=mix,offsite_water=mix)"});
  for (std::string& argument : arguments) argument = argument == "demand.csv" ? "requests.csv" : argument;
  Succeed(arguments);
  const nlohmann::json info = SucceedJson({"trace", "info", "t.h5"});
  EXPECT_EQ(info["slots"], 48 * 12);
  EXPECT_NEAR(info["regions"][1]["carbon_intensity"]["max"], 0.7, 1e-12);
  // 4808 * 0.001 + 10 * 0.1 = 5.808 Wh in the first five minutes.
  EXPECT_NEAR(info["gateways"][0]["demand"]["max"], 5.808e-6, 1e-12);
}

TEST_F(ImportZones, ASignalMayBeAConstant) {
  std::vector<std::string> arguments = With("--region",
                                            "a(price=60,carbon=0.35,onsite_water=0.5,latitude=50,longitude=8,"
                                            "pue=1.5,capacity=2,offsite_water=1.8)");
  EXPECT_THAT(Succeed(arguments), AllOf(HasSubstr("price of a: 60 USD/MWh in every slot, as stated"),
                                        HasSubstr("carbon intensity of a: 0.35 kg/kWh in every slot"),
                                        HasSubstr("on-site water of a: 0.5 L/kWh in every slot")));
  const nlohmann::json info = SucceedJson({"trace", "info", "t.h5"});
  EXPECT_EQ(info["regions"][0]["price"]["min"], 60.0);
  EXPECT_EQ(info["regions"][0]["carbon_intensity"]["max"], 0.35);
  EXPECT_NEAR(info["regions"][0]["water_intensity"]["max"], 0.5 + 1.5 * 1.8, 1e-12);
  EXPECT_EQ(info["provenance"]["carbon_scope"], "unspecified");
  EXPECT_THAT(Refuse(With("--region", "a(price=60,latitude=50,longitude=8,pue=1.5,capacity=2,offsite_water=1.8)")),
              AllOf(HasSubstr("\"zone\""), HasSubstr("missing")));
  EXPECT_THAT(Refuse(With("--region", "a(carbon=low,latitude=50,longitude=8,pue=1.5,capacity=2,offsite_water=1.8)")),
              HasSubstr("zone, mix or a number of kg/kWh"));
}

TEST_F(ImportZones, PricesThatDoNotSayTheirCurrency) {
  std::string text = ",0\n";
  for (int t = 0; t < kHours; ++t) text += fmt::format("{}+00:00,{}\n", Stamp(t, ' '), 10 + t);
  Write("zones/A/price-2023.csv", text);
  EXPECT_THAT(Refuse(Import()), AllOf(HasSubstr("doesn't say its currency"), HasSubstr("price_currency=")));
  const auto in = [](const std::string& more) {
    return With("--region", "a(zone=A,latitude=50,longitude=8,pue=1.5,capacity=2,offsite_water=1.8" + more + ")");
  };
  EXPECT_THAT(Refuse(in(",price_currency=EUR")), HasSubstr("--rate EUR=NUMBER"));
  std::vector<std::string> arguments = in(",price_currency=EUR,price_format=entsoe-py");
  arguments.insert(arguments.end(), {"--rate", "EUR=2"});
  Succeed(arguments);
  EXPECT_EQ(SucceedJson({"trace", "info", "t.h5"})["regions"][0]["price"]["min"], 20.0);
  EXPECT_THAT(Refuse(in(",price_format=embr")), HasSubstr("did you mean \"ember\""));
  EXPECT_THAT(Refuse(Import({"--format", "watt-time"})), HasSubstr("did you mean \"watttime\""));
  EXPECT_THAT(Refuse(Import({"--format", "gridstatus"})), HasSubstr("no column \"Interval Start\""));
  WriteRows("zones/A/price-2023.csv", "Datetime (UTC),Price (GBP/MWh)", 40.0);
  EXPECT_THAT(Refuse(in(",price_currency=EUR")), AllOf(HasSubstr("are in GBP"), HasSubstr("price_currency= says EUR")));
}

TEST_F(ImportZones, MarginalEmissionsAreMarkedAndNeverMixed) {
  std::string data;
  for (int t = 0; t < kHours; ++t)
    data += fmt::format(R"({}{{"point_time": "{}+00:00", "value": 1000}})", t > 0 ? "," : "", Stamp(t, 'T'));
  std::filesystem::copy(folder_ / "zones/A", folder_ / "zones/B");
  std::filesystem::remove(folder_ / "zones/B/carbon-2023.csv");
  Write("zones/B/carbon-2023.json", fmt::format(R"({{"data": [{}], "meta": {{"region": "B", "signal_type": "co2_moer",
    "units": "lbs_co2_per_mwh", "data_point_period_seconds": 3600}}}})",
                                                data));
  const std::string b = "b(zone=B,latitude=50,longitude=8,pue=1.5,capacity=2,offsite_water=1.8)";
  EXPECT_THAT(Succeed(With("--region", b)),
              AllOf(HasSubstr("marginal emissions"), HasSubstr("direct emissions, asked for was lifecycle")));
  const nlohmann::json info = SucceedJson({"trace", "info", "t.h5"});
  EXPECT_NEAR(info["regions"][0]["carbon_intensity"]["mean"], 0.45359237, 1e-12);
  EXPECT_EQ(info["provenance"]["carbon_scope"], "direct");
  EXPECT_EQ(info["provenance"]["carbon_signal_type"], "marginal");
  EXPECT_THAT(Refuse(Import({"--region", b})),
              AllOf(HasSubstr("marginal emissions in b"), HasSubstr("one kind in a trace")));
}

TEST_F(ImportZones, LongGapsAndDurations) {
  EXPECT_THAT(Refuse(Import({"--fill", "hold", "--fill-limit", "six"})), HasSubstr("no duration such as 6h"));
  std::vector<std::string> arguments = With("--to", "2023-01-03T20:00");
  arguments.insert(arguments.end(), {"--fill", "hold"});
  EXPECT_THAT(Refuse(arguments),
              AllOf(HasSubstr("8 h is missing from 2023-01-03 12:00:00"), HasSubstr("--fill-limit")));
  arguments.insert(arguments.end(), {"--fill-limit", "1d"});
  EXPECT_THAT(Succeed(arguments), HasSubstr("the longest stretch 8 h"));
}

// As a table, a row would take 257 bytes: 190 MiB more. Without it the program takes 20.
TEST_F(ImportZones, LogsAreReadInConstantMemory) {
  std::string text = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  constexpr int kRows = 800'000;
  for (int k = 0; k < kRows; ++k)
    text += fmt::format("{}.0099300+00:00,{},{}\n", Stamp(k / 20'000, ' '), k % 4000, k % 800);
  Write("demand.csv", text);
  Succeed(Import({"--demand-format", "requests", "--demand-scale", "none", "--wh-per-request", "1",
                  "--wh-per-context-token", "0", "--wh-per-generated-token", "0"}));
  rusage usage = {};
  ASSERT_EQ(getrusage(RUSAGE_CHILDREN, &usage), 0);
  EXPECT_LT(usage.ru_maxrss, 120 * 1024);  // KiB; a child begins as a copy of this test
  EXPECT_NEAR(SucceedJson({"trace", "info", "t.h5"})["gateways"][0]["demand"]["max"], 0.02, 1e-12);
}

/// The six periods of 730 hours of 2023 that docs/importing.md compares.
std::vector<std::pair<std::string, std::string>> Periods() {
  std::vector<std::pair<std::string, std::string>> periods;
  for (int m = 1; m <= 11; m += 2) {
    const auto text = [](std::int64_t hour) {
      return FormatUtc(kStart + 3600 * hour).replace(10, 1, "T").substr(0, 16);
    };
    periods.emplace_back(text(730 * m), text(730 * (m + 1)));
  }
  return periods;
}

TEST_F(ImportZones, TheTenZonesOf2023) {
  const std::string data = SourcePath("../shared/data/");
  if (!std::filesystem::exists(data + "zones")) GTEST_SKIP() << "no zone data in " << data;
  Succeed({"trace", "import", "zones", "--config", SourcePath("experiments/configs/zones-10.ini"), "--data",
           data + "zones", "--demand", data + "workload/azure-2019-demand.csv.gz", "--from", "2023-01-01", "--to",
           "2024-01-01", "--out", "z.h5", "--quiet"});
  const std::vector<std::pair<std::string, double>> expected = {{"cost", 1.375},
                                                                {"norm-greedy(q=8)", 1.056},
                                                                {"plan(forecast=seasonal-naive(season=24))", 1.030},
                                                                {"plan(forecast=perfect)", 1.001}};
  std::vector<double> mean(expected.size(), 0.0);
  for (const auto& [from, to] : Periods()) {
    std::vector<std::string> arguments = {"compare", "z.h5", "--from", from, "--to", to};
    for (const auto& [policy, ratio] : expected) arguments.insert(arguments.end(), {"--policy", policy});
    const nlohmann::json result = SucceedJson(arguments);
    EXPECT_EQ(result["slots"], 730);
    for (std::size_t k = 0; k < mean.size(); ++k) {
      mean[k] += double(result["policies"][k]["ratio"]) / 6;
      EXPECT_EQ(result["policies"][k]["unconverged_slots"], 0);
    }
  }
  // Plans on poor forecasts depend on which of several optimal prices the planner finds.
  for (std::size_t k = 0; k < mean.size(); ++k) EXPECT_NEAR(mean[k], expected[k].second, 0.002) << expected[k].first;
}

}  // namespace
}  // namespace evenkeel
