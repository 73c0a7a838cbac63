// `train`, and what it makes, as a user runs them.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"
#include "tests/integration/torch/weights.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

class TrainCli : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    MakeTrace("train.h5", "2023-01-01", "1600");
    MakeTrace("valid.h5", "2023-03-08T16:00", "1000");
  }

  void MakeTrace(const std::string& name, const std::string& start, const std::string& slots,
                 const std::string& regions = "3") const {
    EXPECT_EQ(Succeed({"trace", "generate", "--regions", regions, "--gateways", "2", "--slots", slots, "--start", start,
                       "--quiet", "--out", name}),
              "");
  }

  static std::vector<std::string> Train(const std::string& out, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {
        "train", "--predictor", "gru(hidden=8)", "--train", "train.h5", "--valid", "valid.h5",
        "--out", out,           "--samples",     "128",     "--epochs", "3",       "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  std::map<std::string, std::vector<double>> Weights(const std::string& name) const {
    return WeightsIn(folder_ / name);
  }
};

TEST_F(TrainCli, TrainsAForecasterForBacktestsAndPlans) {
  EXPECT_THAT(Succeed(Train("m.h5", {"--losses", "m.csv"})),
              AllOf(HasSubstr("m.h5: gru(dropout=0.1,hidden=8,layers=1)"), HasSubstr("of 3")));
  EXPECT_EQ(Files(), (std::set<std::string>{"train.h5", "valid.h5", "m.h5", "m.csv"}));
  EXPECT_THAT(Text(folder_ / "m.csv"), AllOf(HasSubstr("epoch,rate,train,valid\n1,0.001,"), HasSubstr("\n3,")));
  const Json json = SucceedJson({"backtest", "valid.h5", "--predictor", "learned(file=m.h5)"});
  EXPECT_EQ(json["predictor"], "learned(file=m.h5)");
  EXPECT_LT(double(json["signals"]["carbon"]["mae"]), 2.0 * double(json["signals"]["carbon"]["seasonal_naive_mae"]));
  EXPECT_NE(json["signals"]["carbon"]["mae"],
            SucceedJson({"backtest", "valid.h5", "--predictor", "hourly-mean"})["signals"]["carbon"]["mae"]);
  const Json compared = SucceedJson({"compare", "valid.h5", "--from", "2023-04-15", "--to", "2023-04-17", "--policy",
                                     "plan(forecast=learned(file=m.h5),every=6)"});
  EXPECT_LT(double(compared["policies"][0]["ratio"]), 1.2);
}

TEST_F(TrainCli, SameSeedSameBytesOtherSeedOthers) {
  for (const char* out : {"a.h5", "b.h5"}) Succeed(Train(out, {"--seed", "4"}));
  Succeed(Train("c.h5", {"--seed", "5"}));
  EXPECT_EQ(Weights("a.h5"), Weights("b.h5"));
  EXPECT_NE(Weights("a.h5"), Weights("c.h5"));
}

TEST_F(TrainCli, GoesOnAfterAKillAndEndsWithTheSameBits) {
  const auto with_out = [&](const std::string& out) {
    std::vector<std::string> arguments = {
        "train", "--predictor", "gru(hidden=8)", "--train",  "train.h5", "--valid",    "valid.h5", "--out",
        out,     "--samples",   "128",           "--epochs", "8",        "--patience", "8",        "--quiet"};
    return arguments;
  };
  Succeed(with_out("unbroken.h5"));
  int kills = 0;
  for (int milliseconds = 900; Files().count("broken.h5") == 0 && kills < 200; milliseconds += milliseconds / 4) {
    ProgramLimits limits;
    limits.kill_after_ms = milliseconds;
    if (Run(with_out("broken.h5"), limits).exit_code == -1) ++kills;
  }
  EXPECT_GE(kills, 1);
  EXPECT_EQ(Weights("unbroken.h5"), Weights("broken.h5"));
  EXPECT_EQ(Files().count("broken.h5.training"), 0u);
}

// 110 days are seen by the first of 20 forecasts; the training after 10 of them sees 120, the fewest that there can be.
TEST_F(TrainCli, BacktestsTrainAnew) {
  Succeed(Train("m.h5"));
  MakeTrace("long.h5", "2023-05-01", "3120");
  const auto backtest = [](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"backtest", "long.h5",    "--predictor", "learned(file=m.h5)",
                                          "--from",   "2023-08-19", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  const Json same = SucceedJson(backtest({})), anew = SucceedJson(backtest({"--retrain", "10d"})),
             hours = SucceedJson(backtest({"--retrain", "240h"})), never = SucceedJson(backtest({"--retrain", "20d"}));
  EXPECT_EQ(same["retrain"], nullptr);
  EXPECT_EQ(anew["retrain"], 240);
  EXPECT_EQ(anew["origins"], 20);
  EXPECT_NE(anew["signals"], same["signals"]);
  EXPECT_EQ(anew["signals"], hours["signals"]);
  EXPECT_EQ(never["signals"], same["signals"]);
  EXPECT_EQ(SucceedJson(backtest({"--to", "2023-08-29", "--retrain", "10d"}))["signals"],
            SucceedJson(backtest({"--to", "2023-08-29"}))["signals"]);
  EXPECT_THAT(Refuse(backtest({"--retrain", "9d"})),
              AllOf(HasSubstr("m.h5"), HasSubstr("2856 slots"), HasSubstr("2880 (120 days)")));
  for (const char* text : {"30", "0d", "d", "-1d", "1.5d", "3w"})
    EXPECT_THAT(Refuse(backtest({"--retrain", text})), AllOf(HasSubstr("--retrain"), HasSubstr("such as 30d"))) << text;
  EXPECT_THAT(Refuse({"backtest", "long.h5", "--predictor", "average(second=ridge)", "--retrain", "30d"}),
              AllOf(HasSubstr("--retrain"), HasSubstr("no network")));
}

TEST_F(TrainCli, BadInputIsNamed) {
  Succeed(Train("m.h5", {"--seed", "4"}));
  EXPECT_THAT(Refuse(Train("train.h5")), HasSubstr("train.h5"));
  EXPECT_THAT(Refuse({"train", "--predictor", "gruu", "--train", "train.h5", "--valid", "valid.h5", "--out", "x.h5"}),
              HasSubstr("did you mean \"gru\""));
  EXPECT_THAT(Refuse({"train", "--predictor", "gru", "--train", "valid.h5", "--valid", "train.h5", "--out", "x.h5"}),
              HasSubstr("validation comes after training"));
  EXPECT_THAT(Refuse(Train("x.h5", {"--device", "tpu"})), HasSubstr("allowed are cpu and cuda"));
  EXPECT_THAT(Refuse(Train("x.h5", {"--precision", "half"})), HasSubstr("allowed are single and mixed"));
  EXPECT_THAT(Refuse(Train("x.h5", {"--precision", "mixed"})), HasSubstr("mixed on --device cpu"));
  MakeTrace("short.h5", "2023-05-01", "300");
  EXPECT_THAT(Refuse({"train", "--predictor", "gru", "--train", "train.h5", "--valid", "short.h5", "--out", "x.h5"}),
              HasSubstr("300 slots to validate on"));
  MakeTrace("more.h5", "2023-05-01", "1200", "4");
  EXPECT_THAT(Refuse({"train", "--predictor", "gru", "--train", "train.h5", "--valid", "more.h5", "--out", "x.h5"}),
              AllOf(HasSubstr("more.h5"), HasSubstr("3 regions, the trace has 4")));
  EXPECT_THAT(Refuse({"backtest", "more.h5", "--predictor", "learned(file=m.h5)"}),
              AllOf(HasSubstr("m.h5"), HasSubstr("3 regions, the trace has 4")));
  EXPECT_THAT(Refuse({"compare", "more.h5", "--policy", "plan(forecast=learned(file=m.h5))"}),
              HasSubstr("3 regions, the trace has 4"));
  EXPECT_THAT(Refuse({"backtest", "valid.h5", "--predictor", "learned(file=m.h5)", "--out", "m.h5"}),
              HasSubstr("m.h5"));
  EXPECT_THAT(Refuse({"backtest", "valid.h5", "--predictor", "learned(file=m.h5)", "--warm-up", "27"}),
              AllOf(HasSubstr("needs 672 slots"), HasSubstr("648")));
  const std::string whole = Text(folder_ / "m.h5");
  Write("torn.h5", whole.substr(0, whole.size() / 2));
  EXPECT_THAT(Refuse({"backtest", "valid.h5", "--predictor", "learned(file=torn.h5)"}),
              AllOf(HasSubstr("torn.h5"), HasSubstr("damaged or truncated")));
  EXPECT_THAT(Refuse({"backtest", "valid.h5", "--predictor", "torchscript(file=m.h5)"}),
              AllOf(HasSubstr("m.h5"), HasSubstr("learned(file=..)")));
  Write("old.pt", "evenkeel-network\n20\n{\"schema_version\":1}");
  EXPECT_THAT(Refuse({"backtest", "valid.h5", "--predictor", "learned(file=old.pt)"}),
              AllOf(HasSubstr("old.pt"), HasSubstr("train it again")));
  // What an interrupted training with other options has left.
  Write("other.h5.training", whole);
  EXPECT_THAT(Refuse(Train("other.h5", {"--seed", "5"})), AllOf(HasSubstr("seed=4"), HasSubstr("remove the file")));
}

}  // namespace
}  // namespace evenkeel
