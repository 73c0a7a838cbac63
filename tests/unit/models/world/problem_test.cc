#include "models/world/problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "models/base/error.h"
#include "tests/reference/hand_case.h"

namespace evenkeel {
namespace {

using ::testing::ElementsAre;

/// The error of MakeProblem for the hand-worked network with the published objective after one change.
std::string ErrorAfter(const std::function<void(Objective*)>& change, const Vector& demand = Eigen::Vector2d(10, 20)) {
  Objective objective = PublishedObjective();
  change(&objective);
  try {
    MakeProblem(HandProblem().network, objective, 2, demand);
    return "no error";
  } catch (const InputError& error) {
    return error.what();
  }
}

void AddPerformance(Objective* objective) {
  EquityGroup group;
  group.name = "performance";
  group.footprint = Footprint::kQualityLoss;
  objective->groups.push_back(group);
}

TEST(ProblemTest, GroupsLieOverTheArcs) {
  const Problem problem = HandProblem();
  ASSERT_EQ(problem.num_groups(), 3);
  ASSERT_EQ(problem.num_arcs(), 8);
  const Group &carbon = problem.groups[0], &water = problem.groups[1], &performance = problem.groups[2];
  EXPECT_THAT(carbon.bucket_of_arc, ElementsAre(0, 0, 1, 1, 0, 0, 1, 1));
  EXPECT_THAT(carbon.bucket_names, ElementsAre("north", "south"));
  EXPECT_EQ(carbon.bucket_weight, Eigen::Vector2d(1, 2));
  EXPECT_EQ(water.bucket_weight, Eigen::Vector2d(1, 1)) << "all ones when none are given";
  EXPECT_THAT(performance.bucket_of_arc, ElementsAre(0, 0, 0, 0, 1, 1, 1, 1));
  EXPECT_THAT(performance.bucket_names, ElementsAre("g0", "g1"));
  EXPECT_EQ(carbon.unit + " " + water.unit + " " + performance.unit, "t m3 quality");
  EXPECT_EQ(problem.expected_demand, Eigen::Vector2d(10, 20));
}

TEST(ProblemTest, ErrorsNameGroupValueAndRange) {
  EXPECT_EQ(ErrorAfter([](Objective*) {}), "no error");
  EXPECT_EQ(ErrorAfter([](Objective* o) { o->groups[0].norm = 0.99; }),
            "norm of group 'carbon' is 0.99, allowed: at least 1, or inf");
  EXPECT_EQ(ErrorAfter([](Objective* o) { o->groups[0].norm = std::nan(""); }),
            "norm of group 'carbon' is nan, allowed: at least 1, or inf");
  EXPECT_EQ(ErrorAfter([](Objective* o) { o->groups[1].weight = -1; }),
            "weight of group 'water' is -1, allowed: at least 0");
  EXPECT_EQ(ErrorAfter([](Objective* o) { o->groups[1].weight = kInfinity; }),
            "weight of group 'water' is inf, allowed: at least 0");
  EXPECT_EQ(ErrorAfter([](Objective* o) { o->groups[1].bucket_weight = Eigen::Vector2d(1, 0); }),
            "a bucket weight of group 'water' is 0, allowed: greater than 0");
  EXPECT_EQ(ErrorAfter([](Objective* o) { o->groups[0].bucket_weight = Vector::Ones(3); }),
            "group 'carbon' has 3 bucket weights for 2 buckets");
  EXPECT_EQ(ErrorAfter([](Objective* o) { o->groups[1].name = "carbon"; }), "equity group 'carbon' appears twice");
  EXPECT_EQ(ErrorAfter([](Objective* o) { o->shed_cost = -2; }), "shed cost is -2 USD, allowed: at least 0");
}

TEST(ProblemTest, MeanQualityNeedsDemand) {
  const Eigen::Vector2d demand(10, 0);
  EXPECT_EQ(ErrorAfter([](Objective*) {}, demand), "no error") << "only a performance group divides by it";
  EXPECT_EQ(
      ErrorAfter(AddPerformance, demand),
      "group 'performance': gateway 'g1' has no demand in the period, so that its mean quality loss is undefined");
}

TEST(ProblemTest, WrongNumberOfDemandsIsABug) {
  EXPECT_THROW(MakeProblem(HandProblem().network, PublishedObjective(), 2, Vector::Ones(3)), InternalError);
}

TEST(ProblemTest, ZeroPricesHaveTheBucketsOfEveryGroup) {
  EXPECT_EQ(ZeroPrices(HandProblem()), (Prices{Vector::Zero(2), Vector::Zero(2), Vector::Zero(2)}));
}

// Weights 100 (inf: dual norm is the sum), 10 (norm 1: dual norm is the maximum), 50 (norm 2).
TEST(ProblemTest, ScalesEveryGroupByItsOwnNorm) {
  Prices prices = {Eigen::Vector2d(150, 50), Eigen::Vector2d(20, 5), Eigen::Vector2d(60, 80)};
  ScaleIntoDualSet(HandProblem(), &prices);
  EXPECT_TRUE(prices[0].isApprox(Eigen::Vector2d(75, 25), 1e-15));
  EXPECT_TRUE(prices[1].isApprox(Eigen::Vector2d(10, 2.5), 1e-15));
  EXPECT_TRUE(prices[2].isApprox(Eigen::Vector2d(30, 40), 1e-15));
}

}  // namespace
}  // namespace evenkeel
