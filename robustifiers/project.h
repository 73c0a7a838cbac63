// The nearest safe point: minimise 1/2 || x - advice ||^2 over the slot's feasible set, subject to the budget
// (robustifiers/budget.h).
//
// A convex problem of one slot: a primal-dual interior-point method on the planner's slot kernel. The quadratic term
// adds 1 to every arc's z / x; the budget's cost and loads are the kernel's coupling rows, with multipliers
//
//   lambda of the budget,   gamma^k in lambda mu_k (subdifferential of R_{q_k}).
#pragma once

#include <memory>

#include "robustifiers/budget.h"

namespace evenkeel {

class Projector {
 public:
  explicit Projector(const Problem& problem);
  ~Projector();

  /// Writes the nearest safe point to `advice`, to a tolerance of 1e-8 in its constraints, so that the caller still has
  /// to check it. The safe set needs an interior: the expert's decision must leave some budget. False when the method
  /// does not converge.
  bool Project(const Slot& slot, const Coefficients& coefficients, const SlotBudget& budget, const Allocation& advice,
               Allocation* result);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel
