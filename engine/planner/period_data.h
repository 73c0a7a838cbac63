// The whole period's problem in the flat form the planner works on:
//
//   minimise    sum_t cost_t . x_t + sum_k phi_k(L^k),   L = L0 + sum_t I_t E x_t,   phi_k = mu_k || . ||_{q_k}
//   subject to  every slot's demand rows (gateways) and capacity rows (regions), x >= 0
//
// with E [activities x arcs] fixed and I_t diagonal (one intensity per load).
//
// Where everyone reaches everyone at a cost that depends on the region only, gateways are interchangeable, and all
// demand is gathered at one gateway: exact, since any split of the optimum over the gateways has the same cost and
// loads.
#pragma once

#include <vector>

#include "models/world/footprint.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

/// A group that couples the slots; groups of weight 0 or norm 1 do not and are absent (norm 1 is part of the cost).
struct CoupledGroup {
  int group = 0;        ///< index in the problem
  double weight = 0.0;  ///< mu > 0
  double norm = 0.0;    ///< q in (1, inf]
  int first_load = 0;   ///< loads [first_load, first_load + num_loads) of the stacked load vector
  int num_loads = 0;
  int first_activity = 0;  ///< load first_load + b is intensity x activity first_activity + b
};

/// What buckets add up before the slot's intensity is applied (models/world/footprint.h): carbon and water share one
/// set, the energy used in the regions.
struct ActivitySet {
  int first = 0, count = 0;  ///< activities [first, first + count) of the stacked activity vector
  std::vector<int> of_arc;   ///< [arcs], index into the stacked activity vector, -1 for a shed arc
  Vector per_unit;           ///< [arcs]
};

struct PeriodData {
  int num_slots = 0, num_gateways = 0, num_regions = 0, num_arcs = 0, num_loads = 0, num_activities = 0;
  bool aggregated = false;           ///< all gateways gathered at one
  std::vector<int> gateway, region;  ///< [arcs]; region -1: unserved workload
  Vector resource;                   ///< [arcs]
  std::vector<CoupledGroup> groups;
  std::vector<ActivitySet> activities;
  Vector initial_load;  ///< L0, [loads]
  RowMatrix cost;       ///< [slots x arcs], USD per unit, with the groups of norm 1
  RowMatrix intensity;  ///< [slots x loads], load per unit of activity
  RowMatrix demand;     ///< [slots x gateways]
  RowMatrix capacity;   ///< [slots x regions]
};

/// Reads slots [first, num_slots). `initial` are the loads before `first`, per group of the problem.
PeriodData AssemblePeriod(const Problem& problem, SlotSource& slots, int first, const Loads& initial);

/// The problem's prices from the stacked ones of the coupled groups, scaled into the dual set. A norm of 1 has one
/// price, its weight.
Prices PricesOfPeriod(const Problem& problem, const PeriodData& data, const Vector& stacked);

/// Throws InputError that names the first slot whose demand cannot be served, and its gateways.
void CheckServable(const Problem& problem, SlotSource& slots);

/// A slot's flows in the problem's own arcs; `flow` [arcs of the data]. Negative rounding is clipped and every
/// gateway's demand met exactly (to rounding).
void ExpandFlow(const Problem& problem, const PeriodData& data, const VectorRef& flow, const Vector& demand,
                Allocation* allocation);

}  // namespace evenkeel
