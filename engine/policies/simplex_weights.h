// Inner problem of engine/policies/slot_problem.h: the best convex combination of a few vertices.
#pragma once

#include <Eigen/Core>

#include "engine/policies/stacked_objective.h"

namespace evenkeel {

inline constexpr int kMaxVertices = 128;
/// Weights and reduced Hessians live on the stack: no allocation.
using WeightVector = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, kMaxVertices, 1>;
using WeightMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, kMaxVertices, kMaxVertices>;

/// Work space for one size of the stack.
class WeightOptimiser {
 public:
  explicit WeightOptimiser(int stack_size)
      : z_(stack_size),
        gradient_(stack_size),
        diagonal_(stack_size),
        power_(stack_size),
        weighted_(stack_size),
        difference_(stack_size, kMaxVertices) {}

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

  Vector z_, gradient_, diagonal_, power_, weighted_;
  Eigen::MatrixXd difference_;  // [stack x vertices], of vertices to the reference
};

}  // namespace evenkeel
