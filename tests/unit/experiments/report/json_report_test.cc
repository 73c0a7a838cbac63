#include "experiments/report/json_report.h"

#include <gtest/gtest.h>

#include "tests/reference/hand_case.h"

namespace evenkeel {
namespace {

/// The sums of two slots in tests/unit/models/world/ledger_test.cc.
Ledger HandLedger(const Problem& problem) {
  Ledger ledger = MakeLedger(problem);
  ledger.energy_cost = -3.0;
  ledger.region_cost = Eigen::Vector2d(60.0, -63.0);
  ledger.region_workload = Eigen::Vector2d(2.0, 5.0);
  ledger.load = {Eigen::Vector2d(0.825, 4.32), Eigen::Vector2d(2.4, 34.8), Eigen::Vector2d(0.04, 0.01)};
  return ledger;
}

TEST(JsonReportTest, PlacesAreRows) {
  const Problem problem = HandProblem();
  const Json places = PlacesJson(problem, HandLedger(problem));
  EXPECT_EQ(places, Json::parse(R"({
    "regions": [{"region": "north", "energy_cost": 60.0, "workload": 2.0, "carbon": 0.825, "water": 2.4},
                {"region": "south", "energy_cost": -63.0, "workload": 5.0, "carbon": 4.32, "water": 34.8}],
    "gateways": [{"gateway": "g0", "performance": 0.04}, {"gateway": "g1", "performance": 0.01}]})"));
}

// Carbon: 0.825 + 4.32 = 5.145; quality: 0.04 + 0.01 = 0.05.
TEST(JsonReportTest, BucketsStandBesideTheirSums) {
  const Problem problem = HandProblem();
  const Json groups = GroupsJson(problem, HandLedger(problem));
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups["carbon"]["unit"], "t");
  EXPECT_DOUBLE_EQ(groups["carbon"]["sum"].get<double>(), 5.145);
  EXPECT_EQ(groups["carbon"]["buckets"],
            Json::parse(R"([{"bucket": "north", "load": 0.825}, {"bucket": "south", "load": 4.32}])"));
  EXPECT_EQ(groups["performance"]["unit"], "quality");
  EXPECT_DOUBLE_EQ(groups["performance"]["sum"].get<double>(), 0.05);
  EXPECT_EQ(groups["performance"]["buckets"],
            Json::parse(R"([{"bucket": "g0", "load": 0.04}, {"bucket": "g1", "load": 0.01}])"));
}

TEST(JsonReportTest, EveryNameHasAUnit) {
  Problem problem = HandProblem();
  problem.shed_cost.reset();
  EXPECT_EQ(UnitsJson(problem), Json::parse(R"({"objective": "USD", "energy_cost": "USD", "workload": "units",
                                                "carbon": "t", "water": "m3", "performance": "quality"})"));
  problem.shed_cost = 7.0;
  EXPECT_EQ(UnitsJson(problem)["shed"], "units");
  EXPECT_EQ(UnitsJson(problem)["shed_cost"], "USD");
}

}  // namespace
}  // namespace evenkeel
