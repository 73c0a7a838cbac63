// The safe decision that the advice's own prices like best:
//
//     minimise  (c + sum_k gamma^k h^k) . x     over x in X_t with budget(x) >= 0      (robustifiers/budget.h).
//
// Where work can wait, every unit of a class that is released counts its deferral price y_k less, and x is sought among
// mixtures of what is always safe, the advice, and decisions that release as much of every class as the advice does.
//
// The budget couples all arcs of the slot, through a few numbers only: the cost and the loads that x adds. So x is
// sought as a mixture of the expert's decision, the advice and vertices of X_t (Dantzig and Wolfe 1960), and the
// reserves of the budget as the largest of a few linear functions, exact ones for the norms 1 and inf, tangents for
// others (Kelley 1960). The mixture's linear program states multipliers lambda and Y^k in lambda mu_k (subdifferential
// of R_{q_k}); dispatch at
//
//     (1 + lambda) c + sum_k (gamma^k + Y^k) h^k
//
// gives the next vertex and a certified gap. The first mixture, of expert and advice, is what `line` plays, and each
// next one is no dearer.
#pragma once

#include <memory>

#include "robustifiers/budget.h"

namespace evenkeel {

struct PriceOptimalResult {
  bool feasible = false;  ///< false: the method failed, nothing was written
  double gap = 0.0;       ///< certified: how much dearer at (c, gamma) than the best safe decision, USD, at most
  int dispatches = 0;
};

/// What the advice values: shadow prices of the loads, and a unit of every class's work, [classes], USD.
struct StatedValues {
  const Prices& prices;
  const Vector& deferral;
};

/// sum_k (y_k + max(0, -f_k)) times what the decision releases of class k: what its cost, shifted as the budget's is,
/// weighs less.
double DeferralValue(const Problem& problem, const Vector& deferral, const Allocation& decision);

/// One slot's advice, the decision that is always safe (the expert's, robustifiers/recovery.h), and their increments.
struct SlotProposals {
  const Allocation& advice;
  const Increment& advice_step;
  const Allocation& expert;
  const Increment& expert_step;
};

/// No allocation per slot after the first ones.
class PriceOptimal {
 public:
  explicit PriceOptimal(const Problem& problem);
  ~PriceOptimal();

  /// Writes the decision to `result`, safe but for rounding: the caller still has to check.
  /// The expert's decision must be safe.
  PriceOptimalResult Decide(const Slot& slot, const Coefficients& coefficients, const SlotBudget& budget,
                            const StatedValues& values, const SlotProposals& proposals, Allocation* result);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel
