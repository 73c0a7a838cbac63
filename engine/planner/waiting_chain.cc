#include "engine/planner/waiting_chain.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace evenkeel {
namespace {

constexpr double kRounding = 4e-15;       // a dual residual below this share of its terms is rounding
constexpr double kLostPivot = 1e-14;      // of its diagonal
constexpr double kInside = 0.05;          // of B, at least, to either end at the start
constexpr double kLeastMultiplier = 0.1;  // of the mean cost, at the start
constexpr int kPanel = 96;                // rows that are taken out of the curvature at once

/// right = R^-1 right, from R's factor [n x n]. `kClasses` is n, or 0 where it is not known.
template <int kClasses>
void SolvePivot(int classes, const double* factor, double* right) {
  const int n = kClasses > 0 ? kClasses : classes;
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < i; ++k) right[i] -= factor[i * n + k] * right[k];
    right[i] *= factor[i * n + i];
  }
  for (int i = n - 1; i >= 0; --i) {
    right[i] *= factor[i * n + i];
    for (int k = 0; k < i; ++k) right[k] -= factor[i * n + k] * right[i];
  }
}

/// The same for n right-hand sides at once, the columns of `right` [n x n].
template <int kClasses>
void SolvePivotForAll(int classes, const double* factor, double* right) {
  const int n = kClasses > 0 ? kClasses : classes;
  const auto subtract = [&](double times, const double* from, double* row) {
    for (int j = 0; j < n; ++j) row[j] -= times * from[j];
  };
  const auto scale = [&](double by, double* row) {
    for (int j = 0; j < n; ++j) row[j] *= by;
  };
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < i; ++k) subtract(factor[i * n + k], right + k * n, right + i * n);
    scale(factor[i * n + i], right + i * n);
  }
  for (int i = n - 1; i >= 0; --i) {
    scale(factor[i * n + i], right + i * n);
    for (int k = 0; k < i; ++k) subtract(factor[i * n + k], right + i * n, right + k * n);
  }
}

/// Calls run(std::integral_constant) with the number of classes, or with 0 where there are many.
template <typename Run>
void ForClasses(int classes, const Run& run) {
  if (classes == 1) return run(std::integral_constant<int, 1>());
  if (classes == 2) return run(std::integral_constant<int, 2>());
  if (classes == 3) return run(std::integral_constant<int, 3>());
  if (classes == 4) return run(std::integral_constant<int, 4>());
  run(std::integral_constant<int, 0>());
}

}  // namespace

WaitingChain::WaitingChain(const PeriodData& data, const SlotShape& shape, double lost, SlotBlocks* blocks)
    : data_(data),
      shape_(shape),
      blocks_(*blocks),
      num_slots_(data.num_slots),
      num_classes_(data.num_classes),
      num_loads_(data.num_loads),
      lost_(lost),
      scale_(std::max(1e-300, data.arrival.size() > 0 ? data.arrival.maxCoeff() : 0.0)) {
  const auto size = static_cast<std::size_t>(num_slots_) * num_classes_;
  for (std::vector<double>* rows : {&b_,     &w_,    &z_,         &v_,         &db_,       &dw_,       &dz_,    &dv_,
                                    &waits_, &miss_, &product_b_, &product_w_, &target_b_, &target_w_, &theta_, &left_,
                                    &rho_,   &base_, &right_,     &driven_,    &q_,        &dy_,       &solved_})
    rows->assign(size, 0.0);
  for (std::vector<double>* rows : {&factor_, &ahead_, &along_}) rows->assign(size * num_classes_, 0.0);
  cross_.setZero(static_cast<Eigen::Index>(size), num_loads_);
  g_.resize(static_cast<std::size_t>(num_classes_) * num_classes_);
  border_.setZero(num_classes_, num_loads_);
  panel_.setZero(kPanel + num_classes_, num_loads_);
  Start();
}

void WaitingChain::Start() {
  const double multiplier = kLeastMultiplier * std::max(1e-6, data_.cost.cwiseAbs().mean());
  Vector waiting = Vector::Zero(num_classes_);
  for (int t = 0; t < num_slots_; ++t) {
    waiting += data_.arrival.row(t).transpose();
    for (int a = 0; a < shape_.num_arcs; ++a) {
      if (shape_.arcs[a].work >= 0) waiting[shape_.arcs[a].work] -= blocks_.at(t, shape_.field.x + a);
    }
    for (int k = 0; k < num_classes_; ++k) {
      const double room = data_.room(t, k);
      if (room == 0.0) continue;
      const std::size_t i = static_cast<std::size_t>(t) * num_classes_ + k;
      b_[i] = std::clamp(waiting[k], kInside * room, (1.0 - kInside) * room);
      w_[i] = room - b_[i];
      const double next = t + 1 < num_slots_ ? blocks_.at(t + 1, shape_.field.work_y + k) : 0.0;
      const double rise = next - blocks_.at(t, shape_.field.work_y + k);
      z_[i] = std::max(0.0, rise) + multiplier;
      v_[i] = std::max(0.0, -rise) + multiplier;
      pairs_ += 2.0;
    }
  }
}

void WaitingChain::Move(double primal, double dual) {
  for (std::size_t i = 0; i < b_.size(); ++i) {
    b_[i] += primal * db_[i];
    w_[i] += primal * dw_[i];
    z_[i] += dual * dz_[i];
    v_[i] += dual * dv_[i];
  }
}

/// N' and N. What is lost of N in the slot's elimination is at most a few digits of D's sum over the class's arcs; N
/// that much larger makes steps too short where nothing answers to a price, which the next step makes good, while N
/// that much smaller would make them too long without bound.
void WaitingChain::Gather(int t) {
  const int n = num_classes_, width = blocks_.width();
  const double* inner = &blocks_.at(t, shape_.field.work_inner);
  const double* cross = &blocks_.at(t, shape_.field.work_cross);
  double* g = g_.data();  // of the slots before
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) g[i * n + j] += inner[(SlotShape::PackedRow(std::max(i, j)) + std::min(i, j)) * width];
    g[i * n + i] += lost_ * blocks_.at(t, shape_.field.work_weight + i);
    double* row = cross_.row(static_cast<Eigen::Index>(t) * n + i).data();
    for (int l = 0; l < num_loads_; ++l) row[l] = cross[(i * num_loads_ + l) * width];
  }
}

void WaitingChain::Measure(int t, SlotSums* sums) {
  for (int k = 0; k < num_classes_; ++k) {
    const std::size_t i = static_cast<std::size_t>(t) * num_classes_ + k;
    const double y = blocks_.at(t, shape_.field.work_y + k), arrival = data_.arrival(t, k);
    const double before = t > 0 ? b_[i - num_classes_] : 0.0;
    left_[i] = arrival + before - b_[i] - blocks_.at(t, shape_.field.work_done + k);
    base_[i] = left_[i] - blocks_.at(t, shape_.field.work_response + k);
    right_[i] = base_[i];
    sums->primal_residual = std::max(sums->primal_residual, std::abs(left_[i]));
    sums->dual_value += arrival * y - data_.room(t, k) * v_[i];
    if (data_.room(t, k) == 0.0) continue;
    const double next = t + 1 < num_slots_ ? blocks_.at(t + 1, shape_.field.work_y + k) : 0.0;
    const double rho = next - y - z_[i] + v_[i];
    const double magnitude = std::abs(next) + std::abs(y) + z_[i] + v_[i];
    rho_[i] = std::abs(rho) <= kRounding * magnitude ? 0.0 : rho;
    sums->dual_residual = std::max(sums->dual_residual, std::abs(rho_[i]));
    theta_[i] = 1.0 / (z_[i] / b_[i] + v_[i] / w_[i]);
    target_b_[i] = -z_[i];
    target_w_[i] = -v_[i];
    q_[i] = target_b_[i] - target_w_[i] - rho_[i];
  }
}

/// Factorises R and leaves Theta R^-1 G in `g_`. A price that nothing answers to keeps still: a reciprocal of zero. It
/// can only be one with Theta below G, since no pivot is below Theta.
template <int kClasses>
void WaitingChain::Pivot(int t) {
  const int n = kClasses > 0 ? kClasses : num_classes_;
  const double* theta = Row(&theta_, t);
  double *factor = Matrix(&factor_, t), *ahead = Matrix(&ahead_, t), *along = Matrix(&along_, t);
  for (int j = 0; j < n; ++j) {
    Row(&waits_, t)[j] = theta[j] > g_[j * n + j] ? 1.0 : 0.0;
    const double diagonal = g_[j * n + j] + theta[j];
    double pivot = diagonal;
    for (int k = 0; k < j; ++k) pivot -= factor[j * n + k] * factor[j * n + k];
    const double inverse = pivot > kLostPivot * diagonal && pivot > 0.0 ? 1.0 / std::sqrt(pivot) : 0.0;
    for (int i = j + 1; i < n; ++i) {
      double value = g_[i * n + j];
      for (int k = 0; k < j; ++k) value -= factor[i * n + k] * factor[j * n + k];
      factor[i * n + j] = value * inverse;
    }
    factor[j * n + j] = inverse;
  }
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      ahead[i * n + j] = theta[j] > 0.0 ? g_[i * n + j] : 0.0;
      along[i * n + j] = i == j ? theta[j] : 0.0;
    }
  }
  SolvePivotForAll<kClasses>(n, factor, ahead);
  SolvePivotForAll<kClasses>(n, factor, along);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) {
      const bool kept = factor[i * n + i] > 0.0 && factor[j * n + j] > 0.0;
      g_[i * n + j] = g_[j * n + i] = kept ? 0.5 * (theta[i] * ahead[i * n + j] + theta[j] * ahead[j * n + i]) : 0.0;
    }
  }
}

/// Takes N'' A^-1 N' out of the curvature: rows L^-1 N' of the eliminated border, in panels.
void WaitingChain::Border(int t) {
  const int n = num_classes_;
  const double* factor = Matrix(&factor_, t);
  const double* theta = Row(&theta_, t);
  border_ += cross_.middleRows(static_cast<Eigen::Index>(t) * n, n);
  for (int i = 0; i < n; ++i) {
    auto row = panel_.row(panel_rows_ + i);
    row = border_.row(i);
    for (int k = 0; k < i; ++k) row -= factor[i * n + k] * panel_.row(panel_rows_ + k);
    row *= factor[i * n + i];
  }
  for (int i = n - 1; i >= 0; --i) {
    auto row = border_.row(i);
    row = panel_.row(panel_rows_ + i);
    for (int k = i + 1; k < n; ++k) row -= factor[k * n + i] * border_.row(k);
    row *= factor[i * n + i];
  }
  for (int i = 0; i < n; ++i) border_.row(i) *= theta[i];
  panel_rows_ += n;
}

void WaitingChain::SubtractPanel(SlotSums* sums) {
  sums->curvature.selfadjointView<Eigen::Lower>().rankUpdate(panel_.topRows(panel_rows_).transpose(), -1.0);
  panel_rows_ = 0;
}

void WaitingChain::Factorise(SlotSums* sums) {
  std::fill(g_.begin(), g_.end(), 0.0);
  border_.setZero();
  for (int t = 0; t < num_slots_; ++t) {
    Measure(t, sums);
    Gather(t);
    ForClasses(num_classes_, [&](auto classes) { Pivot<decltype(classes)::value>(t); });
    if (num_loads_ == 0) continue;
    Border(t);
    if (panel_rows_ >= kPanel || t + 1 == num_slots_) SubtractPanel(sums);
  }
}

/// dy and db for the right-hand sides in `driven_` and `q_`.
void WaitingChain::Solve() {
  ForClasses(num_classes_, [&](auto classes) {
    Forward<decltype(classes)::value>();
    Backward<decltype(classes)::value>();
  });
}

template <int kClasses>
void WaitingChain::Forward() {
  const int n = kClasses > 0 ? kClasses : num_classes_;
  for (int t = 0; t < num_slots_; ++t) {
    double* p = Row(&solved_, t);
    std::copy_n(Row(&driven_, t), n, p);
    if (t > 0) {
      const double *before = p - n, *theta = Row(&theta_, t - 1), *ahead = Matrix(&ahead_, t - 1);
      const double* q = Row(&q_, t - 1);
      for (int i = 0; i < n; ++i) {
        double sum = before[i];
        for (int j = 0; j < n; ++j) sum += ahead[i * n + j] * q[j];
        p[i] += theta[i] * sum;
      }
    }
    SolvePivot<kClasses>(n, Matrix(&factor_, t), p);
  }
}

template <int kClasses>
void WaitingChain::Backward() {
  const int n = kClasses > 0 ? kClasses : num_classes_;
  for (int t = num_slots_ - 1; t >= 0; --t) {
    const double *p = Row(&solved_, t), *theta = Row(&theta_, t), *q = Row(&q_, t);
    const double *ahead = Matrix(&ahead_, t), *along = Matrix(&along_, t);
    const double* waits = Row(&waits_, t);
    double *dy = Row(&dy_, t), *db = Row(&db_, t);
    for (int i = 0; i < n; ++i) {
      double price = p[i], backlog = p[i];
      for (int j = 0; j < n; ++j) {
        const double drop = q[j] - (t + 1 < num_slots_ ? dy[n + j] : 0.0);
        price -= along[i * n + j] * drop;
        backlog += ahead[i * n + j] * drop;
      }
      dy[i] = price;
      const double next = t + 1 < num_slots_ ? dy[n + i] : 0.0;
      db[i] = theta[i] * (waits[i] > 0.0 ? backlog : q[i] + price - next);
    }
  }
}

void WaitingChain::Aim(double aim) {
  for (int t = 0; t < num_slots_; ++t) {
    for (int k = 0; k < num_classes_; ++k) {
      const std::size_t i = static_cast<std::size_t>(t) * num_classes_ + k;
      right_[i] =
          base_[i] - blocks_.at(t, shape_.field.work_product + k) - aim * blocks_.at(t, shape_.field.work_unit + k);
      if (theta_[i] == 0.0) continue;
      target_b_[i] = (aim - product_b_[i]) / b_[i] - z_[i];
      target_w_[i] = (aim - product_w_[i]) / w_[i] - v_[i];
      q_[i] = target_b_[i] - target_w_[i] - rho_[i];
    }
  }
}

Vector WaitingChain::Response() {
  driven_ = right_;
  Solve();
  return cross_.transpose() * Eigen::Map<const Vector>(dy_.data(), static_cast<Eigen::Index>(dy_.size()));
}

void WaitingChain::Step(const Vector& price_step) {
  driven_ = right_;
  if (num_loads_ > 0)
    Eigen::Map<Vector>(driven_.data(), static_cast<Eigen::Index>(driven_.size())) += cross_ * price_step;
  Solve();
  for (std::size_t i = 0; i < b_.size(); ++i) {
    if (theta_[i] == 0.0) continue;
    dw_[i] = -db_[i];
    dz_[i] = target_b_[i] - z_[i] / b_[i] * db_[i];
    dv_[i] = target_w_[i] - v_[i] / w_[i] * dw_[i];
  }
  for (int t = 0; t < num_slots_; ++t) {
    for (int k = 0; k < num_classes_; ++k)
      blocks_.at(t, shape_.field.work_dy + k) = dy_[static_cast<std::size_t>(t) * num_classes_ + k];
  }
}

void WaitingChain::KeepProducts() {
  for (std::size_t i = 0; i < b_.size(); ++i) {
    product_b_[i] = db_[i] * dz_[i];
    product_w_[i] = dw_[i] * dv_[i];
  }
}

void WaitingChain::AddPairs(SlotSums* sums) const {
  for (std::size_t i = 0; i < b_.size(); ++i) {
    if (theta_[i] == 0.0) continue;
    sums->AddPair(b_[i], db_[i], z_[i], dz_[i]);
    sums->AddPair(w_[i], dw_[i], v_[i], dv_[i]);
  }
}

double WaitingChain::Miss() {
  double worst = 0.0;
  for (int t = 0; t < num_slots_; ++t) {
    for (int k = 0; k < num_classes_; ++k) {
      const std::size_t i = static_cast<std::size_t>(t) * num_classes_ + k;
      const double before = t > 0 ? db_[i - num_classes_] : 0.0;
      miss_[i] = left_[i] - blocks_.at(t, shape_.field.work_response + k) - db_[i] + before;
      worst = std::max(worst, std::abs(miss_[i]));
    }
  }
  return worst / scale_;
}

void WaitingChain::TakeMiss() {
  last_right_ = right_;
  for (std::size_t i = 0; i < right_.size(); ++i) right_[i] += miss_[i];
}

}  // namespace evenkeel
