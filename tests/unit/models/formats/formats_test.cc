// Every format by a few rows worked out by hand; invented numbers in the published columns.
#include <gmock/gmock.h>

#include <cmath>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/formats/registry.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kNewYear = 1704067200;  // 2024-01-01 00:00 UTC

FileRows Read(SignalKind signal, const std::string& text, const FileRequest& request = {"X"},
              const std::string& format = "") {
  return ReadRows(ParseDocument(text, "f.csv"), signal, format, request);
}

void Refuse(SignalKind signal, const std::string& text, std::initializer_list<std::string> words,
            const FileRequest& request = {"X"}, const std::string& format = "") {
  ExpectInputError([&] { Read(signal, text, request, format); }, words);
}

constexpr const char* kMapsOld =
    "Datetime (UTC),Zone Id,Carbon Intensity gCO₂eq/kWh (direct),Carbon Intensity gCO₂eq/kWh (LCA),Data Estimated\n";
constexpr const char* kMapsNew =
    "Datetime (UTC),Zone id,Carbon intensity gCO₂eq/kWh (direct),Carbon intensity gCO₂eq/kWh (Life cycle),Data "
    "estimated\n";

TEST(Formats, ElectricityMapsOfBothEditions) {
  for (const char* header : {kMapsOld, kMapsNew}) {
    const std::string text = std::string(header) +
                             "2024-01-01 00:00:00,X,238.69,309.75,false\n"
                             "2024-01-01 02:00:00+01:00,X,220.25,,true\n";
    const FileRows rows = Read(SignalKind::kCarbon, text);
    EXPECT_EQ(rows.rows[0].time, kNewYear);
    EXPECT_DOUBLE_EQ(rows.rows[0].value, 0.30975);  // kg/kWh
    EXPECT_EQ(rows.rows[1].time, kNewYear + 3600);
    EXPECT_TRUE(std::isnan(rows.rows[1].value));
    EXPECT_EQ(rows.rows[1].line, 3);
    EXPECT_EQ(rows.place, "X");
    EXPECT_DOUBLE_EQ(Read(SignalKind::kCarbon, text, {"X", CarbonScope::kDirect}).rows[1].value, 0.22025);
  }
  Refuse(SignalKind::kCarbon, std::string(kMapsNew) + "2024-01-01 00:00:00,X,1,-2,false\n",
         {"f.csv:2", "Life cycle", "-2", "at least 0"});
}

TEST(Formats, FlagsAreWordsOfManyTools) {
  const auto estimated = [](const std::string& word) {
    return Read(SignalKind::kCarbon, std::string(kMapsNew) + "2024-01-01 00:00:00,X,1,2," + word + "\n").estimated;
  };
  for (const char* yes : {"true", "True", "TRUE", "1", "1.0", "yes"}) EXPECT_EQ(estimated(yes), 1) << yes;
  for (const char* no : {"false", "False", "FALSE", "0", "0.0", "no"}) EXPECT_EQ(estimated(no), 0) << no;
  for (const char* unknown : {"wahr", "", "2", "estimated"}) {
    ExpectInputError([&] { estimated(unknown); }, {"f.csv:2", "Data estimated", "true, yes and 1"});
  }
  // Without the column nothing is known to be an estimate.
  EXPECT_EQ(
      Read(SignalKind::kCarbon, "Datetime (UTC),Carbon Intensity gCO₂eq/kWh (LCA)\n2024-01-01 00:00,1\n").estimated, 0);
}

TEST(Formats, RowsOfOnePlaceAmongSeveral) {
  const std::string text = std::string(kMapsNew) + "2024-01-01 00:00,DE,1,100,false\n2024-01-01 00:00,FR,1,50,false\n";
  EXPECT_THAT(Read(SignalKind::kCarbon, text, {"FR"}).rows.size(), 1u);
  EXPECT_EQ(Read(SignalKind::kCarbon, text, {"FR"}).rows[0].value, 0.05);
  Refuse(SignalKind::kCarbon, text, {"f.csv", "several places, none of them X", "carbon_id=", "DE, FR"});
  EXPECT_EQ(Read(SignalKind::kCarbon, std::string(kMapsNew) + "2024-01-01 00:00,DE,1,100,false\n", {"DE-LU"}).place,
            "DE");
}

TEST(Formats, ElectricityMapsApi) {
  const auto text = [](const std::string& list, const std::string& more) {
    return R"({"zone": "DE", ")" + list + R"(": [{"zone": "DE", "carbonIntensity": 302, "datetime":
      "2024-01-01T00:00:00.000Z", "emissionFactorType": "lifecycle", "isEstimated": true},
      {"carbonIntensity": null, "datetime": "2024-01-01T01:00:00.000Z")" +
           more + "}]}";
  };
  for (const char* list : {"history", "data"}) {
    const FileRows rows = Read(SignalKind::kCarbon, text(list, ""));
    EXPECT_DOUBLE_EQ(rows.rows[0].value, 0.302);
    EXPECT_EQ(rows.rows[0].time, kNewYear);
    EXPECT_TRUE(std::isnan(rows.rows[1].value));
    EXPECT_EQ(rows.estimated, 1);
    EXPECT_EQ(rows.place, "DE");
  }
  Refuse(SignalKind::kCarbon, text("data", R"(, "emissionFactorType": "direct")"),
         {"f.csv, entry 2", "emissionFactorType", "direct", "lifecycle"});
  Refuse(SignalKind::kCarbon, text("data", R"(, "isEstimated": "no")"), {"entry 2", "isEstimated", "true and false"});
}

// 870 lb/MWh * 0.45359237 kg/lb / 1000 kWh/MWh.
TEST(Formats, WattTimeIsPoundsAndSaysWhichEmissions) {
  const auto text = [](const std::string& type, const std::string& unit) {
    return R"({"data": [{"point_time": "2024-01-01T00:00:00+00:00", "value": 870},
      {"point_time": "2024-01-01T00:05:00+00:00", "value": 860.5}], "meta": {"region": "CAISO_NORTH",
      "data_point_period_seconds": 300, "signal_type": ")" +
           type + R"(", "units": ")" + unit + R"("}})";
  };
  const FileRows rows = Read(SignalKind::kCarbon, text("co2_moer", "lbs_co2_per_mwh"));
  EXPECT_DOUBLE_EQ(rows.rows[0].value, 870 * 0.45359237 / 1000);
  EXPECT_EQ(rows.rows[1].seconds, 300);
  EXPECT_TRUE(rows.marginal);
  EXPECT_EQ(rows.scope_said, "direct");
  EXPECT_EQ(rows.place, "CAISO_NORTH");
  EXPECT_FALSE(Read(SignalKind::kCarbon, text("co2_aoer", "lbs_co2_per_mwh")).marginal);
  Refuse(SignalKind::kCarbon, text("health_damage", "lbs_co2_per_mwh"), {"health_damage", "co2_moer", "co2_aoer"});
  Refuse(SignalKind::kCarbon, text("co2_moer", "kg_co2_per_mwh"), {"kg_co2_per_mwh", "lbs_co2_per_mwh"});
}

TEST(Formats, CarbonIntensityOfGreatBritain) {
  const FileRows rows = Read(SignalKind::kCarbon, R"({"data": [
    {"from": "2024-01-01T00:00Z", "to": "2024-01-01T00:30Z", "intensity": {"forecast": 90, "actual": 95}},
    {"from": "2024-01-01T00:30Z", "to": "2024-01-01T01:00Z", "intensity": {"forecast": 90, "actual": null}}]})");
  EXPECT_DOUBLE_EQ(rows.rows[0].value, 0.095);
  EXPECT_EQ(rows.rows[0].seconds, 1800);
  EXPECT_TRUE(std::isnan(rows.rows[1].value));  // the forecast is no measurement
}

// A leap year, one value.
TEST(Formats, TheYearlyTableOfGooglesRegions) {
  const std::string text =
      "Google Cloud Region,Location,Google CFE,Grid carbon intensity (gCO2eq / kWh)\n"
      "europe-west3,Frankfurt,0.70,275.81\neurope-west9,Paris,0.96,15.83\n";
  const FileRows rows = Read(SignalKind::kCarbon, text, {"europe-west9", CarbonScope::kDirect, 2024});
  ASSERT_EQ(rows.rows.size(), 1u);
  EXPECT_DOUBLE_EQ(rows.rows[0].value, 0.01583);
  EXPECT_EQ(rows.rows[0].time, kNewYear);
  EXPECT_EQ(rows.rows[0].seconds, 366 * 86400);
  Refuse(SignalKind::kCarbon, text, {"none of them X", "carbon_id=", "europe-west3"});
}

TEST(Formats, PricesWithTheirCurrency) {
  const FileRows ember = Read(SignalKind::kPrice,
                              "Country,ISO3 Code,Datetime (UTC),Datetime (Local),Price (EUR/MWhe)\n"
                              "Germany,DEU,2024-01-01 00:00:00,2024-01-01 01:00:00,-5.5\n"
                              "France,FRA,2024-01-01 00:00:00,2024-01-01 01:00:00,7\n",
                              {"FRA"});
  EXPECT_EQ(ember.currency, "EUR");
  EXPECT_EQ(ember.rows[0].value, 7.0);
  EXPECT_EQ(Read(SignalKind::kPrice, "Datetime (UTC),Price (GBP/MWh)\n2024-01-01 00:00,1\n").currency, "GBP");
  Refuse(SignalKind::kPrice, "Datetime (UTC),Price\n2024-01-01 00:00,1\n",
         {"none of the known formats of price", "\"Price\""});
  Refuse(SignalKind::kPrice, "Datetime (UTC),Price (USD/MWh),Price (EUR/MWh)\n2024-01-01 00:00,1,2\n", {"two columns"});
}

TEST(Formats, Gridstatus) {
  const std::string header = "Time,Interval Start,Interval End,Market,Location,LMP\n";
  const FileRows rows = Read(SignalKind::kPrice,
                             header +
                                 "a,2023-12-31 19:00:00-05:00,2023-12-31 20:00:00-05:00,DAM,HUB,31.5\n"
                                 "a,2023-12-31 19:00:00-05:00,2023-12-31 20:00:00-05:00,DAM,N.Y.C.,40\n",
                             {"N.Y.C."});
  ASSERT_EQ(rows.rows.size(), 1u);
  EXPECT_EQ(rows.rows[0].time, kNewYear);
  EXPECT_EQ(rows.rows[0].seconds, 3600);
  EXPECT_EQ(rows.rows[0].value, 40.0);
  EXPECT_EQ(rows.currency, "");
  EXPECT_EQ(Read(SignalKind::kPrice,
                 "interval_start_utc,interval_end_utc,location,lmp\n"
                 "2024-01-01T00:00:00+00:00,2024-01-01T00:15:00+00:00,X,9\n")
                .rows[0]
                .seconds,
            900);
  Refuse(SignalKind::kPrice, header + "a,2024-01-01 00:00,2024-01-01 01:00,DAM,X,1\n",
         {"f.csv:2", "Interval Start", "offset from UTC"});
  Refuse(SignalKind::kPrice,
         header +
             "a,2024-01-01 00:00Z,2024-01-01 01:00Z,DAM,X,1\na,2024-01-01 01:00Z,2024-01-01 "
             "02:00Z,RTM,X,1\n",
         {"f.csv:3", "RTM", "DAM", "one market"});
  const FileRows mix = Read(SignalKind::kFuelMix,
                            "Time,Interval Start,Interval End,Solar,Natural Gas\n"
                            "a,2024-01-01 00:00:00+00:00,2024-01-01 00:05:00+00:00,3,5\n");
  EXPECT_THAT(mix.fuels, ElementsAre("Solar", "Natural Gas"));
  EXPECT_THAT(mix.generation[0], ElementsAre(3.0, 5.0));
}

TEST(Formats, EntsoePy) {
  const FileRows rows = Read(SignalKind::kPrice, ",0\n2024-01-01 01:00:00+01:00,-5.17\n2024-01-01 01:15:00+01:00,4\n");
  EXPECT_EQ(rows.rows[0].time, kNewYear);
  EXPECT_EQ(rows.rows[0].value, -5.17);
  EXPECT_EQ(rows.currency, "");
  const FileRows mix = Read(SignalKind::kFuelMix,
                            ",Fossil Gas,Hydro Pumped Storage,Hydro Pumped Storage\n"
                            ",Actual Aggregated,Actual Aggregated,Actual Consumption\n"
                            "2024-01-01 01:00:00+01:00,6,2,9\n");
  EXPECT_THAT(mix.fuels, ElementsAre("Fossil Gas", "Hydro Pumped Storage"));
  EXPECT_THAT(mix.generation[0], ElementsAre(6.0, 2.0));
  Refuse(SignalKind::kPrice, ",0\n2024-01-01 01:00:00,1\n", {"f.csv:2", "offset from UTC"}, {"X"}, "entsoe-py");
}

// 12 AM is midnight and 12 PM noon; an hour that ends at 1:00 began at 0:00; an empty column is no plant.
TEST(Formats, EiaBulkNamesTheEndOfTheHour) {
  const std::string header =
      "Balancing Authority,UTC Time at End of Hour,Demand (MW),Net Generation (MW) from Coal,Net "
      "Generation (MW) from Coal (Adjusted),Net Generation (MW) from Nuclear\n";
  const FileRows rows = Read(SignalKind::kFuelMix,
                             header +
                                 "CISO,01/01/2024 1:00:00 AM,\"1,234\",\"12,345.5\",1,\n"
                                 "CISO,01/01/2024 12:00:00 PM,7,\"-1,000\",1,\nERCO,01/01/2024 12:00:00 AM,7,3,1,8\n"
                                 "CISO,01/02/2024 12:00:00 AM,7,5,1,\n",
                             {"CISO"});
  ASSERT_EQ(rows.rows.size(), 3u);
  EXPECT_THAT(rows.fuels, ElementsAre("Coal"));
  EXPECT_EQ(rows.rows[0].time, kNewYear);
  EXPECT_EQ(rows.rows[1].time, kNewYear + 11 * 3600);
  EXPECT_EQ(rows.rows[2].time, kNewYear + 23 * 3600);
  EXPECT_EQ(rows.generation[0][0], 12345.5);
  EXPECT_EQ(rows.generation[1][0], -1000.0);
  EXPECT_TRUE(rows.end_of_hour);
  Refuse(SignalKind::kFuelMix, header + "CISO,2024-01-01 01:00,1,1,1,1\n",
         {"f.csv:2", "'2024-01-01 01:00'", "1:00:00 AM"}, {"CISO"});
  Refuse(SignalKind::kFuelMix, header + "CISO,01/01/2024 13:00:00 PM,1,1,1,1\n", {"f.csv:2", "13:00:00 PM"}, {"CISO"});
  Refuse(SignalKind::kFuelMix, header + "CISO,01/01/2024 1:00:00 AM,1,\"1,2\",1,1\n", {"f.csv:2", "'1,2'"}, {"CISO"});
}

TEST(Formats, AFormatMayBeInsistedOn) {
  const std::string ember = "Country,ISO3 Code,Datetime (UTC),Price (EUR/MWhe)\nGermany,DEU,2024-01-01 00:00:00,1\n";
  EXPECT_EQ(Read(SignalKind::kPrice, ember, {"X"}, "price-table").rows.size(), 1u);
  Refuse(SignalKind::kPrice, ember, {"no column", "Interval Start"}, {"X"}, "gridstatus");
  Refuse(SignalKind::kPrice, ember, {"no format \"embr\"", "did you mean \"ember\""}, {"X"}, "embr");
  Refuse(SignalKind::kCarbon, ember, {"none of the known formats of carbon", "ISO3 Code", "watttime"});
  Refuse(SignalKind::kCarbon, R"({"a": 1})", {"JSON with \"a\""});
  // A reader must not fall over a document of the other kind.
  for (const Format& format : Formats()) {
    EXPECT_THROW(ReadRows(ParseDocument(R"({"a": 1})", "f"), format.signal, format.name, {"X"}), InputError)
        << format.name;
    EXPECT_THROW(ReadRows(ParseDocument("a\n1\n", "f"), format.signal, format.name, {"X"}), InputError) << format.name;
  }
}

TEST(Formats, WhatIsNoTextIsNamed) {
  const std::pair<std::string, const char*> files[] = {
      {std::string("\xFF\xFE") + std::string("D\0a\0", 4), "UTF-16"},
      {std::string("D\0a\0t\0", 6), "zero bytes"},
      {"PK\x03\x04..", "zip archive"},
      {"PAR1....", "Parquet"},
      {"<!DOCTYPE html>\n<html>", "web page"},
      {"<?xml version=\"1.0\"?>", "XML"},
      {"a;b\n1,5;2\n", "semicolons, and numbers have decimal commas"},
      {"a\tb\n1\t2\n", "tabs"},
      {R"({"error": true, "reason": "No such zone"})", "No such zone"},
      {R"({"error": "Unauthorized", "message": "Invalid auth-token"})", "Invalid auth-token"},
      {R"([{"latitude": 1}, {"latitude": 2}])", "2 places"},
      {"{\"a\": ", "no JSON document"},
  };
  for (const auto& [text, word] : files) ExpectInputError([t = text] { ParseDocument(t, "f.csv"); }, {"f.csv", word});
}

}  // namespace
}  // namespace evenkeel
