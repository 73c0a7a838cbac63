#include "experiments/run/log_allocation.h"

#include "experiments/run/run_difference.h"

namespace evenkeel {

Allocation AllocationOf(const Problem& problem, int slot, int row, const RowMatrix& flow, const RowMatrix& shed) {
  const Network& network = problem.network;
  Allocation allocation = MakeAllocation(problem);
  Vector elsewhere = flow.row(row);
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    const int cell = (arc.gateway * network.num_regions() + arc.region) * network.num_variants() + arc.variant;
    allocation.flow[a] = elsewhere[cell];
    elsewhere[cell] = 0.0;
  }
  if ((elsewhere.array() != 0.0).any()) {
    throw RunDifference(
        fmt::format("slot {}: a decision sends workload to a region that its gateway cannot use", slot));
  }
  allocation.shed = shed.row(row);
  return allocation;
}

}  // namespace evenkeel
