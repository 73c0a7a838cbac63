#include "engine/policies/constant_price.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "models/base/error.h"
#include "tests/reference/hand_case.h"
#include "tests/reference/two_region_periods.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

// Priced at (7, 3 + 1/2) r0 is the cheaper one: 7 < 4 + 3.5; at (7.5, 3) r1 is. The own objective is the priced sum of
// two slots.
TEST(ConstantPriceTest, DispatchesAtItsPrices) {
  const Trace trace = TwoRegionTrace();
  const Problem problem = ProblemOf(trace, CarbonObjective(10.0, kInfinity));
  ConstantPriceOptions options;
  options.report_own_objective = true;
  options.prices = {Eigen::Vector2d(7.0, 3.5)};
  Played played = Play(problem, *MakeSlotSource(trace), *MakeConstantPrice(problem, options));
  EXPECT_EQ(played.ledger.region_workload, Eigen::Vector2d(2, 0));
  EXPECT_EQ(played.report.own_objective, 14.0);
  options.prices = {Eigen::Vector2d(7.5, 3.0)};
  played = Play(problem, *MakeSlotSource(trace), *MakeConstantPrice(problem, options));
  EXPECT_EQ(played.ledger.region_workload, Eigen::Vector2d(0, 2));
  EXPECT_EQ(played.report.own_objective, 14.0);
  options.cost_scale = 0.0;  // blind to cost: 3 < 7.5 still; half of the cost would not change it either
  options.prices = {Eigen::Vector2d(2.0, 3.0)};
  options.report_own_objective = false;
  played = Play(problem, *MakeSlotSource(trace), *MakeConstantPrice(problem, options));
  EXPECT_EQ(played.ledger.region_workload, Eigen::Vector2d(2, 0));
  EXPECT_FALSE(played.report.own_objective.has_value());
}

// theta of carbon is (1, 2): a uniform 100 USD/t is 100 and 50 per unit of weighted load.
TEST(ConstantPriceTest, UniformPricesDivideThetaOut) {
  const Problem problem = HandProblem();
  Prices prices = ZeroPrices(problem);
  SetUniformPrice(problem, Footprint::kCarbon, 100.0, &prices);
  EXPECT_EQ(prices[0], Eigen::Vector2d(100, 50));
  EXPECT_EQ(prices[1], Vector::Zero(2));
  SetUniformPrice(problem, Footprint::kWater, 6.0, &prices);
  EXPECT_EQ(prices[1], Eigen::Vector2d(6, 6));
}

TEST(ConstantPriceTest, L1PricesAreTheWeights) {
  EXPECT_EQ(L1Prices(HandProblem()),
            (Prices{Vector::Constant(2, 100), Vector::Constant(2, 10), Vector::Constant(2, 50)}));
}

TEST(PriceFileTest, RoundTripKeepsEveryBit) {
  const TemporaryDirectory folder;
  Problem problem = HandProblem();
  problem.groups[0].bucket_names = {"north, the \"cold\" one", "süd"};
  const Prices prices = {Eigen::Vector2d(1.0 / 3.0, 1e-300), Eigen::Vector2d(0, 12345678.9012345678),
                         Eigen::Vector2d(5e20, 0.1)};
  WritePrices(problem, prices, folder / "p.csv");
  const Prices read = ReadPrices(problem, folder / "p.csv");
  ASSERT_EQ(read.size(), prices.size());
  for (std::size_t k = 0; k < prices.size(); ++k) {
    EXPECT_EQ(std::memcmp(read[k].data(), prices[k].data(), 2 * sizeof(double)), 0) << read[k].transpose();
  }
  EXPECT_EQ(ReadBytes(folder / "p.csv").substr(0, 19), "group,bucket,price\n");
}

class PriceFileErrors : public ::testing::Test {
 protected:
  void ExpectRefused(const std::string& text, std::initializer_list<std::string> words) {
    WriteBytes(folder_ / "p.csv", text);
    ExpectInputError([this] { ReadPrices(ProblemOf(TwoRegionTrace(), CarbonObjective(1.0, 2.0)), folder_ / "p.csv"); },
                     words);
  }
  TemporaryDirectory folder_;
};

TEST_F(PriceFileErrors, NameFileLineAndValue) {
  const std::string head = "group,bucket,price\n", r0 = "carbon,r0,1\n", r1 = "carbon,r1,2\n";
  ExpectRefused(head + r0, {"p.csv", "no price for bucket 'r1' of group 'carbon'"});
  ExpectRefused(head + r0 + "carbon,r1,-1\n", {"p.csv:3", "price", "-1", "at least 0"});
  ExpectRefused(head + r0 + "carbon,r1,nan\n", {"p.csv:3", "price", "nan"});
  ExpectRefused(head + r0 + "carbon,r1,\n", {"p.csv:3", "price"});
  ExpectRefused(head + r0 + r1 + r0, {"p.csv:4", "bucket 'r0' of group 'carbon' appears twice"});
  ExpectRefused(head + r0 + r1 + "water,r0,1\n", {"p.csv", "3 rows", "2 buckets"});
  ExpectRefused("group,bucket,cost\n" + r0 + r1, {"p.csv", "price"});
  ExpectRefused("", {"p.csv"});
  ExpectInputError([this] { ReadPrices(HandProblem(), folder_ / "missing.csv"); }, {"missing.csv"});
}

}  // namespace
}  // namespace evenkeel
