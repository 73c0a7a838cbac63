// `train` for prices, and the policy that it makes, as a user runs them.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"
#include "tests/integration/torch/weights.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr char kNetwork[] = "learned-price(hidden=8,slots=48,stride=96,temperature=0.05)";

class TrainPricesCli : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    MakeTrace("train.h5", "2023-01-01", "480");
    MakeTrace("valid.h5", "2023-01-21", "240");
  }

  void MakeTrace(const std::string& name, const std::string& start, const std::string& slots,
                 const std::string& regions = "3") const {
    EXPECT_EQ(Succeed({"trace", "generate", "--regions", regions, "--gateways", "2", "--slots", slots, "--start", start,
                       "--quiet", "--out", name}),
              "");
  }

  static std::vector<std::string> Train(const std::string& out, const std::vector<std::string>& more = {},
                                        const std::string& network = kNetwork) {
    std::vector<std::string> arguments = {"train",    "--predictor", network, "--train", "train.h5",   "--valid",
                                          "valid.h5", "--out",       out,     "--batch", "4",          "--epochs",
                                          "3",        "--rate",      "0.01",  "--quiet", "--patience", "3"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  static std::vector<std::string> Compare(const std::string& file, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"compare", "valid.h5", "--policy", "learned-price(file=" + file + ")"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  std::map<std::string, std::vector<double>> Weights(const std::string& name) const {
    return WeightsIn(folder_ / name);
  }
};

TEST_F(TrainPricesCli, TrainsAPolicyAloneAndThroughTheRobustifier) {
  EXPECT_THAT(Succeed(Train("m.h5", {"--losses", "m.csv"})),
              AllOf(HasSubstr("m.h5: learned-price("), HasSubstr("of 3")));
  EXPECT_EQ(Files(), (std::set<std::string>{"train.h5", "valid.h5", "m.h5", "m.csv"}));
  Succeed(Train("line.h5", {}, "learned-price(hidden=8,slots=48,stride=96,through=line,rho=0.01)"));
  EXPECT_NE(Weights("m.h5"), Weights("line.h5"));
  const Json json = SucceedJson(Compare(
      "m.h5", {"--policy", "robust(advice=learned-price(file=line.h5),rho=0.01)", "--policy", "norm-greedy(q=8)"}));
  const double expert = json["policies"][2]["ratio"];
  EXPECT_GE(double(json["policies"][0]["ratio"]), 1.0);
  EXPECT_LT(double(json["policies"][0]["ratio"]), 1.2);
  EXPECT_LE(double(json["policies"][1]["ratio"]), 1.01 * expert);
}

TEST_F(TrainPricesCli, SameSeedSameBytesAlsoAfterAKill) {
  Succeed(Train("a.h5", {"--seed", "4"}));
  Succeed(Train("c.h5", {"--seed", "5"}));
  EXPECT_NE(Weights("a.h5"), Weights("c.h5"));
  int kills = 0;
  for (int milliseconds = 1500; Files().count("b.h5") == 0 && kills < 50; milliseconds += 1000) {
    ProgramLimits limits;
    limits.kill_after_ms = milliseconds;
    if (Run(Train("b.h5", {"--seed", "4"}), limits).exit_code == -1) ++kills;
  }
  EXPECT_EQ(Weights("a.h5"), Weights("b.h5"));
}

TEST_F(TrainPricesCli, BadInputIsNamed) {
  Succeed(Train("m.h5", {"--weight", "carbon=900"}));
  EXPECT_THAT(Refuse(Compare("m.h5")),
              AllOf(HasSubstr("m.h5"), HasSubstr("carbon: weight 900"), HasSubstr("here it is \"carbon: weight 1500")));
  Succeed(Compare("m.h5", {"--weight", "carbon=900"}));
  EXPECT_THAT(Refuse(Compare("m.h5", {"--weight", "carbon=900", "--norm", "water=4"})), HasSubstr("norm 4"));
  EXPECT_THAT(Refuse(Compare("m.h5", {"--weight", "carbon=900", "--shed-cost", "1e6"})), HasSubstr("unserved"));
  MakeTrace("more.h5", "2023-01-21", "240", "4");
  EXPECT_THAT(Refuse({"compare", "more.h5", "--weight", "carbon=900", "--policy", "learned-price(file=m.h5)"}),
              HasSubstr("3 regions, the trace has 4"));
  const std::string whole = Text(folder_ / "m.h5");
  Write("torn.h5", whole.substr(0, whole.size() / 2));
  EXPECT_THAT(Refuse(Compare("torn.h5")), AllOf(HasSubstr("torn.h5"), HasSubstr("damaged or truncated")));
  EXPECT_THAT(Refuse(Compare("train.h5")), HasSubstr("expected \"evenkeel-network\""));
  EXPECT_THAT(Refuse({"backtest", "valid.h5", "--predictor", "learned(file=m.h5)"}),
              HasSubstr("m.h5: a network of prices"));
  EXPECT_THAT(Refuse(Train("x.h5", {}, "learned-price(through=switch)")), HasSubstr("through"));
  EXPECT_THAT(Refuse(Train("x.h5", {}, "learned-price(expert=hindsight)")), HasSubstr("future"));
  // Whoever loads the network would run it.
  for (const char* spec :
       {"learned-price(forecast=noisy(of=torchscript(file=m.pt)))", "learned-price(forecast=process(command=true))",
        "learned-price(expert=process(command=true))", "learned-price(expert=plan(forecast=torchscript(file=m.pt)))"})
    EXPECT_THAT(Refuse(Train("x.h5", {}, spec)), HasSubstr("may not run programs")) << spec;
  EXPECT_THAT(Refuse(Train("x.h5", {}, "learned-price(slots=241)")),
              AllOf(HasSubstr("valid.h5"), HasSubstr("240 slots, expected at least 241")));
  EXPECT_THAT(Refuse(Train("x.h5", {"--weight", "carbon=900"}, "dlinear")), HasSubstr("--weight"));
  EXPECT_EQ(Files().count("x.h5"), 0u);
}

}  // namespace
}  // namespace evenkeel
