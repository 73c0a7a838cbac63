// Spans of time at slots that are no hours: defaults are durations, numbers are slots.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

class SlotsCli : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    const auto generate = [this](const char* slots, const char* hours, const char* name) {
      Succeed({"trace", "generate", "--regions", "4", "--gateways", "3", "--slots", slots, "--slot-hours", hours,
               "--out", name, "--quiet"});
    };
    generate("960", "0.25", "quarters.h5");  // ten days
    generate("240", "1", "hours.h5");
  }
  double Objective(const std::string& trace, const std::string& policy) const {
    return SucceedJson({"run", trace, "--policy", policy})["objective"];
  }
  Json Backtest(const std::string& trace, std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"backtest", trace, "--predictor", "seasonal-naive", "--warm-up", "4"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Json json = SucceedJson(arguments);
    json.erase("predictor");
    return json;
  }
};

TEST_F(SlotsCli, APlanOfQuartersIsMadeEveryDay) {
  const double day = Objective("quarters.h5", "plan(forecast=seasonal-naive(season=96),every=96)");
  EXPECT_EQ(Objective("quarters.h5", "plan"), day);
  EXPECT_EQ(Objective("quarters.h5", "plan(forecast=seasonal-naive(season=1d),every=1440min)"), day);
  EXPECT_NE(Objective("quarters.h5", "plan(forecast=seasonal-naive(season=24),every=24)"), day) << "24 are six hours";
  EXPECT_EQ(Objective("hours.h5", "plan"), Objective("hours.h5", "plan(forecast=seasonal-naive(season=24),every=24)"));
}

TEST_F(SlotsCli, ABacktestOfQuartersForecastsADay) {
  EXPECT_EQ(Backtest("quarters.h5", {}),
            Backtest("quarters.h5", {"--horizon", "96", "--every", "96", "--period", "2920"}));
  EXPECT_EQ(Backtest("hours.h5", {}), Backtest("hours.h5", {"--horizon", "24", "--every", "24", "--period", "730"}));
  EXPECT_EQ(Backtest("quarters.h5", {"--every", "90min", "--horizon", "6h"}),
            Backtest("quarters.h5", {"--every", "6", "--horizon", "24"}));
  EXPECT_EQ(Backtest("quarters.h5", {})["signals"]["price"]["by_horizon"].size(), 96u);
}

TEST_F(SlotsCli, ADurationThatIsNoWholeNumberOfSlotsIsAnError) {
  EXPECT_THAT(Refuse({"run", "quarters.h5", "--policy", "plan(every=100min)"}),
              AllOf(HasSubstr("plan: every is 100min"), HasSubstr("slots of 15 min")));
  EXPECT_THAT(Refuse({"run", "hours.h5", "--policy", "robust(advice=plan(forecast=ridge(refit=90min)))"}),
              AllOf(HasSubstr("ridge: refit is 90min"), HasSubstr("slots of 1 h")));
  EXPECT_THAT(Refuse({"backtest", "hours.h5", "--predictor", "seasonal-naive", "--horizon", "90min"}),
              AllOf(HasSubstr("option --horizon is 90min"), HasSubstr("slots of 1 h")));
  Write("s.ini",
        "trace = quarters.h5\npolicy = cost\npolicy = plan(forecast=seasonal-naive(season={s}))\n[vary]\ns = 24h, "
        "20min\n");
  EXPECT_THAT(Refuse({"sweep", "s.ini", "--out", "s.h5", "--quiet"}),
              AllOf(HasSubstr("s.ini:3: seasonal-naive: season is 20min"), HasSubstr("slots of 15 min")));
}

// A log keeps the policy as it was written.
TEST_F(SlotsCli, SpecsArePrintedAsWritten) {
  const std::string spec = "robust(advice=plan(every=12h,horizon=2d))";
  EXPECT_EQ(SucceedJson({"run", "quarters.h5", "--policy", spec, "--out", "r.h5", "--allocations"})["policy"], spec);
  EXPECT_EQ(SucceedJson({"check", "r.h5"})["policy"], spec);
}

}  // namespace
}  // namespace evenkeel
