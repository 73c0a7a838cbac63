// Dispatch at prices: the exact optimum of one slot's linear problem
//
//   minimise    sum_a cost[a] x[a] + shed_cost sum_j u[j]
//   subject to  sum_{a of gateway j} x[a] + u[j] = demand[j]          for every gateway j
//               sum_{a in region i} r[a] x[a]    <= capacity[i]       for every region i
//               x, u >= 0,     u = 0 unless shedding is allowed,
//
// a transportation problem, generalised by the resource r[a] that a unit uses. Solved by a primal simplex method: on
// the network where a unit uses one of resource everywhere (engine/dispatch/network_simplex.h), else with generalised
// upper bounds (engine/dispatch/general_simplex.h).
#pragma once

#include <memory>
#include <string>

#include "engine/dispatch/result.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// Owns the work space for one problem; no allocation per slot after the first.
class Dispatcher {
 public:
  explicit Dispatcher(const Problem& problem);
  ~Dispatcher();
  Dispatcher(Dispatcher&&) noexcept;

  /// `cost` [arcs] must be finite. `allocation` has the problem's sizes. The problem's shed cost counts `cost_scale`
  /// times.
  DispatchResult Solve(const Vector& cost, const Slot& slot, Allocation* allocation, double cost_scale = 1.0,
                       DispatchStart start = DispatchStart::kCold);

  /// Marginal cost of capacity of the last solve, [regions], USD per unit of resource, >= 0; means something after
  /// kOptimal only.
  const Vector& capacity_price() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Solves, and throws InputError naming slot, gateways and shortfall when the demand cannot be served.
DispatchResult DispatchOrThrow(const Problem& problem, const Vector& cost, const Slot& slot, Dispatcher* dispatcher,
                               Allocation* allocation, double cost_scale = 1.0,
                               DispatchStart start = DispatchStart::kCold);

}  // namespace evenkeel
