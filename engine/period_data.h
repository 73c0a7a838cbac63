// The whole period's problem in the flat form the planner works on:
//
//   minimise    sum_t cost_t . x_t + sum_k phi_k(L^k),      L^k = L0^k + sum_t h^k_t x_t,   phi_k = mu_k || . ||_{q_k}
//   subject to  every slot's demand rows (gateways) and capacity rows (regions), x >= 0.
//
// Where everyone reaches everyone at a cost that depends on the region only, gateways are interchangeable, and all
// demand is gathered at one gateway: exact, since any split of the optimum over the gateways has the same cost and
// loads.
#pragma once

#include <vector>

#include "models/footprint.h"
#include "models/ledger.h"
#include "models/problem.h"
#include "models/slot.h"

namespace evenkeel {

/// A group that couples the slots; groups of weight 0 or norm 1 do not and are absent (norm 1 is part of the cost).
struct CoupledGroup {
  int group = 0;        ///< index in the problem
  double weight = 0.0;  ///< mu > 0
  double norm = 0.0;    ///< q in (1, inf]
  int first_load = 0;   ///< loads [first_load, first_load + num_loads) of the stacked load vector
  int num_loads = 0;
  std::vector<int> load_of_arc;  ///< [arcs], index into the stacked load vector, -1 for a shed arc
};

struct PeriodData {
  int num_slots = 0, num_gateways = 0, num_regions = 0, num_arcs = 0, num_loads = 0;
  bool aggregated = false;           ///< all gateways gathered at one
  std::vector<int> gateway, region;  ///< [arcs]; region -1: unserved workload
  Vector resource;                   ///< [arcs]
  std::vector<CoupledGroup> groups;
  Vector initial_load;          ///< L0, [loads]
  RowMatrix cost;               ///< [slots x arcs], USD per unit, with the groups of norm 1
  std::vector<RowMatrix> load;  ///< per coupled group [slots x arcs]
  RowMatrix demand;             ///< [slots x gateways]
  RowMatrix capacity;           ///< [slots x regions]
};

/// Reads slots [first, num_slots). `initial` are the loads before `first`, per group of the problem. Throws InputError
/// when a slot's demand cannot be served.
PeriodData AssemblePeriod(const Problem& problem, SlotSource& slots, int first, const std::vector<Vector>& initial);

/// A slot's flows in the problem's own arcs; `flow` [arcs of the data]. Negative rounding is clipped and every
/// gateway's demand met exactly (to rounding).
void ExpandFlow(const Problem& problem, const PeriodData& data, const VectorRef& flow, const Vector& demand,
                Allocation* allocation);

}  // namespace evenkeel
