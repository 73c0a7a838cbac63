// A slot's minimum at given prices where work may wait: firm demand is served, and of every class at most what any
// schedule can do in the slot, as far as that lowers the cost.
#pragma once

#include <memory>

#include "engine/dispatch/dispatch.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// min_a (cost[a] + r[a] pi[i]) over a gateway's arcs: a unit of its workload at capacity prices pi, [regions], or the
/// shed cost where that is less.
double CheapestUnit(const Problem& problem, const Vector& cost, const VectorRef& capacity_price, int gateway);

class SlotMinimum {
 public:
  /// `problem` must outlive this.
  explicit SlotMinimum(const Problem& problem);

  /// Optimal capacity prices [regions], >= 0, of
  ///
  ///     min sum_a cost[a] x[a] + shed_cost sum_j u[j] - sum_k y[k] (work done or given up of class k)
  ///
  /// over firm demand served in full and at most most[k] of every class. `cost` [arcs], `deferral_price` y and `most`
  /// [classes]. Valid until the next call. Throws InputError when the slot's firm demand cannot be served.
  const Vector& CapacityPrices(const Vector& cost, const Slot& slot, const VectorRef& deferral_price,
                               const VectorRef& most);

 private:
  const Problem& problem_;
  std::unique_ptr<const Problem> relaxed_;  // where work can wait: with one more region, where what is undone goes
  Dispatcher dispatcher_;
  Allocation allocation_;
  Slot slot_;
  Vector cost_, capacity_price_;
};

}  // namespace evenkeel
