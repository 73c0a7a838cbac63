// The whole period's problem in the flat form the planner works on:
//
//   minimise    sum_t cost_t . x_t + sum_k phi_k(L^k),   L = L0 + sum_t I_t E x_t,   phi_k = mu_k || . ||_{q_k}
//   subject to  every slot's demand rows (gateways) and capacity rows (regions), x >= 0
//
// with E [activities x arcs] fixed and I_t diagonal (one intensity per load).
//
// Where everyone reaches everyone at a cost that depends on the region only, gateways are interchangeable, and all
// their demand is gathered at one gateway: exact, since any split of the optimum over the gateways has the same cost
// and loads.
//
// Work that can wait has no demand row of its own in a slot. With b what a class leaves waiting at a slot's end,
//
//   sum_a x_t[a] + b_t = b_{t-1} + a_t,     0 <= b_t <= B_t = A_t - max(G_t, S),
//
// where a is what arrives, A and G are what arrived and what is due (models/world/slot.h), and S is what was done
// before the first slot; what waits then, b_{-1}, counts as arriving in it. Where no region of a class has capacity in
// slot t + 1, what waits at the end of slot t waits at the end of t + 1 too, and B_t is at most B_{t+1} - a_{t+1}: else
// b would have no interior.
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
  int num_classes = 0;
  bool aggregated = false;           ///< all gateways of firm demand gathered at one
  std::vector<int> gateway, region;  ///< [arcs]; gateway -1: a class's work; region -1: unserved workload
  std::vector<int> work;             ///< [arcs], the class, -1 for firm demand
  std::vector<int> source;           ///< [arcs], in the problem, -1 for unserved workload
  Vector resource;                   ///< [arcs]
  std::vector<CoupledGroup> groups;
  std::vector<ActivitySet> activities;
  Vector initial_load;   ///< L0, [loads]
  RowMatrix cost;        ///< [slots x arcs], USD per unit, with the groups of norm 1
  RowMatrix intensity;   ///< [slots x loads], load per unit of activity
  RowMatrix demand;      ///< firm, [slots x gateways]
  RowMatrix capacity;    ///< [slots x regions]
  RowMatrix arrival;     ///< a, [slots x classes], in the first slot with what waits already
  RowMatrix room;        ///< B, [slots x classes], >= 0; 0 where nothing may wait
  FlagMatrix tightened;  ///< [slots x classes], 1 where B is less than what arrived and is not due
};

/// Reads slots [first, num_slots). `initial` are the loads before `first`, per group of the problem; `work_done`
/// [classes] is Ledger's before `first`, and may be left out where there are no classes.
PeriodData AssemblePeriod(const Problem& problem, SlotSource& slots, int first, const Loads& initial,
                          const Vector& work_done = Vector());

/// The problem's prices from the stacked ones of the coupled groups, scaled into the dual set. A norm of 1 has one
/// price, its weight.
Prices PricesOfPeriod(const Problem& problem, const PeriodData& data, const Vector& stacked);

/// The problem's deferral prices from the solver's, [slots x classes]: as good with B as it was before it was
/// tightened.
RowMatrix DeferralPricesOfPeriod(const PeriodData& data, RowMatrix prices);

/// Flows of the data's slot `row` in the problem's own arcs; `flow` [arcs of the data]. Negative rounding is clipped,
/// every gateway's demand met exactly (to rounding), and what is done of a class moved to where B and its window allow
/// it. `work_done` [classes] is Ledger's before the slot.
void ExpandFlow(const Problem& problem, const PeriodData& data, int row, const VectorRef& flow, const Slot& slot,
                const Vector& work_done, Allocation* allocation);

}  // namespace evenkeel
