#include "engine/policies/simplex_weights.h"

#include <Eigen/Cholesky>

#include <algorithm>
#include <array>
#include <cmath>

namespace evenkeel {
namespace {

constexpr int kMaxNewtonSteps = 40;
constexpr double kRelativeAccuracy = 1e-13;
constexpr double kValueResolution = 1e-13;
constexpr int kMaxBlindSteps = 3;
constexpr int kFewVertices = 10;  // a product of blocks would take longer to set up
constexpr double kFlat = 1e-7;    // of the largest root of a curvature: below the ridge of Newton's system

/// Largest step along `direction` that keeps the weights non-negative, at most 1.
double LargestStep(const WeightVector& w, const WeightVector& direction) {
  double step = 1.0;
  for (Eigen::Index v = 0; v < w.size(); ++v) {
    if (direction[v] < 0.0) step = std::min(step, -w[v] / direction[v]);
  }
  return step;
}

void Normalise(WeightVector* w) {
  for (double& weight : *w) weight = weight < 1e-14 ? 0.0 : weight;
  *w /= w->sum();
}

}  // namespace

void WeightOptimiser::Minimise(const StackedObjective& objective, const Vector& base, const Eigen::MatrixXd& increments,
                               WeightVector* w) {
  const Eigen::Index n = w->size();
  double value = ValueAt(objective, base, increments, *w);
  int blind_steps = 0;
  WeightVector slope(n), direction(n);
  for (int step = 0; step < kMaxNewtonSteps; ++step) {
    StackedGradient(objective, z_, &gradient_);
    slope.noalias() = increments.leftCols(n).transpose() * gradient_;
    const double mean = slope.dot(*w);
    if (mean - slope.minCoeff() <= kRelativeAccuracy * std::abs(value)) return;
    const bool newton = NewtonDirection(objective, increments, *w, slope, &direction);
    const double descent = newton ? slope.dot(direction) : 0.0;
    // So close to the minimum that values cannot tell the points apart: Newton's step still sharpens the gradient.
    if (newton && -descent <= kValueResolution * std::abs(value)) {
      *w += LargestStep(*w, direction) * direction;
      Normalise(w);
      value = ValueAt(objective, base, increments, *w);
      if (++blind_steps == kMaxBlindSteps) return;
      continue;
    }
    const double before = value;
    if (newton && Backtrack(objective, base, increments, direction, descent, w, &value)) continue;
    ExchangeStep(objective, base, increments, slope, w, &value);
    if (!(value < before)) return;
  }
}

/// Armijo's rule along `direction`; false when no step is good enough.
bool WeightOptimiser::Backtrack(const StackedObjective& objective, const Vector& base,
                                const Eigen::MatrixXd& increments, const WeightVector& direction, double descent,
                                WeightVector* w, double* value) {
  double length = LargestStep(*w, direction);
  for (int halving = 0; halving < 30; ++halving, length *= 0.5) {
    WeightVector trial = *w + length * direction;
    Normalise(&trial);
    const double candidate = ValueAt(objective, base, increments, trial);
    if (!(candidate <= *value + 1e-4 * length * descent) || !(candidate < *value)) continue;
    *value = candidate;
    *w = trial;
    return true;
  }
  ValueAt(objective, base, increments, *w);
  return false;
}

/// Where Newton's model is of no use (next to no curvature, or none that is finite): moves weight from the dearest
/// vertex in use to the cheapest one, as much as a bisection on the slope says.
void WeightOptimiser::ExchangeStep(const StackedObjective& objective, const Vector& base,
                                   const Eigen::MatrixXd& increments, const WeightVector& slope, WeightVector* w,
                                   double* value) {
  Eigen::Index cheapest = 0, dearest = -1;
  slope.minCoeff(&cheapest);
  for (Eigen::Index v = 0; v < w->size(); ++v) {
    if ((*w)[v] > 0.0 && v != cheapest && (dearest < 0 || slope[v] > slope[dearest])) dearest = v;
  }
  if (dearest < 0) return;
  const Vector direction = increments.col(cheapest) - increments.col(dearest);
  const Vector start = z_;
  double low = 0.0, high = (*w)[dearest];
  z_ = start + high * direction;
  StackedGradient(objective, z_, &gradient_);
  if (gradient_.dot(direction) > 0.0) {
    for (int halving = 0; halving < 60; ++halving) {
      const double middle = 0.5 * (low + high);
      z_ = start + middle * direction;
      StackedGradient(objective, z_, &gradient_);
      (gradient_.dot(direction) > 0.0 ? high : low) = middle;
    }
  } else {
    low = high;
  }
  (*w)[cheapest] += low;
  (*w)[dearest] -= low;
  Normalise(w);
  *value = ValueAt(objective, base, increments, *w);
}

double WeightOptimiser::ValueAt(const StackedObjective& objective, const Vector& base,
                                const Eigen::MatrixXd& increments, const WeightVector& w) {
  z_ = base;
  z_.noalias() += increments.leftCols(w.size()) * w;
  return StackedValue(objective, z_);
}

/// Newton's direction in the coordinates relative to the heaviest vertex, over the weights that are positive or want to
/// grow. A weight at zero that would fall is left out and the system solved again.
bool WeightOptimiser::NewtonDirection(const StackedObjective& objective, const Eigen::MatrixXd& increments,
                                      const WeightVector& w, const WeightVector& slope, WeightVector* direction) {
  Eigen::Index reference = 0, steepest = 0;
  w.maxCoeff(&reference);
  slope.minCoeff(&steepest);
  std::array<int, kMaxVertices> free;
  int count = 0;
  for (int v = 0; v < w.size(); ++v) {
    if (v != reference && (w[v] > 0.0 || v == steepest)) free[count++] = v;
  }
  while (count > 0) {
    WeightMatrix hessian = WeightMatrix::Zero(count, count);
    AddCurvature(objective, increments, free.data(), count, static_cast<int>(reference), &hessian);
    const double ridge = 1e-12 * (hessian.trace() + 1e-12 * slope.cwiseAbs().maxCoeff());
    hessian.diagonal().array() += ridge;
    WeightVector right(count);
    for (int i = 0; i < count; ++i) right[i] = slope[reference] - slope[free[i]];
    const WeightVector solution = hessian.ldlt().solve(right);
    if (!solution.allFinite()) return false;
    direction->setZero();
    int kept = 0;
    for (int i = 0; i < count; ++i) {
      if (w[free[i]] == 0.0 && solution[i] <= 0.0) continue;
      (*direction)[free[i]] = solution[i];
      (*direction)[reference] -= solution[i];
      free[kept++] = free[i];
    }
    if (kept == count) return slope.dot(*direction) < 0.0;
    count = kept;
  }
  return false;
}

/// Adds D' H D, at least its lower half, for the columns D_v = increments_v - increments_reference. The Hessian of
/// weight ||y||_q at u = y / ||y|| is weight (q - 1) / ||y|| (R R - (R r)(R r)'), R = diag(u^(q/2-1)), r = u^(q/2),
/// y = scale z. Entries that bend next to nothing, as many do for a large q, are left out.
void WeightOptimiser::AddCurvature(const StackedObjective& objective, const Eigen::MatrixXd& increments,
                                   const int* free, int count, int reference, WeightMatrix* hessian) {
  for (const NormTerm& term : objective.terms) {
    const double norm = TermNorm(objective, term, z_);
    if (term.q == 1.0 || norm == 0.0) continue;
    const double factor = term.weight * (term.q - 1.0) / norm;
    ListBends(objective, term, norm);
    WeightVector along = WeightVector::Zero(count);
    for (std::size_t first = 0; first < bends_.size(); first += kRowsAtOnce) {
      const auto size = std::min<Eigen::Index>(kRowsAtOnce, static_cast<Eigen::Index>(bends_.size() - first));
      auto rows = rows_.topLeftCorner(size, count);
      for (int i = 0; i < count; ++i) {
        for (Eigen::Index r = 0; r < size; ++r) {
          const Bend& bend = bends_[first + static_cast<std::size_t>(r)];
          rows(r, i) = bend.root * (increments(bend.entry, free[i]) - increments(bend.entry, reference));
        }
      }
      for (Eigen::Index r = 0; r < size; ++r)
        along += bends_[first + static_cast<std::size_t>(r)].share * rows.row(r).transpose();
      if (count < kFewVertices) {
        hessian->noalias() += factor * rows.transpose().lazyProduct(rows);
      } else {
        hessian->selfadjointView<Eigen::Lower>().rankUpdate(rows.transpose(), factor);
      }
    }
    hessian->selfadjointView<Eigen::Lower>().rankUpdate(along, -factor);
  }
}

/// The entries of a term that bend, into bends_.
void WeightOptimiser::ListBends(const StackedObjective& objective, const NormTerm& term, double norm) {
  bends_.clear();
  double largest = 0.0;
  for (int entry = term.begin; entry < term.begin + term.size; ++entry) {
    const double scale = objective.scale[entry], u = std::max(scale * z_[entry] / norm, 1e-12);
    const double share = Power(u, 0.5 * term.q), root = scale * share / u;
    largest = std::max(largest, root);
    bends_.push_back({entry, root, share});
  }
  const auto is_flat = [&](const Bend& bend) { return bend.root <= kFlat * largest; };
  bends_.erase(std::remove_if(bends_.begin(), bends_.end(), is_flat), bends_.end());
}

}  // namespace evenkeel
