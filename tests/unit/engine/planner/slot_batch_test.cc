#include "engine/planner/slot_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <memory>
#include <tuple>

#include "engine/planner/start_point.h"
#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// Everything of one slot as dense matrices, by the formulas at the top of engine/planner/slot_batch.h.
struct DenseSlot {
  Eigen::MatrixXd nodes, activities, intensity;  // K [nodes x arcs], E [activities x arcs], I [loads x activities]
  Vector d, slack_ratio, price_per_arc;
  Eigen::MatrixXd inverse;  // (K D K' + S)^-1
};

/// Random instances by seed, once by Cholesky's method, once by the inverse.
class SlotBatchTest : public testing::TestWithParam<std::tuple<int, bool>> {
 protected:
  SlotBatchTest() : instance_(MakeInstance()), slots_(MakeSlotSource(instance_.trace)) {
    Loads initial = ZeroLoads(instance_.problem);
    data_ = AssemblePeriod(instance_.problem, *slots_, 0, initial);
    shape_ = std::make_unique<SlotShape>(data_, std::get<1>(GetParam()));
    blocks_ = std::make_unique<SlotBlocks>(data_, *shape_);
    coupling_ = SetStartPoint(data_, *shape_, blocks_.get());
    scratch_ = hwy::AllocateAligned<double>(static_cast<std::size_t>(shape_->scratch_rows()) * BatchWidth());
    sums_.Reset(data_.num_loads);
    FactoriseBatches(*shape_, {}, coupling_.price.data(), blocks_->block(0), blocks_->count(), scratch_.get(), &sums_);
    sums_.FoldCurvature();
  }

  static Instance MakeInstance() {
    InstanceOptions options;
    options.norms = {2.0, kInfinity};
    return MakeRandomInstance(std::get<0>(GetParam()), options);
  }

  double Field(int t, int row) const { return blocks_->at(t, row); }

  DenseSlot Dense(int t) const {
    DenseSlot dense;
    const int arcs = data_.num_arcs, gateways = data_.num_gateways, count = gateways + data_.num_regions;
    dense.nodes.setZero(count, arcs);
    dense.activities.setZero(data_.num_activities, arcs);
    dense.intensity.setZero(data_.num_loads, data_.num_activities);
    dense.d.resize(arcs);
    dense.slack_ratio.setZero(count);
    for (int a = 0; a < arcs; ++a) {
      const SlotShape::Arc& arc = shape_->arcs[a];
      dense.nodes(arc.gateway, a) = 1.0;
      if (arc.region >= 0) dense.nodes(gateways + arc.region, a) = arc.resource;
      for (int e = shape_->first_amount[a]; e < shape_->first_amount[a + 1]; ++e)
        dense.activities(shape_->amounts[e].activity, a) = shape_->amounts[e].per_unit;
      dense.d[a] = Field(t, shape_->field.x + a) / Field(t, shape_->field.z + a);
    }
    for (int i = 0; i < data_.num_regions; ++i) {
      const double s = Field(t, shape_->field.s + i);
      dense.slack_ratio[gateways + i] = s > 0.0 ? s / Field(t, shape_->field.pi + i) : 1.0;
    }
    for (int l = 0; l < data_.num_loads; ++l) dense.intensity(l, shape_->activity_of_load[l]) = data_.intensity(t, l);
    Eigen::MatrixXd matrix = dense.nodes * dense.d.asDiagonal() * dense.nodes.transpose();
    matrix.diagonal() += dense.slack_ratio;
    for (Eigen::Index n = 0; n < count; ++n) {
      if (matrix(n, n) == 0.0) matrix(n, n) = 1.0;  // a gateway without demand: no active arcs
    }
    dense.inverse = matrix.inverse();
    return dense;
  }

  Instance instance_;
  std::unique_ptr<SlotSource> slots_;
  PeriodData data_;
  std::unique_ptr<SlotShape> shape_;
  std::unique_ptr<SlotBlocks> blocks_;
  CouplingState coupling_;
  hwy::AlignedFreeUniquePtr<double[]> scratch_;
  SlotSums sums_;
};

TEST_P(SlotBatchTest, CurvatureIsTheSchurComplement) {
  Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(data_.num_loads, data_.num_loads);
  for (int t = 0; t < data_.num_slots; ++t) {
    const DenseSlot dense = Dense(t);
    const Eigen::MatrixXd driven = dense.activities * dense.d.asDiagonal() * dense.nodes.transpose();
    const Eigen::MatrixXd left = dense.activities * dense.d.asDiagonal() * dense.activities.transpose() -
                                 driven * dense.inverse * driven.transpose();
    expected += dense.intensity * left * dense.intensity.transpose();
  }
  const Eigen::MatrixXd curvature = sums_.curvature.selfadjointView<Eigen::Lower>();
  if (data_.num_loads == 0) return;
  EXPECT_LE((curvature - expected).cwiseAbs().maxCoeff(), 1e-9 * std::max(1e-12, expected.cwiseAbs().maxCoeff()))
      << "seed " << std::get<0>(GetParam());
}

TEST_P(SlotBatchTest, ChosenLoadsHaveTheirPartOfTheCurvature) {
  if (!shape_->few_meetings) return;  // the other way knows all loads only
  const Eigen::MatrixXd all = sums_.curvature.selfadjointView<Eigen::Lower>();
  for (int every = 1; every <= 4; ++every) {
    std::vector<int> loads;
    for (int l = every % 2; l < data_.num_loads; l += every) loads.push_back(l);
    const LoadChoice choice = ChooseLoads(*shape_, loads);
    SlotSums chosen;
    chosen.Reset(data_.num_loads, true, &choice);
    FactoriseBatches(*shape_, {}, coupling_.price.data(), blocks_->block(0), blocks_->count(), scratch_.get(), &chosen);
    chosen.FoldCurvature();
    const Eigen::MatrixXd part = chosen.curvature.selfadjointView<Eigen::Lower>();
    const double allowed = 1e-12 * (all.size() > 0 ? all.cwiseAbs().maxCoeff() : 0.0);
    ASSERT_EQ(part.rows(), static_cast<Eigen::Index>(loads.size()));
    ASSERT_EQ(chosen.diagonal.size(), data_.num_loads);
    for (std::size_t r = 0; r < loads.size(); ++r) {
      for (std::size_t c = 0; c < loads.size(); ++c) EXPECT_NEAR(part(r, c), all(loads[r], loads[c]), allowed);
    }
    for (int l = 0; l < data_.num_loads; ++l) EXPECT_NEAR(chosen.diagonal[l], all(l, l), allowed);
    EXPECT_EQ(chosen.load, sums_.load);
    EXPECT_EQ(chosen.response, sums_.response);
  }
}

/// The combined step solves the linearised conditions: demand, capacity, dual and complementarity.
TEST_P(SlotBatchTest, CombinedStepSolvesTheNewtonEquations) {
  const Vector price_step = -0.1 * coupling_.price;
  const double aim = 0.3;
  SlotSums predicted, taken;
  predicted.Reset(data_.num_loads);
  taken.Reset(data_.num_loads);
  PredictBatches(*shape_, price_step.data(), blocks_->block(0), blocks_->count(), scratch_.get(), &predicted);
  CorrectBatches(*shape_, price_step.data(), aim, blocks_->block(0), blocks_->count(), scratch_.get(), &taken);
  const BatchFields& f = shape_->field;
  Vector response = Vector::Zero(data_.num_loads);
  for (int t = 0; t < data_.num_slots; ++t) {
    const DenseSlot dense = Dense(t);
    const Vector prices = dense.activities.transpose() * (dense.intensity.transpose() * (coupling_.price + price_step));
    Vector used = Vector::Zero(data_.num_gateways + data_.num_regions), dx(data_.num_arcs);
    for (int a = 0; a < data_.num_arcs; ++a) {
      const SlotShape::Arc& arc = shape_->arcs[a];
      const double x = Field(t, f.x + a), z = Field(t, f.z + a), dz = Field(t, f.dz + a);
      dx[a] = Field(t, f.dx + a);
      used += dense.nodes.col(a) * (x + dx[a]);
      if (x == 0.0) continue;
      double reduced =
          data_.cost(t, arc.index) + prices[a] - Field(t, f.y + arc.gateway) - Field(t, f.dy + arc.gateway);
      if (arc.region >= 0) reduced += arc.resource * (Field(t, f.pi + arc.region) + Field(t, f.dpi + arc.region));
      EXPECT_NEAR(z + dz, reduced, 1e-8 * (1.0 + std::abs(data_.cost(t, arc.index)))) << "arc " << a << " slot " << t;
      EXPECT_NEAR(x * z + x * dz + z * dx[a] + Field(t, f.product + a), aim, 1e-8 * (1.0 + x * z));
    }
    for (int j = 0; j < data_.num_gateways; ++j) EXPECT_NEAR(used[j], data_.demand(t, j), 1e-8);
    for (int i = 0; i < data_.num_regions; ++i) {
      const double s = Field(t, f.s + i);
      if (s == 0.0) continue;
      EXPECT_NEAR(used[data_.num_gateways + i] + s + Field(t, f.ds + i), data_.capacity(t, i), 1e-8);
    }
    response += dense.intensity * (dense.activities * dx);
  }
  if (data_.num_loads == 0) return;
  EXPECT_LE((response - taken.response).cwiseAbs().maxCoeff(), 1e-8 * (1.0 + response.cwiseAbs().maxCoeff()));
}

/// With `own`, every slot moves its flows as far as its own boundary allows, and prices as far as it is told.
TEST_P(SlotBatchTest, SlotsMoveByStepsOfTheirOwnLengths) {
  const Vector price_step = -0.1 * coupling_.price;
  SlotSums sums;
  sums.Reset(data_.num_loads);
  PredictBatches(*shape_, price_step.data(), blocks_->block(0), blocks_->count(), scratch_.get(), &sums);
  CorrectBatches(*shape_, price_step.data(), 0.3, blocks_->block(0), blocks_->count(), scratch_.get(), &sums);
  const BatchFields& f = shape_->field;
  const RowMatrix x = blocks_->Read(f.x, data_.num_arcs), dx = blocks_->Read(f.dx, data_.num_arcs);
  const RowMatrix s = blocks_->Read(f.s, data_.num_regions), ds = blocks_->Read(f.ds, data_.num_regions);
  const RowMatrix z = blocks_->Read(f.z, data_.num_arcs), dz = blocks_->Read(f.dz, data_.num_arcs);
  BatchUpdate update;
  update.move = update.own = true;
  update.primal = 0.0;
  update.dual = 0.25;
  FactoriseBatches(*shape_, update, coupling_.price.data(), blocks_->block(0), blocks_->count(), scratch_.get(), &sums);
  for (int t = 0; t < data_.num_slots; ++t) {
    double ratio = 0.0;
    for (int a = 0; a < data_.num_arcs; ++a) ratio = std::max(ratio, x(t, a) > 0.0 ? -dx(t, a) / x(t, a) : 0.0);
    for (int i = 0; i < data_.num_regions; ++i) ratio = std::max(ratio, s(t, i) > 0.0 ? -ds(t, i) / s(t, i) : 0.0);
    const double length = SafeStepLength(ratio);
    for (int a = 0; a < data_.num_arcs; ++a) {
      EXPECT_NEAR(Field(t, f.x + a), x(t, a) + length * dx(t, a), 1e-9 * (1.0 + std::abs(dx(t, a)))) << "slot " << t;
      EXPECT_GE(Field(t, f.x + a), 0.0);
      EXPECT_NEAR(Field(t, f.z + a), z(t, a) + 0.25 * dz(t, a), 1e-9 * (1.0 + std::abs(dz(t, a))));
    }
  }
}

TEST(ChooseLoadsTest, ListsEveryChosenLoadOnceUnderItsActivity) {
  for (int seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    const Instance instance = MakeRandomInstance(seed, InstanceOptions());
    const auto slots = MakeSlotSource(instance.trace);
    const PeriodData data = AssemblePeriod(instance.problem, *slots, 0, ZeroLoads(instance.problem));
    const SlotShape shape(data);
    std::vector<int> loads;
    for (int l = 0; l < data.num_loads; l += 1 + seed % 3) loads.push_back(l);
    const LoadChoice choice = ChooseLoads(shape, loads);
    EXPECT_EQ(choice.loads, loads);
    ASSERT_EQ(choice.first_row.size(), choice.activities.size() + 1);
    EXPECT_TRUE(std::is_sorted(choice.activities.begin(), choice.activities.end()));
    std::vector<int> seen(loads.size());
    for (std::size_t k = 0; k < choice.activities.size(); ++k) {
      EXPECT_LT(choice.first_row[k], choice.first_row[k + 1]);
      for (int e = choice.first_row[k]; e < choice.first_row[k + 1]; ++e) {
        EXPECT_EQ(shape.activity_of_load[loads[choice.rows[e]]], choice.activities[k]);
        ++seen[choice.rows[e]];
      }
    }
    EXPECT_THAT(seen, testing::Each(1));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SlotBatchTest, testing::Combine(testing::Range(1, 41), testing::Bool()));

}  // namespace
}  // namespace evenkeel
