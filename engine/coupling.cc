#include "engine/coupling.h"

#include <Eigen/LU>

#include <cmath>

namespace evenkeel {
namespace {

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
  state.bound = state.room = Vector::Ones(static_cast<Eigen::Index>(data.groups.size()));
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

bool SolveCoupling(const PeriodData& data, const CouplingState& state, const Eigen::MatrixXd& curvature,
                   const Vector& response, const CouplingTarget& target, CouplingState* step) {
  const int loads = data.num_loads, groups = static_cast<int>(data.groups.size());
  if (loads == 0) {  // nothing couples the slots
    *step = {Vector::Zero(0), Vector::Zero(0), Vector::Zero(0), Vector::Zero(0), Vector::Zero(0)};
    return true;
  }
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(loads + groups, loads + groups);
  Vector right = Vector::Zero(loads + groups);
  matrix.topLeftCorner(loads, loads) = curvature.selfadjointView<Eigen::Lower>();
  right.head(loads) = response;
  for (int g = 0; g < groups; ++g) {
    const CoupledGroup& group = data.groups[g];
    const int first = group.first_load, n = group.num_loads;
    const auto price = state.price.segment(first, n);
    const auto load = state.load.segment(first, n);
    auto diagonal = matrix.diagonal().segment(first, n);
    if (std::isinf(group.norm)) {
      // (M + w / gamma) dgamma + ds = response + target / gamma - (s - L - w);   sum dgamma = mu - sum gamma
      const auto slack = state.slack.segment(first, n);
      diagonal += slack.cwiseQuotient(price);
      matrix.col(loads + g).segment(first, n).setOnes();
      matrix.row(loads + g).segment(first, n).setOnes();
      right.segment(first, n) += target.slack.segment(first, n).cwiseQuotient(price) -
                                 (state.bound[g] - load.array() - slack.array()).matrix();
      right[loads + g] = group.weight - price.sum();
    } else {
      // (M + tau g'') dgamma + g' dtau = response + L - tau g';   g' dgamma - (v / tau) dtau = 1 - g - v - target / tau
      const BallValue ball = EvaluateBall(group, price);
      const double tau = state.bound[g], room = state.room[g];
      diagonal += tau * ball.hessian;
      matrix.col(loads + g).segment(first, n) = ball.gradient;
      matrix.row(loads + g).segment(first, n) = ball.gradient.transpose();
      matrix(loads + g, loads + g) = -room / tau;
      right.segment(first, n) += load - tau * ball.gradient;
      right[loads + g] = 1.0 - ball.value - room - target.room[g] / tau;
    }
  }
  const Vector solution = matrix.partialPivLu().solve(right);
  if (!solution.allFinite()) return false;
  step->price = solution.head(loads);
  step->bound = solution.tail(groups);
  step->load.noalias() = response - curvature.selfadjointView<Eigen::Lower>() * step->price;
  step->slack = (target.slack - state.slack.cwiseProduct(step->price)).cwiseQuotient(state.price);
  step->room = (target.room - state.room.cwiseProduct(step->bound)).cwiseQuotient(state.bound);
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
