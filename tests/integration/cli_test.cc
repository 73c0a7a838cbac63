// The program as a user runs it: what it prints, writes and returns when all is well.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

// Wall-clock times are all that may differ between two runs.
Json WithoutSeconds(Json json) {
  if (json.is_object()) json.erase("seconds");
  for (Json& child : json) {
    if (child.is_structured()) child = WithoutSeconds(child);
  }
  return json;
}

std::vector<std::string> PoliciesOf(const Json& comparison) {
  std::vector<std::string> specs;
  for (const Json& policy : comparison["policies"]) specs.push_back(policy["policy"]);
  return specs;
}

TEST_F(CliTest, ExplainsItself) {
  const std::string overview = Succeed({});
  EXPECT_THAT(overview, AllOf(HasSubstr("trace generate"), HasSubstr("solve"), HasSubstr("run"), HasSubstr("compare")));
  EXPECT_EQ(Succeed({"--help"}), overview);
  EXPECT_EQ(Succeed({"help"}), overview);
  EXPECT_EQ(Succeed({"--version"}).rfind("evenkeel ", 0), 0u);
  const std::string help = Succeed({"compare", "--help"});
  EXPECT_EQ(Succeed({"help", "compare"}), help);
  EXPECT_THAT(help, AllOf(HasSubstr("--weight GROUP=USD"), HasSubstr("norm-greedy"), HasSubstr("USD/t"),
                          HasSubstr("--config")));
  EXPECT_THAT(Succeed({"help", "trace"}), AllOf(HasSubstr("trace generate"), HasSubstr("trace validate")));
  EXPECT_THAT(Succeed({"trace", "generate", "--help"}), HasSubstr("--slots N (=720)"));
}

TEST_F(CliTest, MakesAndShowsTraces) {
  EXPECT_THAT(Succeed({"trace", "generate", "--regions", "4", "--gateways", "3", "--slots", "30", "--out", "t.h5"}),
              HasSubstr("t.h5: 30 slots of 1 h"));
  EXPECT_THAT(Succeed({"trace", "info", "t.h5"}), AllOf(HasSubstr("4 regions, 3 gateways"), HasSubstr("USD/MWh")));
  const Json info = SucceedJson({"trace", "info", "t.h5"});
  EXPECT_EQ(info["slots"], 30);
  EXPECT_EQ(info["regions"].size(), 4u);
  EXPECT_LE(info["regions"][0]["price"]["min"], info["regions"][0]["price"]["mean"]);
  EXPECT_THAT(info["provenance"]["command"].get<std::string>(), HasSubstr("trace generate --regions 4"));
  EXPECT_THAT(Succeed({"trace", "validate", "t.h5"}), HasSubstr("ok, 30 slots"));
  EXPECT_EQ(SucceedJson({"trace", "validate", "t.h5"})["valid"], true);
}

TEST_F(CliTest, DrawsTheSameTraceFromTheSameSeed) {
  Generate("a.h5", {"--seed", "7"});
  Generate("b.h5", {"--seed", "7"});
  Generate("c.h5", {"--seed", "8"});
  const auto price = [this](const std::string& name) {
    return SucceedJson({"trace", "info", name})["regions"][0]["price"];
  };
  EXPECT_EQ(price("a.h5"), price("b.h5"));
  EXPECT_NE(price("a.h5"), price("c.h5"));
}

TEST_F(CliTest, SolvesAndChecks) {
  Generate("t.h5");
  const Json solved = SucceedJson({"solve", "t.h5", "--prices-out", "p.csv", "--out", "opt.h5"});
  EXPECT_LE(solved["gap"], 1e-8);
  EXPECT_LE(solved["checker"]["gap"], 1e-8);
  EXPECT_GT(solved["iterations"], 0);
  EXPECT_EQ(solved["checker"]["confirmed"], true);
  EXPECT_EQ(solved["prices"]["carbon"].size(), 4u);
  EXPECT_EQ(solved["groups"].size(), 2u);
  EXPECT_EQ(Text(folder_ / "p.csv").rfind("group,bucket,price\n", 0), 0u);
  EXPECT_THAT(Files(), ElementsAre("opt.h5", "p.csv", "t.h5"));
  const Json run = SucceedJson({"run", "t.h5", "--policy", "fixed-price(file=p.csv)"});
  EXPECT_GE(run["objective"].get<double>(), solved["lower_bound"].get<double>() - 1e-6);
  EXPECT_THAT(Succeed({"solve", "t.h5"}), AllOf(HasSubstr("lower bound"), HasSubstr("carbon price")));
}

TEST_F(CliTest, RunsOnePolicy) {
  Generate("t.h5");
  const Json run = SucceedJson({"run", "t.h5", "--policy", " norm-greedy( q=8 )", "--out", "run.h5", "--allocations"});
  EXPECT_EQ(run["policy"], "norm-greedy(q=8)");
  EXPECT_EQ(run["slots"], 30);
  EXPECT_TRUE(run["own_objective"].is_null());
  EXPECT_NEAR(run["energy"]["sum"], run["energy_cost"], 1e-6 * run["energy_cost"].get<double>());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "run.h5"));
  EXPECT_THAT(Succeed({"run", "t.h5", "--policy", "cost"}),
              AllOf(HasSubstr("energy cost"), HasSubstr("own objective")));
}

TEST_F(CliTest, ComparesAllPredictionFreePoliciesWithTheOptimum) {
  Generate("t.h5");
  const Json compared = SucceedJson({"compare", "t.h5", "--out", "results.h5"});
  EXPECT_THAT(PoliciesOf(compared), ElementsAre("cost", "carbon", "water", "c2", "all", "nearest", "l1-greedy", "dmd",
                                                "norm-greedy(q=8)", "power-greedy(q=4)"));
  EXPECT_LE(compared["optimum"]["gap"], 1e-8);
  for (const Json& policy : compared["policies"]) {
    EXPECT_GE(policy["ratio"], 1.0 - 1e-7) << policy["policy"];
    EXPECT_GE(policy["certified_ratio"].get<double>(), policy["ratio"].get<double>() - 1e-7) << policy["policy"];
    EXPECT_EQ(policy["unconverged_slots"], 0) << policy["policy"];
    EXPECT_TRUE(policy["guarantee"].is_null());
    for (const char* field : {"sum", "mean", "max", "par", "gini", "jain"}) {
      EXPECT_TRUE(policy["groups"]["water"][field].is_number()) << field;
    }
  }
  EXPECT_TRUE(std::filesystem::exists(folder_ / "results.h5"));
  const Json run = SucceedJson({"run", "t.h5", "--policy", "dmd"});
  EXPECT_EQ(run["objective"], compared["policies"][7]["objective"]);
}

TEST_F(CliTest, PrintsATableThatFitsTheScreen) {
  Generate("t.h5");
  const std::string table = Succeed({"compare", "t.h5"});
  EXPECT_THAT(table, AllOf(HasSubstr("optimum in hindsight"), HasSubstr("power-greedy(q=4)"), HasSubstr("carbon max")));
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 120u) << line;
}

TEST_F(CliTest, ComparesWithoutTheOptimum) {
  Generate("t.h5");
  const Json compared = SucceedJson({"compare", "t.h5", "--no-optimum", "--policy", "water", "--policy", "cost"});
  EXPECT_THAT(PoliciesOf(compared), ElementsAre("water", "cost"));
  EXPECT_TRUE(compared["optimum"].is_null());
  EXPECT_TRUE(compared["policies"][0]["ratio"].is_null());
}

TEST_F(CliTest, GivesTheSameResultsOnAnyNumberOfThreads) {
  Generate("t.h5");
  const Json one = WithoutSeconds(SucceedJson({"compare", "t.h5", "--threads", "1"}));
  EXPECT_EQ(one, WithoutSeconds(SucceedJson({"compare", "t.h5", "--threads", "4"})));
  EXPECT_EQ(one, WithoutSeconds(SucceedJson({"compare", "t.h5"})));
}

TEST_F(CliTest, JudgesByTheObjectiveThatIsAskedFor) {
  Generate("t.h5", {"--variants", "3"});
  std::string theta = "bucket,weight\n";
  const Json info = SucceedJson({"trace", "info", "t.h5"});
  for (const Json& region : info["regions"]) theta += region["name"].get<std::string>() + ",2\n";
  Write("theta.csv", theta);
  const Json run =
      SucceedJson({"run", "t.h5", "--policy", "cost", "--weight", "carbon=10", "--weight", "performance=500", "--norm",
                   "performance=2", "--bucket-weight", "water:theta.csv", "--shed-cost", "1e6"});
  const Json& criteria = run["criteria"];
  EXPECT_EQ(criteria["weights"], (Json{{"carbon", 10.0}, {"water", 60.0}, {"performance", 500.0}}));
  EXPECT_EQ(criteria["norms"], (Json{{"carbon", "inf"}, {"water", "inf"}, {"performance", 2.0}}));
  EXPECT_EQ(criteria["shed_cost"], 1e6);
  EXPECT_EQ(criteria["bucket_weights"].size(), 1u);
  EXPECT_EQ(run["groups"].size(), 3u);
}

TEST_F(CliTest, LetsTheCommandLineWinOverTheConfigFile) {
  Generate("t.h5");
  Write("c.ini",
        "# judged by\nweight = carbon=7\nweight = water=8\npolicy = cost\npolicy = water\nno-optimum = true\n");
  const Json from_file = SucceedJson({"compare", "t.h5", "--config", "c.ini"});
  EXPECT_THAT(PoliciesOf(from_file), ElementsAre("cost", "water"));
  EXPECT_EQ(from_file["objective"]["weights"], (Json{{"carbon", 7.0}, {"water", 8.0}}));
  EXPECT_TRUE(from_file["optimum"].is_null());
  const Json both = SucceedJson({"compare", "t.h5", "--config", "c.ini", "--weight", "water=9", "--policy", "nearest"});
  EXPECT_THAT(PoliciesOf(both), ElementsAre("nearest"));
  EXPECT_EQ(both["objective"]["weights"], (Json{{"carbon", 7.0}, {"water", 9.0}}));
}

TEST_F(CliTest, ReplacesAnOutputThatExists) {
  Generate("t.h5");
  Write("run.h5", "something older");
  Succeed({"run", "t.h5", "--policy", "cost", "--out", "run.h5"});
  EXPECT_GT(std::filesystem::file_size(folder_ / "run.h5"), 1000u);
}

TEST_F(CliTest, SurvivesAReaderThatLeaves) {
  Generate("t.h5");
  const std::string command = "cd " + folder_.string() + " && " + ProgramPath() + " compare t.h5 --out r.h5 | true";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_THAT(Files(), ElementsAre("r.h5", "t.h5"));
}

}  // namespace
}  // namespace evenkeel
