#include "engine/planner/coupling.h"

#include <cmath>

namespace evenkeel {
namespace {

constexpr int kManyLoads = 256;  // beyond, Cholesky's method is worth the digits that it loses to LU with pivoting

/// g(gamma) = sum_b (gamma_b / mu)^(q*), its gradient and the diagonal of its Hessian.
struct BallValue {
  double value = 0.0;
  Vector gradient, hessian;
};

BallValue EvaluateBall(const CoupledGroup& group, const VectorRef& price) {
  const double dual = DualExponent(group.norm);
  BallValue ball;
  ball.gradient.resize(price.size());
  ball.hessian.resize(price.size());
  for (Eigen::Index b = 0; b < price.size(); ++b) {
    const double u = price[b] / group.weight, power = std::pow(u, dual);
    ball.value += power;
    ball.gradient[b] = dual * power / price[b];
    ball.hessian[b] = (dual - 1.0) * ball.gradient[b] / price[b];
  }
  return ball;
}

}  // namespace

CouplingState StartCoupling(const PeriodData& data, const Vector& load) {
  CouplingState state;
  state.load = load;
  state.price = Vector::Zero(data.num_loads);
  state.slack = Vector::Ones(data.num_loads);
  state.bound = state.room = Vector::Ones(data.groups.size());
  for (std::size_t g = 0; g < data.groups.size(); ++g) {
    const CoupledGroup& group = data.groups[g];
    const auto mine = load.segment(group.first_load, group.num_loads);
    auto price = state.price.segment(group.first_load, group.num_loads);
    const double largest = std::max(mine.maxCoeff(), 1e-6);
    if (std::isinf(group.norm)) {
      state.bound[g] = 1.2 * largest;
      state.slack.segment(group.first_load, group.num_loads) = (state.bound[g] - mine.array()).matrix();
      price.setConstant(group.weight / group.num_loads);
    } else {
      price.setConstant(0.7 * group.weight / std::pow(group.num_loads, 1.0 / DualExponent(group.norm)));
      const BallValue ball = EvaluateBall(group, price);
      state.room[g] = 1.0 - ball.value;
      state.bound[g] = std::max(ball.gradient.dot(mine), 1e-6 * ball.gradient.sum()) / ball.gradient.squaredNorm();
    }
  }
  return state;
}

CouplingSystem::CouplingSystem(const PeriodData& data, const CouplingState& state, const Eigen::MatrixXd& curvature)
    : data_(data), state_(state), curvature_(curvature), gap_(data.groups.size()) {
  const int loads = data.num_loads, groups = static_cast<int>(data.groups.size());
  Vector diagonal(loads), corner = Vector::Zero(groups);
  sides_.setZero(loads, groups);
  for (int g = 0; g < groups; ++g) {
    const CoupledGroup& group = data.groups[g];
    const int first = group.first_load, n = group.num_loads;
    const auto price = state.price.segment(first, n);
    auto side = sides_.col(g).segment(first, n);
    if (std::isinf(group.norm)) {
      diagonal.segment(first, n) = state.slack.segment(first, n).cwiseQuotient(price);
      side.setOnes();
      gap_[g] = group.weight - price.sum();
    } else {
      const BallValue ball = EvaluateBall(group, price);
      diagonal.segment(first, n) = state.bound[g] * ball.hessian;
      side = ball.gradient;
      corner[g] = state.room[g] / state.bound[g];
      gap_[g] = 1.0 - ball.value - state.room[g];
    }
  }
  if (loads == 0) return;
  eliminate_loads_ = loads > kManyLoads;
  if (eliminate_loads_) {
    Eigen::MatrixXd matrix = curvature;
    matrix.diagonal() += diagonal;
    loads_.compute(matrix);
    eliminate_loads_ = loads_.info() == Eigen::Success;
  }
  if (eliminate_loads_) {
    answers_ = loads_.solve(sides_);
    Eigen::MatrixXd complement = sides_.transpose() * answers_;
    complement.diagonal() += corner;
    all_.compute(complement);
    return;
  }
  Eigen::MatrixXd matrix(loads + groups, loads + groups);
  matrix.topLeftCorner(loads, loads) = curvature.selfadjointView<Eigen::Lower>();
  matrix.diagonal().head(loads) += diagonal;
  matrix.topRightCorner(loads, groups) = sides_;
  matrix.bottomLeftCorner(groups, loads) = sides_.transpose();
  matrix.bottomRightCorner(groups, groups) = (-corner).asDiagonal();
  all_.compute(matrix);
}

/// (dgamma, dbound) for a right-hand side.
Vector CouplingSystem::SolveShared(const Vector& right) const {
  if (!eliminate_loads_) return all_.solve(right);
  const Eigen::Index loads = sides_.rows(), groups = sides_.cols();
  Vector solution(loads + groups);
  const Vector free_step = loads_.solve(right.head(loads));
  solution.tail(groups) = all_.solve(sides_.transpose() * free_step - right.tail(groups));
  solution.head(loads) = free_step - answers_ * solution.tail(groups);
  return solution;
}

bool CouplingSystem::Solve(const Vector& response, const CouplingTarget& target, CouplingState* step) const {
  const int loads = data_.num_loads, groups = static_cast<int>(data_.groups.size());
  if (loads == 0) {  // nothing couples the slots
    *step = state_;
    return true;
  }
  Vector right(loads + groups);
  right.head(loads) = response;
  right.tail(groups) = gap_;
  for (int g = 0; g < groups; ++g) {
    const CoupledGroup& group = data_.groups[g];
    const int first = group.first_load, n = group.num_loads;
    const auto load = state_.load.segment(first, n);
    auto mine = right.segment(first, n);
    if (std::isinf(group.norm)) {
      // (M + w / gamma) dgamma + ds = response + target / gamma - (s - L - w);   sum dgamma = mu - sum gamma
      mine += target.slack.segment(first, n).cwiseQuotient(state_.price.segment(first, n)) -
              (state_.bound[g] - load.array() - state_.slack.segment(first, n).array()).matrix();
    } else {
      // (M + tau g'') dgamma + g' dtau = response + L - tau g';   g' dgamma - (v / tau) dtau = 1 - g - v - target / tau
      mine += load - state_.bound[g] * sides_.col(g).segment(first, n);
      right[loads + g] -= target.room[g] / state_.bound[g];
    }
  }
  const Vector solution = SolveShared(right);
  if (!solution.allFinite()) return false;
  step->price = solution.head(loads);
  step->bound = solution.tail(groups);
  step->load.noalias() = response - curvature_.selfadjointView<Eigen::Lower>() * step->price;
  step->slack = (target.slack - state_.slack.cwiseProduct(step->price)).cwiseQuotient(state_.price);
  step->room = (target.room - state_.room.cwiseProduct(step->bound)).cwiseQuotient(state_.bound);
  return true;
}

double CouplingValue(const PeriodData& data, const Vector& load) {
  double value = 0.0;
  for (const CoupledGroup& group : data.groups) {
    value += group.weight * Norm(load.segment(group.first_load, group.num_loads).cwiseMax(0.0), group.norm);
  }
  return value;
}

double DualSetResidual(const PeriodData& data, const CouplingState& state) {
  double worst = 0.0;
  for (const CoupledGroup& group : data.groups) {
    const double norm = Norm(state.price.segment(group.first_load, group.num_loads), DualExponent(group.norm));
    const double excess = (norm - group.weight) / group.weight;
    worst = std::max(worst, std::isinf(group.norm) ? std::abs(excess) : excess);
  }
  return worst;
}

}  // namespace evenkeel
