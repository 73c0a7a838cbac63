// One slot's dispatch by LEMON's network simplex, for comparison.
#pragma once

#include <memory>

#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// Without shedding, one variant, no cost below zero. LEMON's method is for whole numbers: workload and costs are
/// rounded to 1e-6.
class LemonDispatcher {
 public:
  explicit LemonDispatcher(const Problem& problem);
  ~LemonDispatcher();

  /// The optimum's cost. Throws InternalError when there is none.
  double Solve(const Vector& cost, const Slot& slot);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel
