// One slot's projection problem in flat form: the arcs, and per group the load of a unit of flow on each.
#pragma once

#include <vector>

#include "models/base/linear_algebra.h"
#include "models/base/norm.h"
#include "models/world/problem.h"

namespace evenkeel {

struct SlotGroup {
  int group = 0;        ///< index in the problem
  double weight = 0.0;  ///< mu > 0
  double norm = 0.0;    ///< q
  int first_load = 0;   ///< loads [first_load, first_load + num_loads) of the stacked load vector
  int num_loads = 0;
  std::vector<int> load_of_arc;  ///< [arcs], index into the stacked load vector, -1 for a shed arc
};

struct SlotData {
  int num_gateways = 0, num_regions = 0, num_arcs = 0, num_loads = 0;
  std::vector<int> gateway, region;  ///< [arcs]; region -1: unserved workload
  Vector resource;                   ///< [arcs]
  std::vector<SlotGroup> groups;
  std::vector<RowMatrix> load;  ///< per group [1 x arcs]
};

/// Who meets whom; loads are zero. Load 0 is the budget's cost, then come the buckets of every group with a weight.
SlotData MakeSlotData(const Problem& problem);

}  // namespace evenkeel
