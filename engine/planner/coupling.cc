#include "engine/planner/coupling.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace evenkeel {
namespace {

constexpr double kSurely = 1e-2, kPossibly = 1e-8;  // M's diagonal relative to Lambda, of loads that are coupled
constexpr std::size_t kOneIn = 10;
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

Vector OwnCurvature(const PeriodData& data, const CouplingState& state) {
  Vector own(data.num_loads);
  for (std::size_t g = 0; g < data.groups.size(); ++g) {
    const int first = data.groups[g].first_load, n = data.groups[g].num_loads;
    const auto price = state.price.segment(first, n);
    if (std::isinf(data.groups[g].norm)) {
      own.segment(first, n) = state.slack.segment(first, n).cwiseQuotient(price);
    } else {
      own.segment(first, n) = state.bound[g] * EvaluateBall(data.groups[g], price).hessian;
    }
  }
  return own;
}

std::vector<int> CoupledLoads(const Vector& curvature, const Vector& own) {
  std::vector<int> loads(curvature.size());
  std::iota(loads.begin(), loads.end(), 0);
  const Vector share = curvature.cwiseQuotient(own);
  std::stable_sort(loads.begin(), loads.end(), [&](int l, int r) { return share[l] > share[r]; });
  std::size_t count = 0;
  while (count < loads.size() && share[loads[count]] > (count < loads.size() / kOneIn ? kPossibly : kSurely)) ++count;
  loads.resize(count);
  std::sort(loads.begin(), loads.end());
  return loads;
}

CouplingSystem::CouplingSystem(const PeriodData& data, const CouplingState& state, const Eigen::MatrixXd& curvature,
                               const Vector& curvature_diagonal, std::vector<int> full)
    : data_(data),
      state_(state),
      curvature_(curvature),
      curvature_diagonal_(curvature_diagonal),
      full_(std::move(full)),
      diagonal_(OwnCurvature(data, state)),
      gap_(data.groups.size()) {
  const int loads = data.num_loads, groups = static_cast<int>(data.groups.size());
  Vector corner = Vector::Zero(groups);
  sides_.setZero(loads, groups);
  for (int g = 0; g < groups; ++g) {
    const CoupledGroup& group = data.groups[g];
    const int first = group.first_load, n = group.num_loads;
    const auto price = state.price.segment(first, n);
    auto side = sides_.col(g).segment(first, n);
    if (std::isinf(group.norm)) {
      side.setOnes();
      gap_[g] = group.weight - price.sum();
    } else {
      const BallValue ball = EvaluateBall(group, price);
      side = ball.gradient;
      corner[g] = state.room[g] / state.bound[g];
      gap_[g] = 1.0 - ball.value - state.room[g];
    }
  }
  if (loads == 0) return;
  const int rows = static_cast<int>(full_.size());
  for (int l = 0, next = 0; l < loads; ++l) {
    if (next < rows && full_[next] == l) {
      ++next;
    } else {
      rest_.push_back(l);
      diagonal_[l] += curvature_diagonal[l];
    }
  }
  full_sides_ = sides_(full_, Eigen::all);
  Eigen::MatrixXd corners = corner.asDiagonal();
  if (!rest_.empty()) {
    const Eigen::MatrixXd rest_sides = sides_(rest_, Eigen::all);
    corners += rest_sides.transpose() * diagonal_(rest_).cwiseInverse().asDiagonal() * rest_sides;
  }
  eliminate_loads_ = rows > kManyLoads;
  if (eliminate_loads_) {
    Eigen::MatrixXd matrix = curvature;
    matrix.diagonal() += diagonal_(full_);
    loads_.compute(matrix);
    eliminate_loads_ = loads_.info() == Eigen::Success;
  }
  if (eliminate_loads_) {
    answers_ = loads_.solve(full_sides_);
    all_.compute(full_sides_.transpose() * answers_ + corners);
    return;
  }
  Eigen::MatrixXd matrix(rows + groups, rows + groups);
  matrix.topLeftCorner(rows, rows) = curvature.selfadjointView<Eigen::Lower>();
  matrix.diagonal().head(rows) += diagonal_(full_);
  matrix.topRightCorner(rows, groups) = full_sides_;
  matrix.bottomLeftCorner(groups, rows) = full_sides_.transpose();
  matrix.bottomRightCorner(groups, groups) = -corners;
  all_.compute(matrix);
}

/// (dgamma, dbound) for a right-hand side, of the loads in full.
Vector CouplingSystem::SolveFull(const Vector& right) const {
  if (!eliminate_loads_) return all_.solve(right);
  const Eigen::Index rows = full_sides_.rows(), groups = full_sides_.cols();
  Vector solution(rows + groups);
  const Vector free_step = loads_.solve(right.head(rows));
  solution.tail(groups) = all_.solve(full_sides_.transpose() * free_step - right.tail(groups));
  solution.head(rows) = free_step - answers_ * solution.tail(groups);
  return solution;
}

/// The same of all.
Vector CouplingSystem::SolveShared(const Vector& right) const {
  if (rest_.empty()) return SolveFull(right);
  const Eigen::Index rows = full_sides_.rows(), loads = sides_.rows(), groups = sides_.cols();
  const Eigen::MatrixXd rest_sides = sides_(rest_, Eigen::all);
  const Vector inverse = diagonal_(rest_).cwiseInverse();
  Vector full_right(rows + groups);
  full_right.head(rows) = right(full_);
  full_right.tail(groups) = right.tail(groups) - rest_sides.transpose() * inverse.cwiseProduct(Vector(right(rest_)));
  const Vector solved = SolveFull(full_right);
  Vector solution(loads + groups);
  solution(full_) = solved.head(rows);
  solution.tail(groups) = solved.tail(groups);
  solution(rest_) = inverse.cwiseProduct(Vector(right(rest_)) - rest_sides * solved.tail(groups));
  return solution;
}

/// What loads answer to a price step, as far as M is known.
Vector CouplingSystem::LoadStep(const Vector& response, const Vector& price_step) const {
  const auto curvature = curvature_.selfadjointView<Eigen::Lower>();
  if (rest_.empty()) return response - curvature * price_step;
  Vector step = response - curvature_diagonal_.cwiseProduct(price_step);
  if (!full_.empty()) step(full_) = response(full_) - curvature * Vector(price_step(full_));
  return step;
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
  step->load = LoadStep(response, step->price);
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
