// The convex problem of one slot that greedy experts solve: a linear cost plus weighted norms of what has accumulated,
//
//     minimise over x in X_t    f(base + increments(x)),
//
// f as in engine/policies/stacked_objective.h, of the stacked cost and loads. Solved by fully corrective conditional
// gradients (simplicial decomposition, von Hohenbalken 1977): dispatch at the gradient's prices gives a vertex of X_t
// and a certified gap, Newton steps over the weights of the few vertices so far give the next gradient. Where that
// takes many vertices, prices lean towards the best ones so far.
#pragma once

#include <memory>

#include "engine/policies/stacked_objective.h"
#include "models/world/footprint.h"
#include "models/world/ledger.h"

namespace evenkeel {

struct SlotSolution {
  double gap = 0.0;  ///< certified: value - optimum <= gap * |value|
  bool converged = true;
  int vertices = 0;  ///< dispatches done
};

/// Keeps work space and the last slot's increments, from which the next slot's first prices are guessed.
class SlotSolver {
 public:
  SlotSolver(const Problem& problem, StackedObjective objective, double tolerance);
  ~SlotSolver();

  /// Throws InputError when the demand cannot be served.
  SlotSolution Solve(const Slot& slot, const Coefficients& coefficients, const Vector& base, Allocation* allocation);
  /// Prices of the stacked entries with the best bound of the last slot: the solution is a dispatch at them to its gap
  /// or, where norms were smoothed, nearly to it.
  const Vector& prices() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel
