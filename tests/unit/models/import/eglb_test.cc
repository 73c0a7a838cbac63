#include "models/import/eglb.h"

#include <gtest/gtest.h>

#include "models/base/utc_time.h"
#include "tests/reference/paths.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

constexpr const char* kNames[] = {"Texas",   "Virginia",    "Georgia", "Nevada", "Germany",
                                  "Belguim", "Netherlands", "Denmark", "Japan",  "Singapore"};

/// Files of four hours like the published ones, of which a test spoils one.
class ImportEglbTest : public testing::Test {
 protected:
  ImportEglbTest() {
    Write("AI_workload.csv", "Time (UTC),Power (Watt)", 2700.0, 4);
    for (const char* folder : {"price", "carbon", "water"}) std::filesystem::create_directory(directory_ / folder);
    for (int i = 0; i < 10; ++i) {
      const std::string name = kNames[i];
      // As published: a day more for some prices, a space in the water header.
      Write("price/" + name + "_Price.csv", "Time (UTC),Price (USD/MWh)", i == 0 ? -5.0 : 50.0 + i, i < 4 ? 4 : 6);
      Write("carbon/" + name + "_carbon.csv", "Time (UTC),Carbon (kg/kWh)", 0.1 * (i + 1), 4);
      Write("water/" + name + "_water.csv", "Time (UTC), WUE (L/kWh)", 1.0 + i, 4);
    }
    options_.directory = directory_.path();
    options_.command = "evenkeel trace import";
  }

  void Write(const std::string& file, const std::string& header, double base, int hours) {
    const std::string earlier = hours > 4 ? "2022-09-30 18,1\n2022-09-30 19,1\n" : "";
    WriteBytes(directory_ / file, header + "\n" + earlier + Rows(base, 4));
  }
  static std::string Rows(double base, int hours) {
    std::string rows;
    for (int t = 0; t < hours; ++t) rows += fmt::format("2022-09-30 {:02},{}\n", 20 + t, base + t);
    return rows;
  }

  void ExpectError(const std::string& file, const std::string& content, std::initializer_list<std::string> words) {
    const std::string before = ReadBytes(directory_ / file);
    WriteBytes(directory_ / file, content);
    ExpectInputError([this] { ImportEglb(options_); }, words);
    WriteBytes(directory_ / file, before);
  }

  TemporaryDirectory directory_;
  EglbImportOptions options_;
};

TEST_F(ImportEglbTest, ReadsAllColumnsInThePublishedOrder) {
  const Trace trace = ImportEglb(options_);
  const Network& network = trace.header.network;
  ASSERT_EQ(trace.signals.num_slots(), 4);
  ASSERT_EQ(network.num_regions(), 10);
  ASSERT_EQ(network.num_gateways(), 10);
  EXPECT_EQ(network.regions[5].name, "Belgium");
  EXPECT_EQ(FormatUtc(trace.signals.time[0]), "2022-09-30 20:00:00 UTC");
  EXPECT_EQ(trace.signals.demand(1, 9), 2701.0 / 2708.0);
  EXPECT_EQ(trace.signals.capacity(3, 3), 1.0);
  EXPECT_EQ(trace.signals.price(0, 0), -5.0);
  EXPECT_EQ(trace.signals.price(3, 9), 62.0);
  EXPECT_EQ(trace.signals.carbon_intensity(0, 4), 0.5);
  EXPECT_EQ(trace.signals.water_intensity(2, 9), 12.0);
  EXPECT_EQ(network.energy_per_unit.minCoeff(), 1.0);
  EXPECT_EQ(network.network_cost.maxCoeff(), 0.0);
  EXPECT_EQ(network.reachable.sum(), 100);
  EXPECT_EQ(network.distance(4, 4), 0.0);
  EXPECT_NEAR(network.distance(4, 8), 9300.0, 200.0);
  EXPECT_EQ(trace.header.provenance.licence, "MIT");
}

TEST_F(ImportEglbTest, RejectsMissingFiles) {
  for (const char* file :
       {"AI_workload.csv", "price/Japan_Price.csv", "carbon/Texas_carbon.csv", "water/Belguim_water.csv"}) {
    std::filesystem::rename(directory_ / file, directory_ / "away");
    ExpectInputError([this] { ImportEglb(options_); }, {file, "No such file"});
    std::filesystem::rename(directory_ / "away", directory_ / file);
  }
  options_.directory = directory_ / "nowhere";
  ExpectInputError([this] { ImportEglb(options_); }, {"nowhere", "No such file"});
}

TEST_F(ImportEglbTest, RejectsHeadersThatAreNotAsPublished) {
  ExpectError("price/Japan_Price.csv", "Time (UTC),Price (EUR/MWh)\n" + Rows(1, 4),
              {"Japan_Price.csv", "no column \"Price (USD/MWh)\"", "Price (EUR/MWh)"});
  ExpectError("water/Japan_water.csv", "Time,WUE (L/kWh)\n" + Rows(1, 4),
              {"Japan_water.csv", "no column \"Time (UTC)\""});
  ExpectError("carbon/Japan_carbon.csv", "Time (UTC)\n2022-09-30 20\n",
              {"Japan_carbon.csv", "no column \"Carbon (kg/kWh)\""});
  ExpectError("AI_workload.csv", "Time (UTC),Power (kW)\n" + Rows(1, 4),
              {"AI_workload.csv", "Power (Watt)", "Power (kW)"});
}

TEST_F(ImportEglbTest, RejectsValuesThatAreNoNumbersOrOutOfRange) {
  const std::string file = "carbon/Japan_carbon.csv";
  const std::string head = "Time (UTC),Carbon (kg/kWh)\n2022-09-30 20,1\n2022-09-30 21,";
  for (const char* value : {"nan", "inf", "", "abc"}) {
    ExpectError(file, head + value + "\n", {"Japan_carbon.csv:3", "Carbon (kg/kWh)", std::string("'") + value + "'"});
  }
  ExpectError(file, head + "-0.1\n", {"Japan_carbon.csv:3", "-0.1", "at least 0"});
  ExpectError("AI_workload.csv", "Time (UTC),Power (Watt)\n2022-09-30 20,-1\n",
              {"AI_workload.csv:2", "-1", "at least 0"});
  ExpectError(file, "", {"Japan_carbon.csv", "empty"});
  ExpectError(file, "Time (UTC),Carbon (kg/kWh)\n", {"Japan_carbon.csv", "no rows"});
}

TEST_F(ImportEglbTest, RejectsHoursThatAreMissingDoubledOrNoHours) {
  const std::string file = "water/Texas_water.csv";
  const std::string head = "Time (UTC), WUE (L/kWh)\n";
  ExpectError(file, head + Rows(1, 3), {"Texas_water.csv", "2022-09-30 23:00:00 UTC", "missing", "all 4 hours"});
  ExpectError(file, head + "2022-09-30 20,1\n2022-09-30 20,2\n",
              {"Texas_water.csv:3", "2022-09-30 20", "twice", "line 2"});
  for (const char* time :
       {"2022-09-31 00", "2022-09-30 24", "30.09.2022 20", "2022-09-30 20:00", "", "2022-13-01 00"}) {
    ExpectError(file, head + time + ",1\n", {"Texas_water.csv:2", std::string("'") + time + "'", "expected an hour"});
  }
  ExpectError("AI_workload.csv", "Time (UTC),Power (Watt)\n2022-09-30 20,1\n2022-09-30 22,1\n",
              {"AI_workload.csv", "2022-09-30 21:00:00 UTC", "missing or not in order"});
}

TEST_F(ImportEglbTest, ReachabilityHasARowPerRegion) {
  options_.reachability_file = directory_ / "reach.csv";
  std::string rows = "1,0,1,1,1,1,1,1,1,1\n";
  for (int i = 1; i < 10; ++i) rows += "1,1,1,1,1,1,1,1,1,1\n";
  WriteBytes(options_.reachability_file, rows);
  const FlagMatrix reachable = ImportEglb(options_).header.network.reachable;
  EXPECT_EQ(reachable(1, 0), 0);  // gateway 1 cannot use region 0
  EXPECT_EQ(reachable(0, 1), 1);
  EXPECT_EQ(reachable.cast<int>().sum(), 99);
  ExpectError("reach.csv", "1,1\n1,1\n", {"reach.csv", "2 rows and 2 columns", "10 rows"});
  ExpectError("reach.csv", "2" + rows.substr(1), {"reach.csv:1", "column 1", "'2'", "0 and 1"});
  std::string cut;
  for (int i = 0; i < 10; ++i) cut += "1,1,1,0,1,1,1,1,1,1\n";
  ExpectError("reach.csv", cut, {"Nevada", "reaches no region"});
}

TEST(ImportEglb, ReadsThePublishedCase) {
  EglbImportOptions options;
  options.directory = SourcePath("../shared/data/eglb-2022");
  if (!std::filesystem::exists(options.directory)) GTEST_SKIP() << "no published data at " << options.directory;
  const Trace trace = ImportEglb(options);
  const Signals& signals = trace.signals;
  ASSERT_EQ(signals.num_slots(), 457);
  EXPECT_EQ(FormatUtc(signals.time.front()), "2022-09-22 00:00:00 UTC");
  EXPECT_EQ(FormatUtc(signals.time.back()), "2022-10-11 00:00:00 UTC");
  EXPECT_EQ((signals.price.array() < 0.0).count(), 5);
  EXPECT_EQ(signals.demand(0, 0), 2700.0 / 2708.0);
  EXPECT_LE(signals.demand.maxCoeff(), 1.0);
  // The first hour, Texas and Singapore, as it stands in the files.
  EXPECT_EQ(signals.price(0, 0), 38.35);
  EXPECT_EQ(signals.price(0, 9), 204.3269231);
  EXPECT_EQ(signals.carbon_intensity(0, 0), 0.4494737760460783);
  EXPECT_EQ(signals.water_intensity(0, 9), 6.959994615601741);
}

}  // namespace
}  // namespace evenkeel
