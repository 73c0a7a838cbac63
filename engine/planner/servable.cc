#include "engine/planner/servable.h"

#include <algorithm>

#include "engine/planner/interior_point.h"
#include "engine/planner/period_data.h"
#include "engine/slot_minimum.h"
#include "models/base/error.h"
#include "models/slots/trace_window.h"

namespace evenkeel {
namespace {

constexpr double kShortfall = 1e-7;  // of what a slot has to do; the solver's accuracy hides less

void CheckFirmDemand(const Problem& problem, SlotSource& slots) {
  SlotMinimum minimum(problem);
  const Vector cost = Vector::Zero(problem.num_arcs()), none = Vector::Zero(problem.num_classes());
  Slot slot;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    minimum.CapacityPrices(cost, slot, none, none);
  }
}

struct Shortfall {
  double total = 0.0;  ///< least that the slots leave unserved of demand and of due work, units
  bool significant = false;
  int gateway = 0;  ///< a class's with the largest part
};

/// Of the first `count` slots: the least unserved workload is the optimum at cost 1 for it and 0 for the rest.
Shortfall LeastShortfall(const Problem& problem, SlotSource& slots, int count, const Vector& work_done) {
  Problem relaxed = problem;
  relaxed.shed_cost = 1.0;
  relaxed.groups.clear();
  SlotWindow prefix(slots, 0, count);
  PeriodData data = AssemblePeriod(relaxed, prefix, 0, {}, work_done);
  for (int a = 0; a < data.num_arcs; ++a) data.cost.col(a).setConstant(data.source[a] < 0 ? 1.0 : 0.0);
  const InteriorPointResult result = SolveInteriorPoint(data, {});
  Shortfall shortfall;
  shortfall.total = result.objective;
  shortfall.significant =
      result.dual_objective > kShortfall * std::max(data.demand.maxCoeff(), data.arrival.maxCoeff());
  double most = -1.0;
  for (int a = 0; a < data.num_arcs; ++a) {
    if (data.source[a] >= 0 || data.work[a] < 0) continue;
    const double mine = result.flow.col(a).sum();
    if (mine > most) shortfall.gateway = problem.network.num_firm() + data.work[a];
    most = std::max(most, mine);
  }
  return shortfall;
}

}  // namespace

void CheckServable(const Problem& problem, SlotSource& slots, const Vector& done) {
  CheckFirmDemand(problem, slots);
  if (problem.num_classes() == 0 || problem.shed_cost) return;
  const Vector work_done = done.size() > 0 ? done : Vector::Zero(problem.num_classes());
  int served = 0, unserved = slots.num_slots();  // prefixes; a longer one is no easier
  Shortfall shortfall = LeastShortfall(problem, slots, unserved, work_done);
  if (!shortfall.significant) return;
  while (unserved - served > 1) {
    const int middle = (served + unserved) / 2;
    const Shortfall of_middle = LeastShortfall(problem, slots, middle, work_done);
    (of_middle.significant ? unserved : served) = middle;
    if (of_middle.significant) shortfall = of_middle;
  }
  throw InputError(
      "slot {}: more is due than capacity can do: of the demand and the work that is due by its end, {:.6g} units "
      "cannot be served, most of it of '{}'; allowed: what capacity and reachability can serve in time, or a shed cost",
      unserved - 1, shortfall.total, problem.network.gateways[shortfall.gateway].name);
}

/// The capacity that a unit of every gateway's demand uses at least, [firm gateways].
Vector LeastResource(const Problem& problem) {
  const int firm = problem.network.num_firm();
  Vector least = Vector::Constant(firm, kInfinity);
  for (const Arc& arc : problem.arcs.arcs) {
    if (arc.gateway < firm) least[arc.gateway] = std::min(least[arc.gateway], arc.resource);
  }
  return least;
}

// Residuals of every decision x >= 0, with |d_j - x_j| <= e and r x <= C_i + e, sum up to
//   sum_j r_j d_j - sum_i C_i <= (sum_j r_j + regions) e      for the least r_j of a gateway's arcs.
void CheckTotalCapacity(const Problem& problem, SlotSource& slots, double accuracy) {
  if (problem.shed_cost) return;
  const Vector least = LeastResource(problem);
  const int count = slots.num_slots();
  Vector wanted(count), capacity(count);
  double largest = 0.0;
  Slot slot;
  for (int t = 0; t < count; ++t) {
    slots.Read(t, &slot);
    const auto firm = slot.demand.head(least.size());
    wanted[t] = least.dot(firm);
    capacity[t] = slot.capacity.sum();
    largest = std::max(largest, slot.demand.sum());
  }
  const double hidden = accuracy * largest * (least.sum() + problem.network.num_regions());
  for (int t = 0; t < count; ++t) {
    if (!(wanted[t] - capacity[t] > hidden)) continue;
    slots.Read(t, &slot);
    throw InputError("slot {}: demand cannot be served: it needs {:.6g} of capacity, all regions together have {:.6g}",
                     slot.index, wanted[t], capacity[t]);
  }
}

}  // namespace evenkeel
