// The published numbers of eGLB (arXiv 2307.05494) from the published data, through the program.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

using Json = nlohmann::json;

struct Expected {
  const char* policy;
  double objective;                // J, USD, as recomputed with an independent solver
  double own_objective;            // of the policy's own linear problem, USD; 0: it has none
  double mean_cost, max_cost;      // USD over regions; 0: not published
  double mean_water, max_water;    // m3
  double mean_carbon, max_carbon;  // t
};

const Expected kPublished[] = {
    {"cost", 721352, 291698.606, 29169.86, 42327.51, 1525.07, 2607.50, 108.714, 182.136},
    {"c2", 736248, 914038.138, 31272.44, 70779.11, 1467.78, 2669.61, 100.219, 175.565},
    {"all", 737491, 1046974.213, 31473.60, 64842.22, 1429.46, 2566.60, 101.133, 179.173},
    {"carbon", 844825, 139600.801, 0, 0, 1365.92, 2530.18, 93.067, 158.440},
    {"water", 987806, 74634.837, 0, 0, 1243.91, 2010.39, 99.634, 203.563},
    // Every gateway in its own region: 825888.484, the sum worked out by hand from the files.
    {"nearest", 825888.484, 0, 0, 0, 0, 0, 0, 0},
};

class PublishedCase : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    const std::string data = SourcePath("../shared/data/eglb-2022");
    if (!std::filesystem::exists(data)) GTEST_SKIP() << "no published data in " << data;
    Succeed({"trace", "import", "eglb", data, "--out", "e.h5", "--quiet"});
  }

  static void ExpectSpread(const Json& spread, double mean, double max, double digit) {
    if (mean == 0.0) return;
    EXPECT_NEAR(spread["mean"], mean, 0.5001 * digit);
    EXPECT_NEAR(spread["max"], max, 0.5001 * digit);
  }
};

TEST_F(PublishedCase, GivesThePublishedObjectivesMeansAndMaxima) {
  std::vector<std::string> arguments = {"compare", "e.h5"};
  for (const Expected& expected : kPublished) {
    arguments.push_back("--policy");
    arguments.push_back(expected.policy);
  }
  const Json compared = SucceedJson(arguments);
  for (std::size_t i = 0; i < std::size(kPublished); ++i) {
    const Expected& expected = kPublished[i];
    const Json& policy = compared["policies"][i];
    SCOPED_TRACE(expected.policy);
    EXPECT_NEAR(policy["objective"], expected.objective, 0.5001);
    if (expected.own_objective > 0.0) {
      EXPECT_NEAR(policy["own_objective"], expected.own_objective, 1e-6 * expected.own_objective);
    }
    ExpectSpread(policy["energy"], expected.mean_cost, expected.max_cost, 0.01);
    ExpectSpread(policy["groups"]["water"], expected.mean_water, expected.max_water, 0.01);
    ExpectSpread(policy["groups"]["carbon"], expected.mean_carbon, expected.max_carbon, 0.001);
  }
}

TEST_F(PublishedCase, GivesThePublishedOptimum) {
  const Json solved = SucceedJson({"solve", "e.h5"});
  EXPECT_NEAR(solved["objective"], 623661.352476, 1e-6 * 623661.352476);
  EXPECT_LE(solved["checker"]["gap"], 1e-8);
  ExpectSpread(solved["energy"], 33669.45, 59253.78, 0.01);
  ExpectSpread(solved["groups"]["water"], 1432.79, 1818.73, 0.01);
  ExpectSpread(solved["groups"]["carbon"], 104.912, 118.562, 0.001);
}

TEST_F(PublishedCase, ShowsTheExpertsNearTheOptimum) {
  const Json compared = SucceedJson(
      {"compare", "e.h5", "--policy", "dmd", "--policy", "norm-greedy(q=8)", "--policy", "power-greedy(q=4)"});
  EXPECT_NEAR(compared["policies"][0]["objective"], 640850, 0.001 * 640850);
  EXPECT_LE(compared["policies"][1]["ratio"], 1.028);
  EXPECT_LE(compared["policies"][2]["ratio"], 1.045);
}

}  // namespace
}  // namespace evenkeel
