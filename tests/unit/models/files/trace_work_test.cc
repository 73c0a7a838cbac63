// Classes of work that can wait in trace files.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "models/files/hdf5_reader.h"
#include "models/files/observations.h"
#include "models/files/trace_file.h"
#include "tests/reference/paths.h"
#include "tests/unit/models/file_test_util.h"
#include "tests/unit/models/raw_trace.h"

namespace evenkeel {
namespace {

class TraceWorkTest : public testing::Test {
 protected:
  std::string Path() const { return directory_ / "trace.h5"; }

  /// Writes the small trace with work and one thing changed, and expects reading it to fail.
  void ExpectRejected(const std::function<void(RawTrace*)>& spoil, std::initializer_list<std::string> words) {
    RawTrace raw = MakeRawTrace(MakeSmallTraceWithWork(10));
    spoil(&raw);
    WriteRawTrace(raw, Path());
    ExpectInputError([this] { ReadTrace(Path()); }, words);
  }
  /// Changes the small trace with work and expects that it is not written.
  void ExpectUnwritten(const std::function<void(Trace*)>& spoil, std::initializer_list<std::string> words) {
    Trace trace = MakeSmallTraceWithWork(10);
    spoil(&trace);
    std::filesystem::remove(Path());
    ExpectInputError([&] { WriteTrace(trace, Path()); }, words);
    EXPECT_EQ(directory_.NumFiles(), 0);
  }

  TemporaryDirectory directory_;
};

TEST_F(TraceWorkTest, ComesBackBitForBit) {
  const Trace trace = MakeSmallTraceWithWork(50);
  WriteTrace(trace, Path());
  const Trace read = ReadTrace(Path());
  const Network &expected = trace.header.network, &network = read.header.network;
  ASSERT_EQ(network.num_classes(), 2);
  ASSERT_EQ(network.num_firm(), 2);
  EXPECT_EQ(network.gateways[1].name, "users B");
  EXPECT_EQ(network.gateways[2].name, "training");
  EXPECT_EQ(network.gateways[3].name, "reports");
  for (int k = 0; k < 2; ++k) {
    EXPECT_EQ(network.classes[k].deadline, expected.classes[k].deadline);
    EXPECT_EQ(network.classes[k].resource_per_unit, expected.classes[k].resource_per_unit);
    EXPECT_EQ(network.classes[k].cost_floor, expected.classes[k].cost_floor);
  }
  EXPECT_EQ(network.reachable, expected.reachable);
  EXPECT_EQ(network.network_cost, expected.network_cost);
  EXPECT_EQ(network.distance, expected.distance);
  EXPECT_EQ(network.work_energy, expected.work_energy);
  EXPECT_EQ(read.signals.demand, trace.signals.demand);
  EXPECT_EQ(read.signals.price, trace.signals.price);
}

TEST_F(TraceWorkTest, OnDiskClassesAreApartAndTheVersionIsTwo) {
  WriteTrace(MakeSmallTraceWithWork(3), Path());
  const Hdf5Reader file(Path());
  EXPECT_EQ(file.Number("", "schema_version"), 2.0);
  EXPECT_EQ(file.Labels("gateway"), (std::vector<std::string>{"users A", "users B"}));
  EXPECT_EQ(file.Labels("work_class"), (std::vector<std::string>{"training", "reports"}));
  for (const char* name : {"demand", "work_arrival"}) EXPECT_EQ(file.Shape(name), (std::vector<std::int64_t>{3, 2}));
  for (const char* name : {"reachable", "network_cost", "distance", "work_reachable", "work_transfer_cost"})
    EXPECT_EQ(file.Shape(name), (std::vector<std::int64_t>{2, 3})) << name;
  std::vector<double> deadlines(2);
  file.ReadRows("work_deadline", 0, 2, deadlines.data());
  EXPECT_EQ(deadlines, (std::vector<double>{1.5, 0.0}));  // three slots and none, of half an hour
}

TEST_F(TraceWorkTest, WithoutClassesAFileIsByteForByteAsBefore) {
  // The file was written before there were classes.
  const std::string before = SourcePath("tests/unit/models/data/before_work.h5");
  WriteTrace(ReadTrace(before), Path());
  EXPECT_TRUE(ReadBytes(Path()) == ReadBytes(before));
}

TEST_F(TraceWorkTest, AFloorThatNobodyDeclaredIsNotWrittenNorChecked) {
  Trace trace = MakeSmallTraceWithWork(10);
  for (WorkClass& work : trace.header.network.classes) work.cost_floor = 0.0;
  WriteTrace(trace, Path());
  EXPECT_FALSE(Hdf5Reader(Path()).Has("work_cost_floor"));
  EXPECT_EQ(ReadTrace(Path()).header.network.classes[0].cost_floor, 0.0);
  // 0 in a file says no more than no dataset.
  RawTrace raw = MakeRawTrace(trace);
  raw.Find("work_cost_floor").values = {0.0, -2.0};
  WriteRawTrace(raw, Path());
  EXPECT_EQ(ReadTrace(Path()).header.network.classes[1].cost_floor, -2.0);
}

TEST_F(TraceWorkTest, SlotsFromDiskAndFromMemoryAreTheSameInAnyOrder) {
  const Trace trace = MakeSmallTraceWithWork(50'001);
  WriteTrace(trace, Path());
  TraceFile file(Path());
  const auto memory = MakeSlotSource(trace);
  Slot on_disk, in_memory;
  for (int t : {0, 10'921, 10'922, 50'000, 5, 32'768, 49'999}) {
    file.Read(t, &on_disk);
    memory->Read(t, &in_memory);
    EXPECT_EQ(on_disk.demand, in_memory.demand);
    EXPECT_EQ(on_disk.price, in_memory.price);
  }
  EXPECT_EQ(file.ReadSignals(43'000, 2000).demand, trace.signals.demand.middleRows(43'000, 2000));
  EXPECT_EQ(file.TotalDemand(), TotalDemand(trace));
  EXPECT_GT(file.TotalDemand()[3], 0.0);
}

TEST_F(TraceWorkTest, RejectsVersionsThatDoNotFitTheDatasets) {
  ExpectRejected([](RawTrace* raw) { raw->version = 1; },
                 {"trace.h5", "it has a dataset 'work_class'", "'schema_version' has to be 2", "it is 1"});
  ExpectRejected([](RawTrace* raw) { raw->version = 3; }, {"'schema_version' is 3", "versions 1 and 2"});
  // Arrivals without a class, and a version 2 without either.
  const auto drop_class = [](RawTrace* raw) {
    raw->labels.erase("work_class");
    for (const RawField& one : MakeRawTrace(MakeSmallTraceWithWork(10)).fields) {
      const std::string& name = one.field.name;
      if (name.rfind("work_", 0) == 0 && name != "work_arrival") raw->Remove(name);
    }
    raw->Find("work_arrival").field.axes[1] = "gateway";
  };
  ExpectRejected(drop_class, {"trace.h5", "dataset 'work_class' is missing", "schema_version 2"});
  ExpectRejected(
      [&](RawTrace* raw) {
        drop_class(raw);
        raw->version = 1;
      },
      {"'work_arrival'", "has to be 2"});
  RawTrace raw = MakeRawTrace(MakeSmallTrace(10));
  raw.version = 2;
  WriteRawTrace(raw, Path());
  ExpectInputError([this] { ReadTrace(Path()); }, {"dataset 'work_class' is missing"});
}

TEST_F(TraceWorkTest, RejectsMissingDatasetsAndWrongShapesAndUnits) {
  for (const RawField& one : MakeRawTrace(MakeSmallTraceWithWork(10)).fields) {
    const std::string name = one.field.name;
    if (name.rfind("work_", 0) != 0) continue;
    if (name != "work_cost_floor")
      ExpectRejected([&](RawTrace* raw) { raw->Remove(name); }, {"trace.h5", "'" + name + "' is missing"});
    ExpectRejected([&](RawTrace* raw) { raw->Find(name).field.units = "bananas"; },
                   {"'" + name + "'", "\"bananas\"", "allowed is \"" + one.field.units + "\""});
    ExpectRejected(
        [&](RawTrace* raw) {
          raw->Find(name).field.axes = {"other"};
          raw->labels["other"] = {"x"};
        },
        {"'" + name + "'", "shape [1]", "expected ["});
  }
}

TEST_F(TraceWorkTest, RejectsValuesOutOfRangeAndSaysWhere) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const auto change = [this](const char* name, std::size_t index, double value,
                             std::initializer_list<std::string> words) {
    ExpectRejected([&](RawTrace* raw) { raw->Find(name).values[index] = value; }, words);
  };
  for (double value : {-1e-9, kNan, 1e13}) {
    change("work_arrival", 9, value,
           {"'work_arrival', slot 4 (2022-09-22 02:00:00 UTC), work_class 'reports'", fmt::format("{}", value),
            "allowed is [0, 1e+12] MWh"});
  }
  change("demand", 9, -1.0, {"'demand', slot 4", "gateway 'users B'", "-1"});
  for (double hours : {0.75, -0.5, 1e9, kNan, std::numeric_limits<double>::infinity()}) {
    change("work_deadline", 0, hours,
           {"'work_deadline', work_class 'training': the value is " + fmt::format("{}", hours),
            "whole slots of 0.5 h, 0 to 1000000"});
  }
  change("work_reachable", 4, 0.0, {"work_class 'reports'", "no region", "'work_reachable'"});
  change("work_reachable", 1, 2.0, {"'work_reachable', work_class 'training', region 'süd'", "2", "0 and 1"});
  change("work_energy_per_unit", 5, 0.0, {"work_energy_per_unit of reports in west is 0", "greater than 0"});
  change("work_resource_per_unit", 0, -1.0, {"work_resource_per_unit of training is -1", "greater than 0"});
  change("work_transfer_cost", 1, -0.5, {"work_transfer_cost of training to süd is -0.5", "at least 0"});
  change("work_cost_floor", 1, 0.5, {"work_cost_floor of reports is 0.5", "at most 0"});
}

TEST_F(TraceWorkTest, NamesOfClassesAndGatewaysAreOneNamespace) {
  const auto rename = [](RawTrace* raw, const char* name) { raw->labels["work_class"][1] = name; };
  ExpectRejected([&](RawTrace* raw) { rename(raw, "users A"); },
                 {"trace.h5", "work_class 'users A' has the name of a gateway"});
  ExpectRejected([&](RawTrace* raw) { rename(raw, "training"); }, {"work_class 'training' appears twice"});
  ExpectUnwritten([](Trace* trace) { trace->header.network.gateways[3].name = "users B"; },
                  {"work_class 'users B' has the name of a gateway"});
}

TEST_F(TraceWorkTest, RejectsAFloorThatDoesNotHold) {
  // Slot 0, north: -1 x 1.1 x 1 + 0 = -1.1. At slot 4 (price 1) set to -3 it is -3.3, below the floor of -1.25.
  const std::initializer_list<std::string> words = {
      "trace.h5", "'work_cost_floor', work_class 'training': the floor is -1.25 USD/MWh",
      "slot 4 (2022-09-22 02:00:00 UTC), region 'north'", "costs -3.3"};
  ExpectRejected([](RawTrace* raw) { raw->Find("price").values[3 * 4] = -3.0; }, words);
  ExpectUnwritten([](Trace* trace) { trace->signals.price(4, 0) = -3.0; }, words);
  // Where training may not be done, nothing is promised; and a floor may be what a slot costs, within rounding.
  Trace trace = MakeSmallTraceWithWork(10);
  trace.header.network.classes[0].cost_floor = -3.0 * 1.1;
  trace.signals.price(4, 0) = std::nextafter(-3.0, -4.0);
  trace.header.network.classes[1].cost_floor = -100.0;
  trace.signals.price(5, 1) = -3.5;
  WriteTrace(trace, Path());
  EXPECT_EQ(ReadTrace(Path()).header.network.classes[0].cost_floor, -3.0 * 1.1);
}

TEST_F(TraceWorkTest, FindsABrokenFloorInALaterBlockWhenItGetsThere) {
  RawTrace raw = MakeRawTrace(MakeSmallTraceWithWork(30'000));
  raw.Find("price").values[3 * 20'000] = -30.0;
  WriteRawTrace(raw, Path());
  TraceFile file(Path());
  Slot slot;
  file.Read(0, &slot);
  ExpectInputError([&] { file.Read(21'000, &slot); }, {"'work_cost_floor'", "slot 20000", "region 'north'"});
}

TEST_F(TraceWorkTest, WhatAFileCannotHoldIsNotWritten) {
  ExpectUnwritten([](Trace* trace) { trace->header.network.distance(2, 1) = 5.0; },
                  {"distance of training to süd is 5", "0 for work that can wait"});
  ExpectUnwritten([](Trace* trace) { trace->header.network.classes[0].deadline = -1; },
                  {"work_deadline of training is -1", "0 to 1000000 slots"});
  ExpectUnwritten([](Trace* trace) { trace->header.network.classes.resize(4, {1}); }, {"no gateway"});
  ExpectUnwritten([](Trace* trace) { trace->header.network.classes.resize(5); }, {"5 classes of work at 4 gateways"});
  ExpectUnwritten([](Trace* trace) { trace->signals.demand.conservativeResize(10, 3); },
                  {"'demand' has the shape [10, 3], expected [10, 4] (time, gateway and work_class)"});
  ExpectUnwritten([](Trace* trace) { trace->signals.demand(7, 2) = -1.0; },
                  {"'work_arrival', slot 7", "work_class 'training'", "-1"});
}

TEST_F(TraceWorkTest, ObservationsHaveTheSameClasses) {
  const std::string observed = directory_ / "observed.h5";
  const auto expect = [&](const std::function<void(Trace*)>& change, std::initializer_list<std::string> words) {
    Trace trace = MakeSmallTraceWithWork(10);
    change(&trace);
    WriteTrace(trace, observed);
    ExpectInputError([&] { CheckObservations(Path(), observed); }, words);
  };
  WriteTrace(MakeSmallTraceWithWork(10), Path());
  CheckObservations(Path(), Path());
  WriteTrace(MakeSmallTrace(10), observed);
  ExpectInputError([&] { CheckObservations(Path(), observed); },
                   {"observed.h5", "trace.h5", "it has 0 classes of work, expected 2"});
  ExpectInputError([&] { CheckObservations(observed, Path()); }, {"it has 2 classes of work, expected 0"});
  expect([](Trace* trace) { trace->header.network.gateways[2].name = "batch"; },
         {"work_class 0 is \"batch\", expected \"training\""});
  expect([](Trace* trace) { trace->header.network.classes[0].deadline = 4; },
         {"work_deadline of work_class 'training' is 2 h, expected 1.5 h"});
  expect([](Trace* trace) { trace->header.network.classes[1].resource_per_unit = 1.0; },
         {"work_resource_per_unit of work_class 'reports' is 1, expected 0.5"});
  expect([](Trace* trace) { trace->header.network.classes[1].cost_floor = -3.0; },
         {"work_cost_floor of work_class 'reports' is -3, expected -2"});
  expect([](Trace* trace) { trace->header.network.work_energy(1, 1) = 2.0; }, {"another work_energy_per_unit"});
  expect([](Trace* trace) { trace->header.network.reachable(3, 0) = 1; }, {"another work_reachable"});
  expect([](Trace* trace) { trace->header.network.network_cost(3, 0) = 1.0; }, {"another work_transfer_cost"});
  expect([](Trace* trace) { trace->header.network.network_cost(1, 0) = 1.0; }, {"another network_cost"});
  expect([](Trace* trace) { trace->signals.demand(6, 3) = 1.0; },
         {"work_arrival of slot 6, column 1 is 1, expected 0.125"});
}

}  // namespace
}  // namespace evenkeel
