// Checks a claimed optimum with nothing but arithmetic: no solver has to be trusted. It shares no code with the offline
// solver.
//
// For prices gamma in the dual set, LB(gamma) = sum_t min_{x in X_t} (c_t + sum_k gamma^k h^k_t) . x <= OPT  (theorem
// 1), and for any capacity prices pi >= 0 each slot's minimum is at least sum_j d[j] min_a (cost[a] + r[a] pi[i]) -
// sum_i pi[i] cap[i]: the checker evaluates that sum itself, so that even a wrong dispatch could only make the bound
// weaker.
//
// Of work that can wait, for any deferral prices y, with a what arrives, B = A - G what may be left waiting, and m_t =
// A_t - G_{t-1} what any schedule can do at most in a slot (theorem 1'),
//
//   LB(gamma, y) = sum_t min_{x in X_t, class work in [0, m_t]} (c_t + sum_k gamma^k h^k_t - y_t on class arcs) . x
//                  + sum_t y_t a_t - sum_t B_t (y_t - y_{t+1})^+ <= OPT,     y = 0 behind the last slot,
//
// where a class adds m_t min(0, min_a (cost[a] + r[a] pi[i]) - y_t) to the sum.
#pragma once

#include <functional>
#include <vector>

#include "engine/slot_minimum.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// A lower bound on the optimum of the slots so far, kept slot by slot.
class PrefixBound {
 public:
  /// `prices` must lie in the dual set, to 1e-9 of mu; throws InputError otherwise. `deferral_prices` [slots x
  /// classes], finite, belong to the slots in the order in which they are added, and may be left out where there are no
  /// classes.
  explicit PrefixBound(const Problem& problem, Prices prices, RowMatrix deferral_prices = RowMatrix());
  /// Slots in order, from the period's first. Throws InputError when the slot's firm demand cannot be served.
  void Add(const Slot& slot, const Coefficients& coefficients);
  /// Takes the slot's minimum at given capacity prices (>= 0, [regions]) instead of finding the best: never more, and
  /// as good where they are the optimal ones.
  void AddAt(const VectorRef& capacity_price, const Slot& slot, const Coefficients& coefficients);
  /// LB of the slots added, for the unshifted J, USD. Work that is not due in them need not be done.
  double value() const;
  /// What the demand of the slots added would cost at most at the prices, by size, USD: what a gap is small beside.
  double gross() const { return gross_; }

 private:
  void AddSlot(const VectorRef& capacity_price, const Slot& slot);
  void AddWork(const VectorRef& capacity_price, const Slot& slot);
  Vector DeferralPrices() const;
  Vector MostWork(const Slot& slot) const;

  const Problem& problem_;
  Prices prices_;
  RowMatrix deferral_prices_;
  SlotMinimum minimum_;
  Vector cost_;
  double bound_ = 0.0, gross_ = 0.0;
  int slots_ = 0;
  Vector due_, room_, deferral_price_;  // of the last slot added, [classes]: G, B, y
};

/// (objective - lower_bound) / |objective + shift|, 0 when they are equal; never beside less than a millionth of
/// `gross` (PrefixBound::gross).
double RelativeGap(double objective, double lower_bound, double shift, double gross = 0.0);

/// J over a reference, both shifted: 1 when both are zero, infinity when only the reference is.
double Ratio(double shifted_objective, double shifted_reference);

/// LB(prices, deferral_prices) for the unshifted J; throws InputError when the prices are outside the dual set by more
/// than 1e-9 of mu. Where there are classes and no deferral prices, those of engine/deferral_prices.h.
double LowerBound(const Problem& problem, SlotSource& slots, const Prices& prices,
                  const RowMatrix& deferral_prices = RowMatrix());

/// Always filled in: whether it confirms the claim is for the caller to say, by `gap` and `infeasibility` together. A
/// small gap of infeasible decisions proves nothing but the lower bound.
struct Certificate {
  double objective = 0.0;      ///< J recomputed from the allocations
  double lower_bound = 0.0;    ///< recomputed from the prices
  double shift = 0.0;          ///< added to both before the gap is taken
  double gap = 0.0;            ///< (objective - lower_bound) / (objective + shift)
  double infeasibility = 0.0;  ///< largest violation of a slot's constraints, relative to the slot's demand
};

/// Recomputes both sides of a claimed optimum. `allocation_of(t)` returns slot t's decision. Deferral prices as for
/// LowerBound.
Certificate CheckCertificate(const Problem& problem, SlotSource& slots,
                             const std::function<const Allocation&(int)>& allocation_of, const Prices& prices,
                             const RowMatrix& deferral_prices = RowMatrix());

}  // namespace evenkeel
