// `train` for prices, and the policy that it makes, as a user runs them.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"

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

  std::string Weights(const std::string& name) const {
    const std::string text = Text(folder_ / name);
    return text.substr(text.find("}}") + 2, text.size() - text.find("}}") - 6);  // without the header and its checksum
  }
};

TEST_F(TrainPricesCli, TrainsAPolicyAloneAndThroughTheRobustifier) {
  EXPECT_THAT(Succeed(Train("m.pt", {"--losses", "m.csv"})),
              AllOf(HasSubstr("m.pt: learned-price("), HasSubstr("of 3")));
  EXPECT_EQ(Files(), (std::set<std::string>{"train.h5", "valid.h5", "m.pt", "m.csv"}));
  Succeed(Train("line.pt", {}, "learned-price(hidden=8,slots=48,stride=96,through=line,rho=0.01)"));
  EXPECT_NE(Weights("m.pt"), Weights("line.pt"));
  const Json json = SucceedJson(Compare(
      "m.pt", {"--policy", "robust(advice=learned-price(file=line.pt),rho=0.01)", "--policy", "norm-greedy(q=8)"}));
  const double expert = json["policies"][2]["ratio"];
  EXPECT_GE(double(json["policies"][0]["ratio"]), 1.0);
  EXPECT_LT(double(json["policies"][0]["ratio"]), 1.2);
  EXPECT_LE(double(json["policies"][1]["ratio"]), 1.01 * expert);
}

TEST_F(TrainPricesCli, SameSeedSameBytesAlsoAfterAKill) {
  Succeed(Train("a.pt", {"--seed", "4"}));
  Succeed(Train("c.pt", {"--seed", "5"}));
  EXPECT_NE(Weights("a.pt"), Weights("c.pt"));
  int kills = 0;
  for (int milliseconds = 1500; Files().count("b.pt") == 0 && kills < 50; milliseconds += 1000) {
    ProgramLimits limits;
    limits.kill_after_ms = milliseconds;
    if (Run(Train("b.pt", {"--seed", "4"}), limits).exit_code == -1) ++kills;
  }
  EXPECT_EQ(Weights("a.pt"), Weights("b.pt"));
}

TEST_F(TrainPricesCli, BadInputIsNamed) {
  Succeed(Train("m.pt", {"--weight", "carbon=900"}));
  EXPECT_THAT(Refuse(Compare("m.pt")),
              AllOf(HasSubstr("m.pt"), HasSubstr("carbon: weight 900"), HasSubstr("here it is \"carbon: weight 1500")));
  Succeed(Compare("m.pt", {"--weight", "carbon=900"}));
  EXPECT_THAT(Refuse(Compare("m.pt", {"--weight", "carbon=900", "--norm", "water=4"})), HasSubstr("norm 4"));
  EXPECT_THAT(Refuse(Compare("m.pt", {"--weight", "carbon=900", "--shed-cost", "1e6"})), HasSubstr("unserved"));
  MakeTrace("more.h5", "2023-01-21", "240", "4");
  EXPECT_THAT(Refuse({"compare", "more.h5", "--weight", "carbon=900", "--policy", "learned-price(file=m.pt)"}),
              HasSubstr("3 regions, the trace has 4"));
  const std::string whole = Text(folder_ / "m.pt");
  Write("torn.pt", whole.substr(0, whole.size() / 2));
  EXPECT_THAT(Refuse(Compare("torn.pt")), AllOf(HasSubstr("torn.pt"), HasSubstr("cut off or damaged")));
  EXPECT_THAT(Refuse(Compare("train.h5")), HasSubstr("no network of evenkeel"));
  EXPECT_THAT(Refuse({"backtest", "valid.h5", "--predictor", "learned(file=m.pt)"}),
              HasSubstr("m.pt: a network of prices"));
  EXPECT_THAT(Refuse(Train("x.pt", {}, "learned-price(through=switch)")), HasSubstr("through"));
  EXPECT_THAT(Refuse(Train("x.pt", {}, "learned-price(expert=hindsight)")), HasSubstr("future"));
  EXPECT_THAT(Refuse(Train("x.pt", {}, "learned-price(slots=241)")),
              AllOf(HasSubstr("valid.h5"), HasSubstr("240 slots, expected at least 241")));
  EXPECT_THAT(Refuse(Train("x.pt", {"--weight", "carbon=900"}, "dlinear")), HasSubstr("--weight"));
  EXPECT_EQ(Files().count("x.pt"), 0u);
}

}  // namespace
}  // namespace evenkeel
