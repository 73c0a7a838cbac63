// Policies on traces with work that can wait, their logs and the checker, as a user meets them.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr const char* kRobust =
    "robust(advice=plan(forecast=hourly-mean,every=12),expert=norm-greedy(q=8,release=spread(last=0.5)),rho=0.1)";

class WaitingTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    Succeed({"trace", "generate", "--regions", "4", "--gateways", "3", "--slots", "72", "--variants", "3",
             "--work-share", "0.3", "--work-deadline", "8", "--work-home", "0.5", "--quiet", "--out", "t.h5"});
  }

  /// A log with everything in it, a group by gateway too.
  void WriteLog(const std::string& policy) const {
    Succeed({"run", "t.h5", "--policy", policy, "--weight", "performance=100", "--norm", "performance=2", "--out",
             "run.h5", "--allocations", "--certify", "24"});
  }

  void Edit(const std::string& statement) const {
    const std::string command = "cd " + folder_.string() +
                                " && /usr/bin/python3 -c \"import h5py, numpy; f = h5py.File('run.h5', 'r+'); " +
                                statement + "\"";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
};

TEST_F(WaitingTest, ARunSaysWhatBecameOfTheWorkAndItsLogIsChecked) {
  const Json run = SucceedJson({"run", "t.h5", "--policy", kRobust});
  ASSERT_GE(run["work"].size(), 2);
  double waited = 0.0;
  for (const Json& work : run["work"]) {
    EXPECT_GT(work["arrived"].get<double>(), 0.0);
    EXPECT_NEAR(work["done"].get<double>(), work["arrived"].get<double>(), 1e-9 * work["arrived"].get<double>());
    EXPECT_LE(work["mean_wait_hours"].get<double>(), 8.0);
    waited = std::max(waited, work["mean_wait_hours"].get<double>());
  }
  EXPECT_GT(waited, 0.0);
  EXPECT_EQ(run["gateways"].size(), 3);
  for (const char* policy : {kRobust, "norm-greedy(q=8,release=spread)", "hindsight"}) {
    WriteLog(policy);
    EXPECT_THAT(Succeed({"check", "run.h5"}), HasSubstr("Everything holds")) << policy;
  }
}

TEST_F(WaitingTest, AllAtOnceWaitsForNothing) {
  const Json run = SucceedJson({"run", "t.h5", "--policy", "cost"});
  for (const Json& work : run["work"]) EXPECT_NEAR(work["mean_wait_hours"].get<double>(), 0.0, 1e-9);
}

TEST_F(WaitingTest, CheckSeesWorkThatIsSaidToBeDone) {
  WriteLog(kRobust);
  Edit("f['work_released'][10, 0] += 0.01");
  EXPECT_THAT(Run({"check", "run.h5"}).err, HasSubstr("work_released"));
  WriteLog(kRobust);
  Edit("f['work_waiting'][10, 0] *= 1.01");
  EXPECT_THAT(Run({"check", "run.h5"}).err, HasSubstr("work_waiting"));
}

TEST_F(WaitingTest, TheOptimumSaysWhatWaitingWorkIsWorth) {
  const Json solved = SucceedJson({"solve", "t.h5"});
  EXPECT_LE(solved["gap"].get<double>(), 1e-8);
  EXPECT_FALSE(solved["deferral_prices"].empty());
}

TEST_F(WaitingTest, WhatDoesNotGoTogetherIsAnError) {
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& why) {
    const ProgramResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr(why));
  };
  refused({"run", "t.h5", "--policy", "plan(merge_after=24)"}, "merge_after cannot be used");
  refused({"run", "t.h5", "--policy", "norm-greedy(q=8,release=threshold(low=9,high=3))"}, "above low, which is 9");
  refused({"run", "t.h5", "--policy", "cost(release=later)"}, "unknown release rule \"later\"");
}

TEST_F(WaitingTest, AReportIsWritten) {
  WriteLog(kRobust);
  Succeed({"report", "run.h5", "--out", "page.html", "--quiet"});
  EXPECT_TRUE(std::filesystem::exists(folder_ / "page.html"));
}

}  // namespace
}  // namespace evenkeel
