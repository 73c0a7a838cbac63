// The budget: how much of the promised margin over the expert is left (docs/guarantees.md, theorem 4).
//
// The engine has cost C and loads L, the expert beside it C_E and E, both of the slots up to and including t. With
//
//   R_inf(D) = max_b D_b      R_1(D) = sum_b D_b      R_q(D) = || max(D, 0) ||_q   for q in (1, inf)
//   budget_t = allowance_t  -  (C_t - C_E,t)  -  sum_k mu_k R_{q_k}(L^k_t - E^k_t)
//   allowance_t = rho max(J_E,t, F) + B
//
// a decision is safe when budget_t >= 0 with it. If every decision is safe, J_t <= J_E,t + allowance_t at every t,
// since ||L|| <= ||E|| + R(L - E). The expert's own decision is always safe after a safe slot: it changes neither
// C - C_E nor L - E, while the allowance never falls. Costs are the shifted ones; engine and expert serve the same firm
// demand, so that its shift cancels in C - C_E. Of work that can wait the engine may have done more than the expert, by
// a lead: there C - C_E holds lead_k max(0, -f_k), and what is always safe is robustifiers/recovery.h (theorem 7).
//
// What this computes is what counts. The formula stands in one other place of the program, which is held to this one:
// predictors/torch/line_twin.cc, for its gradients (tests/unit/predictors/torch/line_twin_test.cc, to 1e-10).
// price_optimal asks this one for the reserve's values and tangents.
#pragma once

#include <vector>

#include "models/world/ledger.h"
#include "models/world/problem.h"

namespace evenkeel {

/// What may be spent above the expert.
struct Spending {
  double rho = 0.05;     ///< share of the expert's shifted objective, >= 0
  double bonus = 0.0;    ///< B, USD, >= 0
  double planned = 0.0;  ///< F, planned shifted objective of the period, USD, >= 0; 0: the anytime rule
};

/// rho max(J_E, F) + B for the expert's shifted objective so far. Never falls as J_E grows.
double Allowance(const Spending& spending, double expert_objective);

/// R_q(difference).
double Reserve(const VectorRef& difference, double q);

/// A subgradient of R_q, of size [buckets]: R_q(D) >= gradient . D for every D, with equality at `difference`.
void ReserveGradient(const VectorRef& difference, double q, Eigen::Ref<Vector> gradient);

/// Cost and loads that a decision adds in a slot.
struct Increment {
  double cost = 0.0;  ///< energy, network and shedding, USD, not shifted but for the work of classes
  Loads load;         ///< per group [buckets]
};

/// Fills `increment`; buffers are reused.
void ComputeIncrement(const Problem& problem, const Coefficients& coefficients, const Allocation& allocation,
                      Increment* increment);

/// The budget of one slot as a function of the engine's decision in it.
class SlotBudget {
 public:
  explicit SlotBudget(const Problem& problem);

  /// `engine` and `expert` are the ledgers before the slot, `expert_increment` what the expert's decision adds,
  /// `allowance` the one after the slot.
  void Begin(const Ledger& engine, const Ledger& expert, const Increment& expert_increment, double allowance);

  /// The budget with a decision of this increment, USD.
  double Value(const Increment& increment) const;

  /// The budget on the segment from `from` (alpha = 0) to `to` (alpha = 1), and a supergradient in alpha. Concave in
  /// alpha.
  struct OnSegment {
    double value, slope;
  };
  OnSegment ValueOnSegment(const Increment& from, const Increment& to, double alpha) const;

  /// The parts, for solvers:
  ///     budget with a decision x  =  room() - cost(x) - sum_k mu_k R(difference()^k + load^k(x))
  double room() const { return room_; }
  const Loads& difference() const { return difference_; }

 private:
  const Problem& problem_;
  double room_ = 0.0;  // allowance - (C before - C_E after)
  Loads difference_;   // L before - E after
  mutable Vector scratch_, direction_;
};

/// The settled budget: both ledgers after the same slot.
double SettledBudget(const Problem& problem, const Ledger& engine, const Ledger& expert, double allowance);

}  // namespace evenkeel
