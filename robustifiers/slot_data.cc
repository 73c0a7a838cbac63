#include "robustifiers/slot_data.h"

#include <utility>

namespace evenkeel {

SlotData MakeSlotData(const Problem& problem) {
  SlotData data;
  data.num_gateways = problem.network.num_gateways();
  data.num_regions = problem.network.num_regions();
  const int shed_arcs = problem.shed_cost ? data.num_gateways : 0;
  data.num_arcs = problem.num_arcs() + shed_arcs;
  data.resource = Vector::Zero(data.num_arcs);
  for (int a = 0; a < problem.num_arcs(); ++a) {
    data.gateway.push_back(problem.arcs.arcs[a].gateway);
    data.region.push_back(problem.arcs.arcs[a].region);
    data.resource[a] = problem.network.variants[problem.arcs.arcs[a].variant].resource_per_unit;
  }
  for (int j = 0; j < shed_arcs; ++j) {
    data.gateway.push_back(j);
    data.region.push_back(-1);
  }
  SlotGroup cost;
  cost.group = -1;
  cost.num_loads = 1;
  cost.load_of_arc.assign(data.num_arcs, 0);
  data.groups.push_back(cost);
  data.num_loads = 1;
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    if (group.weight == 0.0) continue;
    SlotGroup coupled;
    coupled.group = k;
    coupled.norm = group.norm;
    coupled.first_load = data.num_loads;
    coupled.num_loads = group.num_buckets();
    for (int bucket : group.bucket_of_arc) coupled.load_of_arc.push_back(coupled.first_load + bucket);
    coupled.load_of_arc.resize(data.num_arcs, coupled.first_load);  // a shed arc's coefficient there stays zero
    data.num_loads += coupled.num_loads;
    data.groups.push_back(std::move(coupled));
  }
  data.load.assign(data.groups.size(), RowMatrix::Zero(1, data.num_arcs));
  return data;
}

}  // namespace evenkeel
