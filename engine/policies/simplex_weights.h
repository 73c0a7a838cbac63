// Inner problem of engine/policies/slot_problem.h: the best convex combination of a few vertices.
#pragma once

#include <Eigen/Core>

#include <vector>

#include "engine/policies/stacked_objective.h"

namespace evenkeel {

inline constexpr int kMaxVertices = 128;
/// Weights and reduced Hessians live on the stack: no allocation.
using WeightVector = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, kMaxVertices, 1>;
using WeightMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, kMaxVertices, kMaxVertices>;

/// Work space for one size of the stack.
class WeightOptimiser {
 public:
  explicit WeightOptimiser(int stack_size) : z_(stack_size), gradient_(stack_size), rows_(kRowsAtOnce, kMaxVertices) {
    bends_.reserve(static_cast<std::size_t>(stack_size));
  }

  /// Minimises objective(base + increments w) over w >= 0, sum w = 1 from the given feasible w by Newton steps on the
  /// weights that are free. `increments` is [stack x vertices], of which the first w.size() columns count.
  void Minimise(const StackedObjective& objective, const Vector& base, const Eigen::MatrixXd& increments,
                WeightVector* w);

 private:
  double ValueAt(const StackedObjective& objective, const Vector& base, const Eigen::MatrixXd& increments,
                 const WeightVector& w);
  bool Backtrack(const StackedObjective& objective, const Vector& base, const Eigen::MatrixXd& increments,
                 const WeightVector& direction, double descent, WeightVector* w, double* value);
  void ExchangeStep(const StackedObjective& objective, const Vector& base, const Eigen::MatrixXd& increments,
                    const WeightVector& slope, WeightVector* w, double* value);
  bool NewtonDirection(const StackedObjective& objective, const Eigen::MatrixXd& increments, const WeightVector& w,
                       const WeightVector& slope, WeightVector* direction);
  void AddCurvature(const StackedObjective& objective, const Eigen::MatrixXd& increments, const int* free, int count,
                    int reference, WeightMatrix* hessian);
  void ListBends(const StackedObjective& objective, const NormTerm& term, double norm);

  /// How a norm bends along an entry: with R and r as AddCurvature's.
  struct Bend {
    int entry;
    double root;   // scale R
    double share;  // r
  };
  static constexpr int kRowsAtOnce = 64;  // Eigen's work space for more would come from the heap

  Vector z_, gradient_;
  std::vector<Bend> bends_;
  Eigen::MatrixXd rows_;  // [entries x vertices]: R D of some entries
};

}  // namespace evenkeel
