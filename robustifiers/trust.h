// How much of the allowance advice may use: all of it, or as much as it has earned.
//
// The adaptive rule looks at every slot's advice a_s and expert's decision e_s at the expert's own shadow prices
// gamma_s (engine/smoothed_prices.h at its loads), v_s(x) = (c_s + gamma_s h_s) . x on shifted costs,
// and books a credit when the advice is not much dearer:
//
//   credit_s    = max(0, (1 + tolerance) v_s(e_s) - v_s(a_s)),  capped at tolerance v_s(e_s)
//   allowance_t = min( margin_t,  floor margin_t + gain sum_{s < t} credit_s ) + B,      margin_t = rho max(J_E,t, F)
//
// Where work can wait the two may serve different amounts, and v_s(a_s) counts per unit: times what e_s serves over
// what a_s does; an advice that serves nothing earns nothing.
//
// The allowance never falls and never exceeds margin_t + B, so that theorem 4 holds with it unchanged. Beyond it,
//
//   J_t <= J_E,t + floor margin_t + B + gain sum_{s < t} credit_s :
//
// advice that always looks more than `tolerance` dearer than the expert costs at most floor times the margin
// (docs/guarantees.md).
#pragma once

#include "robustifiers/budget.h"

namespace evenkeel {

struct TrustOptions {
  bool adaptive = false;
  double floor = 0.1;       ///< share of the margin that is there without proof, in [0, 1]
  double tolerance = 0.05;  ///< by how much advice may look dearer than the expert and still earn credit, >= 0
  double gain = 4.0;        ///< margin per USD of credit, >= 0
};

class Trust {
 public:
  Trust(const Problem& problem, const Spending& spending, const TrustOptions& options);

  /// Allowance at an expert's shifted objective, with what the advice has earned in the slots before.
  double AllowanceAt(double expert_objective) const { return AllowanceAt(expert_objective, credit_); }
  /// The same with what it had earned at another time.
  double AllowanceAt(double expert_objective, double credit) const;
  /// sum of the credits so far, USD.
  double credit() const { return credit_; }

  /// Books a settled slot; `expert_ledger` is the expert's after it.
  void Observe(const Coefficients& metered, const Ledger& expert_ledger, const Allocation& advice,
               const Allocation& expert);

 private:
  double PricedShiftedCost(const Coefficients& metered, const Allocation& allocation) const;
  double PricedAdvice(const Coefficients& metered, const Allocation& advice, const Allocation& expert) const;

  const Problem& problem_;
  Spending spending_;
  TrustOptions options_;
  double credit_ = 0.0;
  Prices prices_;
  Vector cost_;
};

}  // namespace evenkeel
