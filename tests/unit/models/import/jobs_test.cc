#include "models/import/jobs.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

constexpr const char* kPlain = "submit,duration_s,gpus\n";
constexpr const char* kHelios =
    "job_id,user,vc,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,duration,queue\n";
constexpr double kTiny = 1e-15;

/// The small trace: slots of half an hour from 2022-09-22 00:00 UTC on.
class ImportJobsTest : public testing::Test {
 protected:
  JobImportOptions Options() const {
    JobImportOptions options;
    options.log = path_;
    options.kw_per_gpu = 500.0;  // 0.5 MW, so that a GPU's slot is 0.25 MWh
    options.slack = 6.0;
    return options;
  }
  JobLog Read(const std::string& text) { return Read(text, Options()); }
  JobLog Read(const std::string& text, const JobImportOptions& options) {
    WriteBytes(path_, text);
    trace_ = MakeSmallTrace(8);
    return ImportJobs(options, &trace_);
  }
  void Refuse(const std::string& text, std::initializer_list<std::string> words) {
    ExpectInputError([&] { Read(text); }, words);
  }
  void RefuseOptions(const std::function<void(JobImportOptions*)>& change, std::initializer_list<std::string> words) {
    JobImportOptions options = Options();
    change(&options);
    ExpectInputError([&] { Read(std::string(kPlain) + "2022-09-22 01:00:00,1800,1\n", options); }, words);
    EXPECT_EQ(trace_.header.network.num_classes(), 0);
  }
  double Arrival(int t) const { return trace_.signals.demand(t, trace_.signals.demand.cols() - 1); }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_ / "jobs.csv";
  Trace trace_;
};

// From 00:15 for 50 minutes on 2 GPUs, 1 MW: a quarter of an hour in slot 0, all of slot 1, five minutes of slot 2.
// Then 36 s in the middle of slot 4, and one that begins and ends with slot 6.
TEST_F(ImportJobsTest, AJobIsItsHoursOneAfterAnother) {
  const JobLog log =
      Read(std::string(kPlain) + "2022-09-22 00:15:00,3000,2\n2022-09-22 02:10:00,36,2\n2022-09-22 03:00:00,1800,1\n");
  EXPECT_NEAR(Arrival(0), 0.25, kTiny);
  EXPECT_NEAR(Arrival(1), 0.5, kTiny);
  EXPECT_NEAR(Arrival(2), 1.0 / 12.0, kTiny);
  EXPECT_EQ(Arrival(3), 0.0);
  EXPECT_NEAR(Arrival(4), 0.01, kTiny);
  EXPECT_EQ(Arrival(5), 0.0);
  EXPECT_NEAR(Arrival(6), 0.25, kTiny);
  EXPECT_EQ(Arrival(7), 0.0);
  EXPECT_EQ(log.format, JobFormat::kPlain);
  EXPECT_EQ(log.jobs, 3);
  EXPECT_EQ(log.outside, 0);
  EXPECT_NEAR(log.energy, 3000.0 / 3600.0 + 0.01 + 0.25, kTiny);
}

TEST_F(ImportJobsTest, TheClassIsAsTold) {
  JobImportOptions options = Options();
  options.name = "training";
  options.regions = {"west", "north"};
  options.transfer_cost = 3.5;
  Read(std::string(kPlain) + "2022-09-22 01:00:00,1800,1\n", options);
  ValidateTrace(trace_, "with jobs");
  const Network& network = trace_.header.network;
  ASSERT_EQ(network.num_classes(), 1);
  EXPECT_EQ(network.gateways[2].name, "training");
  EXPECT_EQ(network.classes[0].deadline, 12);
  EXPECT_EQ(network.classes[0].resource_per_unit, 1.0);
  EXPECT_EQ(network.classes[0].cost_floor, 0.0);
  EXPECT_EQ(network.reachable.row(2), (FlagMatrix(1, 3) << 1, 0, 1).finished());
  EXPECT_EQ(network.work_energy, RowMatrix(RowMatrix::Ones(1, 3)));
  EXPECT_EQ(network.network_cost(2, 2), 3.5);
  EXPECT_EQ(trace_.signals.demand.leftCols(2), MakeSmallTrace(8).signals.demand);
  EXPECT_EQ(
      trace_.header.provenance.processing,
      "work 'training': jobs of " + path_ +
          ", 1 of them, 0.25 MWh at 500 kW a GPU; that they may wait 6 h is an assumption, logs have no deadlines");
  // Without regions all of them.
  Read(std::string(kPlain) + "2022-09-22 01:00:00,1800,1\n");
  EXPECT_EQ(trace_.header.network.reachable.row(2).cast<int>().sum(), 3);
}

// The trace is from 00:00 to 04:00. An hour before it and one in it; one in it and two after it; all before; all after.
TEST_F(ImportJobsTest, WhatIsOutsideTheTraceIsLeftOutAndCounted) {
  const JobLog log = Read(std::string(kPlain) +
                          "2022-09-21 23:00:00,7200,1\n2022-09-22 03:00:00,10800,1\n2022-09-21 10:00:00,3600,1\n"
                          "2022-09-23 10:00:00,3600,1\n2022-09-22 02:00:00,60,0\n");
  EXPECT_NEAR(log.energy, 1.0, kTiny);
  EXPECT_NEAR(log.before, 1.0, kTiny);
  EXPECT_NEAR(log.after, 1.5, kTiny);
  EXPECT_EQ(log.outside, 4);
  EXPECT_EQ(log.without_gpu, 1);
  for (int t : {0, 1, 6, 7}) EXPECT_NEAR(Arrival(t), 0.25, kTiny) << t;
  for (int t : {2, 3, 4, 5}) EXPECT_EQ(Arrival(t), 0.0) << t;
  const std::string& said = trace_.header.provenance.processing;
  EXPECT_NE(said.find("left out for want of a GPU: 1 of the jobs; outside of the trace, wholly or in part: 4 of the "
                      "jobs, 1 MWh before and 1.5 MWh after it, which are left out"),
            std::string::npos)
      << said;
}

TEST_F(ImportJobsTest, TimesAreUtcOrWithAnOffsetOrUnixSeconds) {
  // All are 01:00 UTC.
  const char* times[] = {"2022-09-22 01:00:00", "2022-09-22T01:00:00Z", "2022-09-22 09:00:00+08:00", "1663808400",
                         "1663808400.5"};
  for (const char* time : times) {
    Read(fmt::format("{}{},1800,1\n", kPlain, time));
    EXPECT_NEAR(Arrival(2), 0.25, kTiny) << time;
  }
  JobImportOptions options = Options();
  options.utc_offset_hours = -2.5;
  Read(std::string(kPlain) + "2022-09-21 22:30:00,1800,1\n", options);
  EXPECT_NEAR(Arrival(2), 0.25, kTiny);
  WriteBytes(path_, std::string(kPlain) + "2022-09-22 09:00:00+08:00,1800,1\n");
  ExpectInputError([&] { ImportJobs(options, &trace_); }, {"jobs.csv:2", "\"submit\"", "+08:00", "without an offset"});
}

TEST_F(ImportJobsTest, ALogOfAnotherYearIsMovedToTheTrace) {
  JobImportOptions options = Options();
  options.log_start = 1591660800;  // 2020-06-09 00:00
  Read(std::string(kPlain) + "2020-06-09 01:30:00,1800,1\n", options);
  EXPECT_NEAR(Arrival(3), 0.25, kTiny);
  EXPECT_NE(trace_.header.provenance.processing.find("the log's 2020-06-09 00:00:00 UTC is the trace's start"),
            std::string::npos);
  Refuse(std::string(kPlain) + "2020-06-09 01:30:00,1800,1\n2020-08-09 01:30:00,1800,1\n",
         {"jobs.csv: none of its jobs run in the trace, which begins at 2022-09-22 00:00:00 UTC",
          "from 2020-06-09 01:30:00 UTC to 2020-08-09 01:30:00 UTC", "--log-start"});
}

TEST_F(ImportJobsTest, ReadsHeliosAndAcme) {
  // Helios, whose clock is not said: here 8 h east, so 09:00 is 01:00 UTC. What counts is submit_time and duration.
  JobImportOptions options = Options();
  options.utc_offset_hours = 8.0;
  const std::string row =
      "1425511,uXBbc,vcJkd,2,1,1,FAILED,2022-09-22 09:00:00,2022-09-22 11:00:00,2022-09-22 11:30:00,1800,7200\n";
  const JobLog log = Read(kHelios + row, options);
  EXPECT_EQ(log.format, JobFormat::kHelios);
  EXPECT_NEAR(Arrival(2), 0.5, kTiny);
  EXPECT_NEAR(log.energy, 0.5, kTiny);
  Refuse(kHelios + row, {"jobs.csv:2", "\"submit_time\"", "'2022-09-22 09:00:00'", "--utc-offset"});
  // Acme's times have offsets.
  Read(
      "job_id,user,node_num,gpu_num,cpu_num,type,state,submit_time,start_time,end_time,duration,queue,gpu_time\n"
      "5778432,u5907,1,8,128,Other,FAILED,2022-09-22 09:00:00+08:00,2022-09-22 09:00:32+08:00,2022-09-22 "
      "09:30:32+08:00,1800,32,14400.0\n");
  EXPECT_NEAR(Arrival(2), 2.0, kTiny);
}

TEST_F(ImportJobsTest, ReadsGzippedLogsInAnyOrder) {
  const std::string rows = "2022-09-22 03:00:00,1800,1\r\n\r\n2022-09-22 01:00:00,1800,1\r\n";
  const std::string text = "\xEF\xBB\xBFuser,gpus,submit,duration_s\r\n\"a\",1,2022-09-22 03:00:00,1800\r\n";
  Read(text);
  EXPECT_NEAR(Arrival(6), 0.25, kTiny);
  const gzFile file = ::gzopen(path_.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  ::gzputs(file, (kPlain + rows).c_str());
  ::gzclose(file);
  trace_ = MakeSmallTrace(8);
  EXPECT_EQ(ImportJobs(Options(), &trace_).jobs, 2);
  EXPECT_NEAR(Arrival(2), 0.25, kTiny);
  EXPECT_NEAR(Arrival(6), 0.25, kTiny);
}

TEST_F(ImportJobsTest, RefusesMalformedRows) {
  const std::string plain = kPlain;
  const auto row = [&](const std::string& text, std::initializer_list<std::string> words) {
    Refuse(plain + "2022-09-22 01:00:00,1800,1\n" + text + "\n", words);
  };
  row("2022-09-22 01:00:00,-5,1", {"jobs.csv:3", "\"duration_s\"", "'-5'", "at least 0"});
  row("2022-09-22 01:00:00,5,", {"jobs.csv:3", "\"gpus\"", "''", "at least 0"});
  row("2022-09-22 01:00:00,nan,1", {"\"duration_s\"", "'nan'"});
  row("2022-09-22 01:00:00,1e13,1", {"\"duration_s\"", "'1e13'"});
  row("22.9.2022,5,1", {"jobs.csv:3", "\"submit\"", "'22.9.2022'", "2020-06-09 18:41:01", "seconds since 1970-01-01"});
  row("1663808400000,5,1", {"\"submit\"", "'1663808400000'", "less than 253402300800"});
  row("1.2.3,5,1", {"\"submit\"", "'1.2.3'"});
  row("2022-09-22 01:00:00,5", {"jobs.csv:3", "2 fields, expected 3"});
  row("2022-09-22 01:00:00,5,\"1", {"jobs.csv:3", "quote"});
  Refuse("", {"jobs.csv", "empty"});
  Refuse(plain, {"no jobs with a GPU"});
  Refuse("a,b\n1,2\n", {"jobs.csv: none of the known logs of jobs", "\"a,b\"", "submit, duration_s, gpus", "helios"});
  Refuse("{\"submit\": 1}\n", {"jobs.csv", "JSON"});
  Refuse("submit;duration_s;gpus\n", {"jobs.csv", "semicolons"});
}

TEST_F(ImportJobsTest, RefusesOptionsOutOfRange) {
  RefuseOptions([](JobImportOptions* options) { options->kw_per_gpu = 0.0; },
                {"power of a GPU is 0 kW", "more than 0"});
  RefuseOptions([](JobImportOptions* options) { options->slack = 0.7; },
                {"the jobs' slack is 0.7 h", "whole slots of 0.5 h"});
  RefuseOptions([](JobImportOptions* options) { options->transfer_cost = -1.0; }, {"transfer cost is -1"});
  RefuseOptions(
      [](JobImportOptions* options) {
        options->regions = {"north", "wst"};
      },
      {"no region \"wst\"", "did you mean \"west\"?"});
}

}  // namespace
}  // namespace evenkeel
