// The only place where costs and footprints are added up over a period.
#pragma once

#include <vector>

#include "models/world/footprint.h"
#include "models/world/problem.h"

namespace evenkeel {

/// What a policy decides in a slot.
struct Allocation {
  Vector flow;  ///< x, [arcs], units of workload
  Vector shed;  ///< u, [gateways], unserved workload, given up for good; zero unless the problem has a shed cost
};

/// How much of a class's work a slot's decision may do, units.
struct ReleaseWindow {
  double low = 0.0;   ///< what is due and not done yet
  double high = 0.0;  ///< what is waiting
};

/// Of class k; `work_done` [classes] before the slot.
ReleaseWindow WindowOf(const Slot& slot, const Vector& work_done, int k);

/// What the slots so far cost and loaded.
struct Ledger {
  double energy_cost = 0.0;  ///< sum c . x, USD, energy and network
  double shed_cost = 0.0;    ///< USD
  /// sum_t sigma_t sum_j d_t[j] over firm demand, and sum_k max(0, -f_k) work_done[k], USD: added to J it makes all
  /// ratios well defined.
  double shift = 0.0;
  double shed = 0.0;       ///< unserved workload
  Loads load;              ///< L^k, per group [buckets], theta applied
  Vector region_cost;      ///< energy cost by region, USD
  Vector region_workload;  ///< workload by region, units
  Vector work_done;        ///< S, [classes], work done or given up, units

  double cost() const { return energy_cost + shed_cost; }
};

/// Everything zero.
Ledger MakeLedger(const Problem& problem);

/// Adds one slot of this firm demand (FirmDemand). Amounts are added in arc order, so that equal decisions give equal
/// bits.
void AddSlot(const Problem& problem, const Coefficients& coefficients, const Allocation& allocation, double firm_demand,
             Ledger* ledger);

/// sum_k mu_k ||L^k||_{q_k} for given loads.
double EquityCost(const Problem& problem, const Loads& load);

/// J of the slots so far, USD.
double ObjectiveValue(const Problem& problem, const Ledger& ledger);
/// J with every arc's cost shifted to be non-negative: what ratios and guarantees are stated for.
double ShiftedObjectiveValue(const Problem& problem, const Ledger& ledger);

/// Adds the loads of flows [arcs] to `load`, per group [buckets], and returns their cost c . x, USD.
double AddLoads(const Problem& problem, const Coefficients& coefficients, const Vector& flow, Loads* load);

Allocation MakeAllocation(const Problem& problem);

/// By how much a class's work, done or given up, is shifted so that it costs no less than nothing: max(0, -f_k) times
/// the units of it, USD.
inline double WorkShift(const Problem& problem, int k, double units) {
  return -problem.network.classes[k].cost_floor * units;
}
/// Work done or given up for class k by a decision, units.
double Released(const Problem& problem, const Allocation& allocation, int k);

/// Largest violation of the slot's constraints (demand, release windows, capacity, sign), in units of workload. 0 for a
/// feasible decision, infinity for a wrong size or a value that is not finite. `work_done` [classes] is Ledger's before
/// the slot; `region_use` is work space.
double Infeasibility(const Problem& problem, const Slot& slot, const Vector& work_done, const Allocation& allocation,
                     Vector* region_use);

}  // namespace evenkeel
