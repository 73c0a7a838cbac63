// What greedy experts minimise in a slot: a linear cost plus weighted norms of what has accumulated,
//
//     f(z) = linear z_0 + sum_n weight_n || (scale z)_{term n} ||_{q_n},
//
// where z is a stack: the cost (entry 0) and the loads of every group (models/world/stack.h).
#pragma once

#include <vector>

#include "models/world/problem.h"

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

/// The norm of one term at z, [stack], without its weight.
double TermNorm(const StackedObjective& objective, const NormTerm& term, const Vector& z);

/// Value at z, [stack], entries >= 0 inside norms.
double StackedValue(const StackedObjective& objective, const Vector& z);
void StackedGradient(const StackedObjective& objective, const Vector& z, Vector* gradient);

}  // namespace evenkeel
