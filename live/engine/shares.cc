#include "live/engine/shares.h"

namespace evenkeel {

void SetShares(const Problem& problem, const Allocation& allocation, RowMatrix* share) {
  const ArcSet& arcs = problem.arcs;
  for (int j = 0; j < problem.network.num_firm(); ++j) {
    const int first = arcs.first_of_gateway[j], end = arcs.first_of_gateway[j + 1];
    const double served = allocation.flow.segment(first, end - first).sum();
    if (!(served > 0.0)) continue;
    share->row(j).setZero();
    for (int a = first; a < end; ++a) (*share)(j, arcs.arcs[a].region) += allocation.flow[a] / served;
  }
}

RowMatrix ReleasedByRegion(const Problem& problem, const Allocation& allocation) {
  RowMatrix released = RowMatrix::Zero(problem.num_classes(), problem.network.num_regions());
  for (int a = problem.first_class_arc(); a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    released(arc.gateway - problem.network.num_firm(), arc.region) += allocation.flow[a];
  }
  return released;
}

}  // namespace evenkeel
