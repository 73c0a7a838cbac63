// `backtest`, and policies that forecast, as a user runs them.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

class BacktestCli : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    Generate("t.h5", {});
    EXPECT_EQ(Succeed({"trace", "generate", "--regions", "3", "--gateways", "2", "--slots", "1200", "--quiet", "--out",
                       "long.h5"}),
              "");
  }
};

TEST_F(BacktestCli, SaysHowGoodItIsBesideSeasonalNaive) {
  const Json json = SucceedJson({"backtest", "long.h5", "--predictor", "hourly-mean(days=7)", "--out", "b.h5"});
  EXPECT_EQ(json["predictor"], "hourly-mean(days=7)");
  EXPECT_EQ(json["origins"], (1200 - 28 * 24) / 24);
  for (const char* name : {"demand", "price", "carbon", "water"}) {
    const Json& signal = json["signals"][name];
    for (const char* figure : {"mae", "rmse", "mase", "pinball", "coverage", "seasonal_naive_mae", "rest_mae"})
      EXPECT_TRUE(signal[figure].is_number()) << name << " " << figure;
    EXPECT_EQ(signal["by_horizon"].size(), 24u);
    EXPECT_EQ(signal["by_region"].size(), std::string(name) == "demand" ? 2u : 3u);
    EXPECT_GE(double(signal["coverage"]), 0.7) << name;
    EXPECT_LE(double(signal["coverage"]), 0.9) << name;
    EXPECT_LE(double(signal["mae"]), double(signal["rmse"]));
  }
  EXPECT_EQ(Files().count("b.h5"), 1u);
  EXPECT_THAT(Succeed({"backtest", "long.h5", "--predictor", "ridge", "--from", "2023-02-10", "--to", "2023-02-15"}),
              AllOf(HasSubstr("5 forecasts of 24 steps"), HasSubstr("carbon"), HasSubstr("naive")));
}

// Yesterday repeated is the very forecast that it is compared with.
TEST_F(BacktestCli, SeasonalNaiveIsAsGoodAsItself) {
  const Json json = SucceedJson({"backtest", "long.h5", "--predictor", "seasonal-naive"});
  for (const Json& signal : json["signals"]) {
    EXPECT_EQ(signal["mae"], signal["seasonal_naive_mae"]);
    EXPECT_EQ(signal["rest_mae"], signal["seasonal_naive_rest_mae"]);
  }
}

TEST_F(BacktestCli, ThePerfectPredictorIsMarked) {
  EXPECT_THAT(Succeed({"backtest", "long.h5", "--predictor", "perfect"}),
              AllOf(HasSubstr("perfect *"), HasSubstr("looks into the future")));
  const Json json = SucceedJson({"backtest", "long.h5", "--predictor", "perfect"});
  EXPECT_EQ(json["signals"]["carbon"]["mae"], 0.0);
  EXPECT_EQ(json["clairvoyant"], true);
}

TEST_F(BacktestCli, BadInputIsNamed) {
  EXPECT_THAT(Refuse({"backtest", "long.h5", "--predictor", "rigde"}), HasSubstr("did you mean \"ridge\""));
  EXPECT_THAT(Refuse({"backtest", "t.h5", "--predictor", "ridge"}), HasSubstr("no forecast can be judged"));
  EXPECT_THAT(Refuse({"backtest", "long.h5", "--predictor", "ridge", "--from", "2023-01-05"}),
              AllOf(HasSubstr("--from"), HasSubstr("96 slots"), HasSubstr("at least 672")));
  EXPECT_THAT(Refuse({"backtest", "long.h5", "--predictor", "ridge", "--out", "long.h5"}), HasSubstr("long.h5"));
}

// A part of a trace as the period: what is before it is what plans learn from, and a log of it can be checked.
TEST_F(BacktestCli, PlansLearnFromWhatIsBeforeThePeriod) {
  const std::vector<std::string> period = {"--from", "2023-02-01", "--to", "2023-02-04"};
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), period.begin(), period.end());
    return arguments;
  };
  const Json json =
      SucceedJson(run({"compare", "long.h5", "--policy", "plan(forecast=perfect,every=1)", "--policy",
                       "plan(forecast=hourly-mean)", "--policy", "robust(advice=plan(forecast=ridge),rho=0.05)"}));
  EXPECT_EQ(json["slots"], 72);
  EXPECT_LT(double(json["policies"][0]["ratio"]), 1.02);
  EXPECT_GE(double(json["policies"][1]["ratio"]), 1.0 - 1e-9);
  EXPECT_GE(double(json["policies"][2]["guarantee"]["min_slack"]), -1e-6);
  Succeed(run({"run", "long.h5", "--policy", "plan", "--out", "run.h5", "--allocations"}));
  EXPECT_THAT(Succeed({"check", "run.h5"}), HasSubstr("72"));
  EXPECT_THAT(Refuse({"solve", "long.h5", "--from", "2023-02-01T00:30"}), HasSubstr("not a start of a slot"));
  EXPECT_THAT(Refuse({"solve", "long.h5", "--from", "2023-02-02", "--to", "2023-02-01"}), HasSubstr("--to"));
}

}  // namespace
}  // namespace evenkeel
