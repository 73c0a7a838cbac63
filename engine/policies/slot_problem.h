// The convex problem of one slot that greedy experts solve: a linear cost plus weighted norms of what has accumulated,
//
//     minimise over x in X_t    linear z_0 + sum_n weight_n || (scale z)_{term n} ||_{q_n},      z = base +
//     increments(x),
//
// where z stacks the cost (entry 0) and the loads of every group. Solved by fully corrective conditional gradients
// (simplicial decomposition, von Hohenbalken 1977): dispatch at the gradient's prices gives a vertex of X_t and a
// certified gap, Newton steps over the weights of the few vertices so far give the next gradient.
#pragma once

#include <memory>
#include <vector>

#include "engine/dispatch/dispatch.h"
#include "models/world/footprint.h"
#include "models/world/ledger.h"

namespace evenkeel {

struct NormTerm {
  int begin = 0;  ///< entries [begin, begin + size) of the stack
  int size = 0;
  double weight = 1.0;
  double q = 2.0;  ///< finite
  /// A constant entry beside the others. Above zero it makes the norm smooth where all its entries vanish, for at most
  /// weight * smoothing.
  double smoothing = 0.0;
};

struct StackedObjective {
  double linear = 0.0;          ///< price of the cost entry outside of any norm
  Vector scale;                 ///< [stack], >= 0
  std::vector<NormTerm> terms;  ///< disjoint
};

/// Entries of the stack: the cost and every bucket of every group.
int StackSize(const Problem& problem);

/// The norm of one term at z, [stack], without its weight.
double TermNorm(const StackedObjective& objective, const NormTerm& term, const Vector& z);

/// Value at z, [stack], entries >= 0 inside norms.
double StackedValue(const StackedObjective& objective, const Vector& z);
void StackedGradient(const StackedObjective& objective, const Vector& z, Vector* gradient);

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

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel
