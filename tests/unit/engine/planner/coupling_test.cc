#include "engine/planner/coupling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace evenkeel {
namespace {

using testing::ElementsAre;

/// Two groups, the first of norm inf, the second of norm `second`, and a random state inside.
struct CouplingCase {
  CouplingCase(int buckets, double second, unsigned seed) : random(seed) {
    data.num_loads = 2 * buckets;
    data.groups = {{0, 3.0, kInfinity, 0, buckets, 0}, {1, 2.0, second, buckets, buckets, 0}};
    state = StartCoupling(data, Draw(data.num_loads));
    state.price = state.price.cwiseProduct(Draw(data.num_loads));
    const Eigen::MatrixXd root = Eigen::MatrixXd::NullaryExpr(data.num_loads, 5, [&] { return Draw(1)[0] - 1.0; });
    curvature = root * root.transpose();
    curvature.diagonal() += Draw(data.num_loads);
    response = Draw(data.num_loads) - Vector::Constant(data.num_loads, 1.0);
    target = {Draw(data.num_loads), Draw(2)};
  }

  /// Between 0.5 and 1.5.
  Vector Draw(int count) {
    std::uniform_real_distribution<double> uniform(0.5, 1.5);
    return Vector::NullaryExpr(count, [&] { return uniform(random); });
  }

  CouplingState Step(const Eigen::MatrixXd& given, const std::vector<int>& full) const {
    CouplingState step;
    const Vector diagonal = curvature.diagonal();
    EXPECT_TRUE(CouplingSystem(data, state, given, diagonal, full).Solve(response, target, &step));
    return step;
  }

  std::vector<int> All() const {
    std::vector<int> all(data.num_loads);
    std::iota(all.begin(), all.end(), 0);
    return all;
  }

  std::mt19937 random;
  PeriodData data;
  CouplingState state;
  Eigen::MatrixXd curvature;
  Vector response;
  CouplingTarget target;
};

void ExpectSame(const CouplingState& left, const CouplingState& right) {
  const auto expect = [](const Vector& l, const Vector& r) {
    EXPECT_LE((l - r).cwiseAbs().maxCoeff(), 1e-9 * r.cwiseAbs().maxCoeff());
  };
  expect(left.price, right.price);
  expect(left.bound, right.bound);
  expect(left.load, right.load);
  expect(left.slack.head(1), right.slack.head(1));
}

/// Buckets per group, and the norm of the second.
class CouplingTest : public testing::TestWithParam<std::tuple<int, double>> {};

// The linear equations at the top of engine/planner/coupling.h, for whichever way they are solved.
TEST_P(CouplingTest, StepSolvesTheEquations) {
  const auto [buckets, norm] = GetParam();
  const CouplingCase c(buckets, norm, 1);
  const CouplingState step = c.Step(c.curvature, c.All());
  EXPECT_LE((step.load - (c.response - c.curvature * step.price)).cwiseAbs().maxCoeff(), 1e-9);
  // s - L - w = 0 after the step, w gamma = target to first order, sum gamma = mu.
  const auto head = [n = buckets](const Vector& v) -> Eigen::ArrayXd { return v.head(n).array(); };
  const Eigen::ArrayXd miss =
      c.state.bound[0] + step.bound[0] - head(c.state.load + step.load) - head(c.state.slack + step.slack);
  EXPECT_LE(miss.abs().maxCoeff(), 1e-8);
  EXPECT_LE((head(c.state.slack) * head(step.price) + head(c.state.price) * head(step.slack) - head(c.target.slack))
                .abs()
                .maxCoeff(),
            1e-8);
  EXPECT_NEAR(head(c.state.price + step.price).sum(), 3.0, 1e-8);
}

TEST_P(CouplingTest, LoadsWithADiagonalOnlyAreEliminatedExactly) {
  const auto [buckets, norm] = GetParam();
  const CouplingCase c(buckets, norm, 2);
  for (int every : {1, 2, 5}) {
    std::vector<int> full;
    for (int l = 0; l < c.data.num_loads; l += every) full.push_back(l);
    Eigen::MatrixXd known = c.curvature.diagonal().asDiagonal();
    known(full, full) = c.curvature(full, full);
    ExpectSame(c.Step(c.curvature(full, full), full), c.Step(known, c.All()));
  }
  ExpectSame(c.Step(Eigen::MatrixXd(), {}), c.Step(c.curvature.diagonal().asDiagonal(), c.All()));
}

INSTANTIATE_TEST_SUITE_P(Sizes, CouplingTest,
                         testing::Combine(testing::Values(1, 2, 7, 40, 300), testing::Values(2.0, kInfinity)));

// 20 loads, so that the tenth is two. Loads 7 and 3 weigh 0.5 and 0.02 of their own curvature; 1 would be next.
TEST(CoupledLoadsTest, TakesAllThatSurelyCountAndNoMoreThanATenthOfTheOthers) {
  Vector curvature = Vector::Constant(20, 1e-12), own = Vector::Ones(20);
  curvature[7] = 0.5;
  curvature[3] = 0.02;
  curvature[1] = 0.005;
  EXPECT_THAT(CoupledLoads(curvature, own), ElementsAre(3, 7));
  curvature[12] = 40.0;
  own[12] = 1000.0;
  EXPECT_THAT(CoupledLoads(curvature, own), ElementsAre(3, 7, 12));
  curvature[3] = curvature[7] = 0.0;
  EXPECT_THAT(CoupledLoads(curvature, own), ElementsAre(1, 12));
  own[1] = 1e7;
  EXPECT_THAT(CoupledLoads(curvature, own), ElementsAre(12));
}

TEST(CoupledLoadsTest, TakesNoneWhereNoneCounts) {
  EXPECT_TRUE(CoupledLoads(Vector::Zero(30), Vector::Ones(30)).empty());
  EXPECT_TRUE(CoupledLoads(Vector(), Vector()).empty());
}

}  // namespace
}  // namespace evenkeel
