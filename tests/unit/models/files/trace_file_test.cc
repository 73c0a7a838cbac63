#include "models/files/trace_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <limits>
#include <thread>

#include "tests/reference/paths.h"
#include "tests/unit/models/file_test_util.h"
#include "tests/unit/models/raw_trace.h"

namespace evenkeel {
namespace {

void ExpectEqual(const Signals& a, const Signals& b) {
  EXPECT_EQ(a.time, b.time);
  EXPECT_EQ(a.demand, b.demand);
  EXPECT_EQ(a.capacity, b.capacity);
  EXPECT_EQ(a.price, b.price);
  EXPECT_EQ(a.carbon_intensity, b.carbon_intensity);
  EXPECT_EQ(a.water_intensity, b.water_intensity);
}

void ExpectEqual(const Slot& a, const Slot& b) {
  EXPECT_EQ(a.index, b.index);
  EXPECT_EQ(a.time, b.time);
  EXPECT_EQ(a.demand, b.demand);
  EXPECT_EQ(a.capacity, b.capacity);
  EXPECT_EQ(a.price, b.price);
  EXPECT_EQ(a.carbon_intensity, b.carbon_intensity);
  EXPECT_EQ(a.water_intensity, b.water_intensity);
}

class TraceFileTest : public testing::Test {
 protected:
  std::string Path() const { return directory_ / "trace.h5"; }

  /// Writes the small trace with one thing changed and expects reading it to fail.
  void ExpectRejected(const std::function<void(RawTrace*)>& spoil, std::initializer_list<std::string> words) {
    RawTrace raw = MakeRawTrace(MakeSmallTrace(10));
    spoil(&raw);
    WriteRawTrace(raw, Path());
    ExpectInputError([this] { ReadTrace(Path()); }, words);
  }

  TemporaryDirectory directory_;
};

TEST_F(TraceFileTest, ComesBackBitForBit) {
  const Trace trace = MakeSmallTrace(50);
  WriteTrace(trace, Path());
  const Trace read = ReadTrace(Path());
  ExpectEqual(read.signals, trace.signals);
  const Network& network = read.header.network;
  EXPECT_EQ(network.regions[1].name, "süd");
  EXPECT_EQ(network.regions[2].pue, 1.3);
  EXPECT_EQ(network.regions[2].longitude, -100.0);
  EXPECT_EQ(network.gateways[1].name, "users B");
  EXPECT_EQ(network.gateways[1].latitude, 34.0);
  EXPECT_EQ(network.variants[1].name, "small");
  EXPECT_EQ(network.variants[1].resource_per_unit, 0.25);
  EXPECT_EQ(network.variants[1].quality_loss, 0.125);
  EXPECT_EQ(network.energy_per_unit, trace.header.network.energy_per_unit);
  EXPECT_EQ(network.reachable, trace.header.network.reachable);
  EXPECT_EQ(network.network_cost, trace.header.network.network_cost);
  EXPECT_EQ(network.distance, trace.header.network.distance);
  EXPECT_EQ(read.header.slot_hours, 0.5);
  const Provenance& origin = read.header.provenance;
  EXPECT_EQ(origin.title, "small");
  EXPECT_EQ(origin.source, "made up");
  EXPECT_EQ(origin.licence, "MIT");
  EXPECT_EQ(origin.command, "evenkeel test");
  EXPECT_EQ(origin.generator, "evenkeel 0.1.0");
  EXPECT_EQ(origin.seed, "7");
  EXPECT_EQ(origin.carbon_signal_type, "marginal");
  EXPECT_EQ(origin.carbon_scope, "direct");
}

TEST_F(TraceFileTest, EqualTracesAreEqualFiles) {
  WriteTrace(MakeSmallTrace(50), Path());
  const std::string first = ReadBytes(Path());
  WriteTrace(MakeSmallTrace(50), Path());
  EXPECT_TRUE(ReadBytes(Path()) == first);
  EXPECT_EQ(directory_.NumFiles(), 1);
}

TEST_F(TraceFileTest, SlotsFromDiskAndFromMemoryAreTheSameInAnyOrder) {
  // Several blocks of 256 KiB per signal (10,922 slots of three regions).
  const Trace trace = MakeSmallTrace(100'001);
  WriteTrace(trace, Path());
  TraceFile file(Path());
  const auto memory = MakeSlotSource(trace);
  ASSERT_EQ(file.num_slots(), 100'001);
  Slot on_disk, in_memory;
  for (int t : {0, 1, 10'921, 10'922, 100'000, 99'999, 5, 87'376, 87'375}) {
    file.Read(t, &on_disk);
    memory->Read(t, &in_memory);
    ExpectEqual(on_disk, in_memory);
  }
  EXPECT_EQ(in_memory.capacity[0], trace.signals.capacity(87'375, 0) * 0.5);
  EXPECT_EQ(file.TotalDemand(), TotalDemand(trace));
  const Signals part = file.ReadSignals(43'000, 2000);
  EXPECT_EQ(part.price, trace.signals.price.middleRows(43'000, 2000));
  EXPECT_EQ(part.time[0], trace.signals.time[43'000]);
  EXPECT_THROW(file.Read(100'001, &on_disk), InternalError);
}

TEST_F(TraceFileTest, WaterMayComeInParts) {
  RawTrace raw = MakeRawTrace(MakeSmallTrace(2));
  raw.Remove("water_intensity");
  const std::vector<double> onsite = {1, 2, 3, 4, 5, 6}, offsite = {10, 20, 30, 40, 50, 60};
  raw.Add("onsite_water", {"time", "region"}, "L/kWh", onsite.data(), 6);
  raw.Add("offsite_water", {"time", "region"}, "L/kWh", offsite.data(), 6);
  WriteRawTrace(raw, Path());
  const RowMatrix water = ReadTrace(Path()).signals.water_intensity;
  EXPECT_EQ(water(0, 0), 1.0 + 1.1 * 10.0);
  EXPECT_EQ(water(1, 2), 6.0 + 1.3 * 60.0);
  raw.Find("offsite_water").values[4] = -50.0;
  WriteRawTrace(raw, Path());
  ExpectInputError([this] { ReadTrace(Path()); }, {"'offsite_water', slot 1", "süd", "-50"});
  raw.Remove("offsite_water");
  WriteRawTrace(raw, Path());
  ExpectInputError([this] { ReadTrace(Path()); }, {"trace.h5", "'offsite_water' is missing"});
  raw.Remove("onsite_water");
  WriteRawTrace(raw, Path());
  ExpectInputError([this] { ReadTrace(Path()); }, {"trace.h5", "neither", "water_intensity"});
  ExpectRejected([&](RawTrace* both) { both->Add("onsite_water", {"region"}, "L/kWh", onsite.data(), 3); },
                 {"it has both"});
}

TEST_F(TraceFileTest, ReadsFilesOfOthers) {
  // Two were written by h5py in HDF5's oldest format, one chunked, one in one piece; the third by an early evenkeel.
  const std::string data = SourcePath("tests/unit/models/data/");
  const Trace small = MakeSmallTrace(2);
  for (const char* name : {"old_format.h5", "old_format_chunked.h5"})
    ExpectEqual(ReadTrace(data + name).signals, small.signals);
  EXPECT_EQ(ReadTrace(data + "written.h5").signals.num_slots(), 2);
}

TEST_F(TraceFileTest, RejectsFilesThatAreNoTrace) {
  ExpectInputError([this] { ReadTrace(Path()); }, {"trace.h5", "No such file or directory"});
  ExpectInputError([this] { ReadTrace(directory_.path()); }, {"is a directory"});
  WriteBytes(Path(), "time,price\n1,2\n");
  ExpectInputError([this] { ReadTrace(Path()); }, {"trace.h5", "not an HDF5 file"});
  WriteBytes(Path(), "");
  ExpectInputError([this] { ReadTrace(Path()); }, {"trace.h5", "not an HDF5 file"});
  ExpectRejected([](RawTrace* raw) { raw->schema = "evenkeel-run"; },
                 {"no trace", "\"evenkeel-run\"", "\"evenkeel-trace\""});
  ExpectRejected([](RawTrace* raw) { raw->schema = ""; }, {"no trace", "missing"});
  ExpectRejected([](RawTrace* raw) { raw->version = 3; }, {"'schema_version' is 3", "versions 1 and 2"});
}

TEST_F(TraceFileTest, RejectsTruncatedFilesOfAnyLength) {
  WriteTrace(MakeSmallTrace(200), Path());
  const std::string bytes = ReadBytes(Path());
  for (std::size_t size = 8; size < bytes.size(); size += 101) {
    WriteBytes(Path(), bytes.substr(0, size));
    ExpectInputError([this] { ReadTrace(Path()); }, {"trace.h5"});
  }
  WriteBytes(Path(), bytes.substr(0, bytes.size() - 1));
  ExpectInputError([this] { ReadTrace(Path()); }, {"trace.h5", "damaged or truncated"});
}

TEST_F(TraceFileTest, RejectsMissingDatasetsAndWrongShapesAndUnits) {
  const RawTrace complete = MakeRawTrace(MakeSmallTrace(10));
  for (const RawField& one : complete.fields) {
    const std::string name = one.field.name;
    if (name != "water_intensity") {
      ExpectRejected([&](RawTrace* raw) { raw->Remove(name); }, {"trace.h5", "'" + name + "' is missing"});
    }
    ExpectRejected([&](RawTrace* raw) { raw->Find(name).field.units = "bananas"; },
                   {"'" + name + "'", "\"bananas\"", "allowed is \"" + one.field.units + "\""});
    ExpectRejected(
        [&](RawTrace* raw) {
          raw->Find(name).field.axes[0] = "other";
          raw->labels["other"] = {"x"};
          raw->Find(name).field.axes.resize(1);
        },
        {"'" + name + "'", "shape [1]", "expected ["});
  }
  ExpectRejected([](RawTrace* raw) { raw->Find("carbon_intensity").field.units = "g/kWh"; },
                 {"'carbon_intensity'", "\"g/kWh\"", "\"kg/kWh\""});
}

TEST_F(TraceFileTest, RejectsValuesOutOfRangeAndSaysWhere) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInf = std::numeric_limits<double>::infinity();
  for (const char* name : {"capacity", "price", "carbon_intensity", "water_intensity"}) {
    for (double value : {kNan, kInf, -kInf, 1e13}) {
      ExpectRejected(
          [&](RawTrace* raw) { raw->Find(name).values[3 * 4 + 1] = value; },
          {"trace.h5", name, "slot 4 (2022-09-22 02:00:00 UTC)", "region 'süd'", fmt::format("{}", value), "allowed"});
    }
    if (std::string(name) == "price") continue;
    ExpectRejected([&](RawTrace* raw) { raw->Find(name).values[1] = -1e-9; },
                   {name, "slot 0", "-1e-09", "allowed is [0, "});
  }
  ExpectRejected([](RawTrace* raw) { raw->Find("demand").values[19] = -1.0; },
                 {"'demand'", "slot 9", "gateway 'users B'", "-1"});
  ExpectRejected([](RawTrace* raw) { raw->Find("pue").values[1] = 0.9; }, {"trace.h5", "pue", "süd", "0.9"});
  ExpectRejected([](RawTrace* raw) { raw->Find("distance").values[1] = kNan; }, {"trace.h5", "distance"});
  ExpectRejected([](RawTrace* raw) { raw->Find("energy_per_unit").values[0] = 0.0; },
                 {"trace.h5", "energy_per_unit", "north"});
  ExpectRejected([](RawTrace* raw) { raw->Find("reachable").values[4] = 256; },
                 {"'reachable'", "users B", "süd", "256", "0 and 1"});
  ExpectRejected([](RawTrace* raw) { raw->Find("reachable").field.type = Hdf5Field::Type::kFloat64; },
                 {"'reachable'", "integers"});
  ExpectRejected([](RawTrace* raw) { raw->labels["region"][1] = "north"; }, {"trace.h5", "north", "twice"});
}

TEST_F(TraceFileTest, RejectsTimesThatAreNotEquallySpaced) {
  ExpectRejected([](RawTrace* raw) { raw->time[5] += 60; },
                 {"'time', slot 5 (2022-09-22 02:31:00 UTC)", "1860 s", "1800 s"});
  ExpectRejected([](RawTrace* raw) { std::swap(raw->time[2], raw->time[3]); }, {"'time', slot 2"});
  ExpectRejected([](RawTrace* raw) { raw->time[0] = -1; }, {"'time', slot 0", "-1"});
  ExpectRejected([](RawTrace* raw) { raw->slot_hours = 1.0; },
                 {"'time', slot 1", "1800 s", "3600 s", "slot_hours is 1"});
  for (double hours : {0.0, -1.0, 1e9, 0.0001, 1.0 / 7.0, std::numeric_limits<double>::quiet_NaN()}) {
    ExpectRejected([&](RawTrace* raw) { raw->slot_hours = hours; }, {"slot_hours is"});
  }
}

TEST_F(TraceFileTest, FindsABadValueInALaterBlockWhenItGetsThere) {
  RawTrace raw = MakeRawTrace(MakeSmallTrace(60'000));
  raw.Find("price").values[3 * 50'000 + 2] = std::numeric_limits<double>::quiet_NaN();
  WriteRawTrace(raw, Path());
  auto file = std::make_unique<TraceFile>(Path());
  Slot slot;
  file->Read(0, &slot);
  for (int attempt = 0; attempt < 2; ++attempt) {
    ExpectInputError([&] { file->Read(54'000, &slot); }, {"'price', slot 50000", "west", "nan"});
  }
  file->Read(1, &slot);
  EXPECT_EQ(slot.index, 1);
  file.reset();
  // A step that is wrong exactly where two blocks of times meet.
  raw.time.resize(1);
  for (int t = 1; t < 140'000; ++t) raw.time.push_back(raw.time.back() + (t == 32'767 ? 1801 : 1800));
  for (RawField& one : raw.fields)
    if (one.field.axes[0] == "time") one.values.resize(140'000 * one.field.axes.size() * 3);
  WriteRawTrace(raw, Path());
  ExpectInputError([this] { TraceFile again(Path()); }, {"'time', slot 32767", "1801 s"});
}

TEST_F(TraceFileTest, AnInvalidTraceIsNotWritten) {
  WriteBytes(Path(), "old");
  Trace trace = MakeSmallTrace(10);
  trace.signals.demand(3, 1) = -2.0;
  ExpectInputError([&] { WriteTrace(trace, Path()); }, {"trace.h5", "'demand', slot 3", "users B", "-2"});
  ExpectInputError([&] { WriteTrace(MakeSmallTrace(0), Path()); }, {"trace.h5", "at least one slot"});
  trace = MakeSmallTrace(10);
  trace.signals.price.resize(9, 3);
  ExpectInputError([&] { WriteTrace(trace, Path()); }, {"'price'", "shape [9, 3]", "expected [10, 3]"});
  EXPECT_EQ(ReadBytes(Path()), "old");
  EXPECT_EQ(directory_.NumFiles(), 1);
}

TEST_F(TraceFileTest, RefusesPathsThatCannotBeWritten) {
  const Trace trace = MakeSmallTrace(10);
  ExpectInputError([&] { WriteTrace(trace, directory_.path()); }, {directory_.path(), "is a directory"});
  ExpectInputError([&] { WriteTrace(trace, directory_ / "no/trace.h5"); },
                   {"no/trace.h5", "No such file or directory"});
  EXPECT_EQ(directory_.NumFiles(), 0);
}

TEST_F(TraceFileTest, FullDiskIsAnErrorAndEndsQuietly) {
  WriteTrace(MakeSmallTrace(60'000), Path());
  const rlim_t size = ReadBytes(Path()).size();
  WriteTrace(MakeSmallTrace(10), Path());
  const std::string old = ReadBytes(Path());
  // Limits that are met while writing data, while flushing, and while closing.
  for (rlim_t limit : {rlim_t{10'000}, rlim_t{100'000}, rlim_t{1'000'000}, size - 5000, size - 500, size - 1}) {
    const std::string noise = directory_ / "noise.txt";
    const int status = RunInChild([&] {
      const rlimit tight = {limit, RLIM_INFINITY};
      const rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
      if (std::freopen(noise.c_str(), "w", stderr) == nullptr) return 4;
      if (::setrlimit(RLIMIT_FSIZE, &tight) != 0 || std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) return 3;
      try {
        WriteTrace(MakeSmallTrace(60'000), Path());
      } catch (const InputError& error) {
        const std::string message = error.what();
        const bool said =
            message.find("trace.h5: ") != std::string::npos && message.find("File too large") != std::string::npos;
        if (!said) std::fputs(error.what(), stderr);
        // Another try in the same process is not harmed by the first.
        ::setrlimit(RLIMIT_FSIZE, &none);
        WriteTrace(MakeSmallTrace(20), directory_ / "other.h5");
        const bool works = ReadTrace(directory_ / "other.h5").signals.num_slots() == 20;
        std::filesystem::remove(directory_ / "other.h5");
        return said && works ? 0 : 2;
      }
      return 1;
    });
    EXPECT_EQ(status, 0) << "limit " << limit;
    EXPECT_EQ(ReadBytes(noise), "");
    std::filesystem::remove(noise);
    EXPECT_TRUE(ReadBytes(Path()) == old);
    EXPECT_EQ(directory_.NumFiles(), 1);
  }
}

TEST_F(TraceFileTest, ThreadsReadFilesOfTheirOwn) {
  const Trace trace = MakeSmallTrace(50'000);
  WriteTrace(trace, Path());
  std::vector<Vector> totals(4);
  std::vector<std::thread> threads;
  for (Vector& total : totals) threads.emplace_back([&] { total = TraceFile(Path()).TotalDemand(); });
  for (std::thread& thread : threads) thread.join();
  for (const Vector& total : totals) EXPECT_EQ(total, TotalDemand(trace));
}

}  // namespace
}  // namespace evenkeel
