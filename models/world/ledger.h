// The only place where costs and footprints are added up over a period.
#pragma once

#include <vector>

#include "models/world/footprint.h"
#include "models/world/problem.h"

namespace evenkeel {

/// What a policy decides in a slot.
struct Allocation {
  Vector flow;  ///< x, [arcs], units of workload
  Vector shed;  ///< u, [gateways], unserved workload; zero unless the problem has a shed cost
};

/// What the slots so far cost and loaded.
struct Ledger {
  double energy_cost = 0.0;  ///< sum c . x, USD, energy and network
  double shed_cost = 0.0;    ///< USD
  double shift = 0.0;        ///< sum_t sigma_t * sum_j d_t[j], USD: added to J it makes all ratios well defined
  double shed = 0.0;         ///< unserved workload
  Loads load;                ///< L^k, per group [buckets], theta applied
  Vector region_cost;        ///< energy cost by region, USD
  Vector region_workload;    ///< workload by region, units

  double cost() const { return energy_cost + shed_cost; }
};

/// Everything zero.
Ledger MakeLedger(const Problem& problem);

/// Adds one slot. Amounts are added in arc order, so that equal decisions give equal bits.
void AddSlot(const Problem& problem, const Coefficients& coefficients, const Allocation& allocation,
             double total_demand, Ledger* ledger);

/// sum_k mu_k ||L^k||_{q_k} for given loads.
double EquityCost(const Problem& problem, const Loads& load);

/// J of the slots so far, USD.
double ObjectiveValue(const Problem& problem, const Ledger& ledger);
/// J with every arc's cost shifted to be non-negative: what ratios and guarantees are stated for.
double ShiftedObjectiveValue(const Problem& problem, const Ledger& ledger);

/// Adds the loads of flows [arcs] to `load`, per group [buckets], and returns their cost c . x, USD.
double AddLoads(const Problem& problem, const Coefficients& coefficients, const Vector& flow, Loads* load);

Allocation MakeAllocation(const Problem& problem);

/// Largest violation of the slot's constraints (demand, capacity, sign), in units of workload. 0 for a feasible
/// decision, infinity for a wrong size or a value that is not finite. `region_use` is work space.
double Infeasibility(const Problem& problem, const Slot& slot, const Allocation& allocation, Vector* region_use);

}  // namespace evenkeel
