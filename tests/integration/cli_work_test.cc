// Work that can wait as a user makes it: a share of a generated trace's demand, and logs of jobs.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "models/files/trace_file.h"
#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class WorkTest : public CliTest {
 protected:
  std::vector<std::string> GenerateWith(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"trace", "generate", "--regions", "3",     "--gateways",
                                          "3",     "--slots",  "48",        "--out", "t.h5"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::vector<std::string> Jobs(std::vector<std::string> more, const std::string& log = "jobs.csv") const {
    std::vector<std::string> arguments = {"trace", "import", "jobs", "t.h5", log, "--out", "j.h5"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  Trace Read(const std::string& name) const { return ReadTrace(folder_ / name); }
};

TEST_F(WorkTest, AShareOfTheDemandIsShownAndValidAndRun) {
  const std::string made =
      Succeed(GenerateWith({"--work-share", "0.3", "--work-deadline", "24", "--work-home", "0.5"}));
  EXPECT_THAT(made, HasSubstr("3 regions, 3 gateways, 1 variant, 4 classes of work that can wait"));
  const std::string info = Succeed({"trace", "info", "t.h5"});
  EXPECT_THAT(info, AllOf(HasSubstr("3 gateways, 1 variant, 4 classes of work that can wait"), HasSubstr("new-york"),
                          HasSubstr("work at virginia"), HasSubstr("% of demand"), HasSubstr("may wait"),
                          HasSubstr("processing work that can wait: 0.3 of every gateway's demand, for up to 24 h; 0.5 "
                                    "of it stays in the region nearest to its gateway\n")));
  const Json json = SucceedJson({"trace", "info", "t.h5"});
  EXPECT_EQ(json["gateways"].size(), 3u);
  ASSERT_EQ(json["work_classes"].size(), 4u);
  const Json& home = json["work_classes"][1];
  EXPECT_EQ(home["name"], "work at texas");
  EXPECT_EQ(home["deadline_hours"], 24.0);
  EXPECT_EQ(home["deadline_slots"], 24);
  ASSERT_EQ(home["regions"].size(), 1u);
  EXPECT_EQ(home["regions"][0]["name"], "texas");
  EXPECT_EQ(home["regions"][0]["energy_per_unit"], 1.0);
  double shares = 0.0;
  for (const Json& one : json["work_classes"]) shares += one["share_of_demand"].get<double>();
  EXPECT_NEAR(shares, 0.3, 1e-12);
  EXPECT_EQ(json["work_classes"][3]["regions"].size(), 3u);
  EXPECT_THAT(Succeed({"trace", "validate", "t.h5"}),
              AllOf(HasSubstr("t.h5: ok, 48 slots"), HasSubstr("Work that can wait can all be done when it arrives")));
  EXPECT_EQ(SucceedJson({"trace", "validate", "t.h5"})["slots_where_work_has_to_wait"], 0);
}

TEST_F(WorkTest, WithoutWorkNothingIsSaidOfIt) {
  EXPECT_EQ(Succeed(GenerateWith({"--work-share", "0", "--work-deadline", "5"})),
            "t.h5: 48 slots of 1 h, 3 regions, 3 gateways, 1 variant, from 2023-01-01 00:00:00 UTC\n");
  EXPECT_THAT(Succeed({"trace", "info", "t.h5"}), Not(HasSubstr("wait ")));
  EXPECT_FALSE(SucceedJson({"trace", "info", "t.h5"}).contains("work_classes"));
  EXPECT_EQ(Succeed({"trace", "validate", "t.h5"}),
            "t.h5: ok, 48 slots, every value in range, all demand can be served\n");
  EXPECT_FALSE(SucceedJson({"trace", "validate", "t.h5"}).contains("slots_where_work_has_to_wait"));
}

TEST_F(WorkTest, RefusesSharesThatSayTooLittleOrTooMuch) {
  EXPECT_THAT(Refuse(GenerateWith({"--work-share", "0.3"})),
              AllOf(HasSubstr("--work-share: --work-deadline is missing"), HasSubstr("there is no default")));
  EXPECT_THAT(
      Refuse(GenerateWith({"--work-deadline", "3"})),
      HasSubstr("--work-deadline: it is about work that can wait, of which there is none without --work-share"));
  EXPECT_THAT(Refuse(GenerateWith({"--work-home", "0.5"})), HasSubstr("--work-home: it is about"));
  EXPECT_THAT(Refuse(GenerateWith({"--work-share", "1.5", "--work-deadline", "3"})),
              HasSubstr("--work-share: \"1.5\" is not a number in [0, 1]"));
  EXPECT_THAT(Refuse(GenerateWith({"--work-share", "0.5", "--work-deadline", "3", "--work-home", "-1"})),
              HasSubstr("--work-home: \"-1\" is not a number in [0, 1]"));
  EXPECT_THAT(Refuse(GenerateWith({"--work-share", "0.5", "--work-deadline", "3.5"})),
              HasSubstr("option work_deadline is 3.5 h, allowed are whole slots of 1 h"));
  EXPECT_THAT(
      Refuse(GenerateWith({"--work-share", "0.5", "--work-deadline", "3", "--work-home", "0.5", "--reach", "0.5"})),
      AllOf(HasSubstr("work_home is 0.5 with reach 0.5, allowed: 0, or reach 1"), HasSubstr("is only known where")));
}

TEST_F(WorkTest, ValidateSaysWhereWorkHasToWait) {
  Succeed(GenerateWith({"--start", "2024-07-01"}));
  // 40 MW for three hours, against 3 MW of capacity.
  Write("jobs.csv", "submit,duration_s,gpus\n2024-07-01 06:00:00,10800,10\n");
  Succeed(Jobs({"--kw-per-gpu", "4000", "--slack", "2"}));
  EXPECT_THAT(Succeed({"trace", "validate", "j.h5"}), HasSubstr("Work has to wait in 3 of them"));
  EXPECT_EQ(SucceedJson({"trace", "validate", "j.h5"})["slots_where_work_has_to_wait"], 3);
}

TEST_F(WorkTest, JobsOfTheSamplesBecomeClasses) {
  Succeed({"trace", "generate", "--regions", "3", "--gateways", "3", "--slots", "72", "--start", "2024-07-01", "--out",
           "t.h5"});
  const std::string samples = SourcePath("experiments/samples/");
  const std::string plain = Succeed(Jobs({"--kw-per-gpu", "0.7", "--slack", "24"}, samples + "jobs.csv"));
  EXPECT_THAT(plain, AllOf(HasSubstr("1 class of work that can wait"), HasSubstr("7 of them, 0.382324 MWh at 0.7 kW"),
                           HasSubstr("1 of the jobs, 0 MWh before and 0.0896 MWh after it")));
  Succeed({"trace",
           "import",
           "jobs",
           "j.h5",
           samples + "jobs-helios.csv",
           "--kw-per-gpu",
           "0.7",
           "--slack",
           "6",
           "--name",
           "helios",
           "--region",
           "texas",
           "--region",
           "virginia",
           "--transfer-cost",
           "2",
           "--log-start",
           "2020-06-09",
           "--utc-offset",
           "8",
           "--out",
           "k.h5"});
  const Json json = SucceedJson({"trace", "info", "k.h5"});
  ASSERT_EQ(json["work_classes"].size(), 2u);
  EXPECT_EQ(json["work_classes"][1]["name"], "helios");
  EXPECT_EQ(json["work_classes"][1]["regions"].size(), 2u);
  EXPECT_EQ(json["work_classes"][1]["regions"][0]["transfer_cost"], 2.0);
  EXPECT_EQ(json["work_classes"][1]["deadline_slots"], 6);
  const Trace trace = Read("k.h5");
  // The samples' jobs without those outside: GPU hours at 0.7 kW. Helios' first is at 10:41:01 UTC: 1139 s in slot 10
  // and 2461 s in slot 11, where the second one's 249 s on 4 GPUs begin at 10:41:27, in slot 10.
  EXPECT_NEAR(trace.signals.demand.col(3).sum(), 0.382324, 1e-6);
  EXPECT_NEAR(trace.signals.demand(10, 4), (1139.0 + 4.0 * 249.0) / 3600.0 * 0.7e-3, 1e-12);
  EXPECT_NEAR(trace.signals.demand(11, 4), 2461.0 / 3600.0 * 0.7e-3, 1e-12);
  EXPECT_EQ(trace.header.provenance.processing.find("work 'jobs'"), 0u);
  EXPECT_THAT(trace.header.provenance.processing,
              AllOf(HasSubstr("\nthe trace before: "), HasSubstr("\nwork 'helios': "), HasSubstr("trace generate")));
  EXPECT_THAT(trace.header.provenance.command, HasSubstr("trace import jobs j.h5"));
}

TEST_F(WorkTest, RefusesJobsThatSayTooLittleOrTooMuch) {
  Succeed(GenerateWith({}));
  Write("jobs.csv", "submit,duration_s,gpus\n2023-01-01 06:00:00,3600,1\n");
  EXPECT_THAT(Refuse(Jobs({"--slack", "24"})), AllOf(HasSubstr("--kw-per-gpu is missing"), HasSubstr("no default")));
  EXPECT_THAT(Refuse(Jobs({"--kw-per-gpu", "1"})), AllOf(HasSubstr("--slack is missing"), HasSubstr("no default")));
  const auto refuse = [&](std::vector<std::string> more, const std::string& log = "jobs.csv") {
    more.insert(more.end(), {"--kw-per-gpu", "1"});
    if (std::find(more.begin(), more.end(), "--slack") == more.end()) more.insert(more.end(), {"--slack", "2"});
    return Refuse(Jobs(more, log));
  };
  EXPECT_THAT(refuse({"--slack", "1.5"}), HasSubstr("the jobs' slack is 1.5 h, allowed are whole slots of 1 h"));
  EXPECT_THAT(refuse({"--region", "texsa"}), HasSubstr("no region \"texsa\", did you mean \"texas\"?"));
  EXPECT_THAT(refuse({"--name", "dallas"}), HasSubstr("work_class 'dallas' has the name of a gateway"));
  EXPECT_THAT(refuse({"--log-start", "June"}), HasSubstr("--log-start: \"June\" is not a UTC time"));
  EXPECT_THAT(refuse({"--utc-offset", "20"}), HasSubstr("--utc-offset"));
  EXPECT_THAT(refuse({"--transfer-cost", "-1"}), HasSubstr("--transfer-cost"));
  EXPECT_THAT(refuse({"--out", "t.h5"}), HasSubstr("--out"));
  EXPECT_THAT(refuse({}, "none.csv"), AllOf(HasSubstr("none.csv"), HasSubstr("No such file")));
  Write("jobs.csv", "submit,duration_s,gpus\n2023-01-01 06:00:00,3600,one\n");
  EXPECT_THAT(refuse({}),
              HasSubstr("jobs.csv:2, column \"gpus\": the value is 'one', allowed is a number of at least 0"));
  Write("jobs.csv", "submit,duration_s,gpus\n2020-01-01 06:00:00,3600,1\n");
  EXPECT_THAT(refuse({}), AllOf(HasSubstr("none of its jobs run in the trace"), HasSubstr("--log-start")));
}

}  // namespace
}  // namespace evenkeel
