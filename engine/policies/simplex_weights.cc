#include "engine/policies/simplex_weights.h"

#include <Eigen/Cholesky>

#include <array>
#include <cmath>

namespace evenkeel {
namespace {

constexpr int kMaxNewtonSteps = 40;
constexpr double kRelativeAccuracy = 1e-13;
constexpr double kValueResolution = 1e-13;
constexpr int kMaxBlindSteps = 3;

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

/// D' H D for the columns D_v = increments_v - increments_reference; the Hessian of weight ||y||_q at u = y / ||y|| is
/// weight (q - 1) / ||y|| (diag(u^(q-2)) - u^(q-1) u^(q-1)'), y = scale z.
void WeightOptimiser::AddCurvature(const StackedObjective& objective, const Eigen::MatrixXd& increments,
                                   const int* free, int count, int reference, WeightMatrix* hessian) {
  for (const NormTerm& term : objective.terms) {
    if (term.q == 1.0) continue;
    const auto scale = objective.scale.segment(term.begin, term.size);
    power_.head(term.size) = scale.cwiseProduct(z_.segment(term.begin, term.size));
    const double norm = TermNorm(objective, term, z_);
    if (norm == 0.0) continue;
    const double factor = term.weight * (term.q - 1.0) / norm;
    for (int b = 0; b < term.size; ++b) {
      const double u = std::max(power_[b] / norm, 1e-12);
      const double root = Power(u, term.q - 2.0);
      diagonal_[b] = scale[b] * scale[b] * root;
      power_[b] = scale[b] * root * u;
    }
    const auto origin = increments.col(reference).segment(term.begin, term.size);
    for (int i = 0; i < count; ++i)
      difference_.col(i).head(term.size) = increments.col(free[i]).segment(term.begin, term.size) - origin;
    WeightVector along(count);
    for (int i = 0; i < count; ++i) {
      const auto column = difference_.col(i).head(term.size);
      along[i] = power_.head(term.size).dot(column);
      weighted_.head(term.size) = diagonal_.head(term.size).cwiseProduct(column);
      for (int k = 0; k <= i; ++k) {
        const double curvature =
            weighted_.head(term.size).dot(difference_.col(k).head(term.size)) - along[i] * along[k];
        (*hessian)(i, k) += factor * curvature;
        if (k != i) (*hessian)(k, i) += factor * curvature;
      }
    }
  }
}

}  // namespace evenkeel
