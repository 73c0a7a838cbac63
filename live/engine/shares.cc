#include "live/engine/shares.h"

namespace evenkeel {

void SetShares(const Problem& problem, const Allocation& allocation, RowMatrix* share) {
  const ArcSet& arcs = problem.arcs;
  for (int j = 0; j < problem.network.num_gateways(); ++j) {
    const int first = arcs.first_of_gateway[j], end = arcs.first_of_gateway[j + 1];
    const double served = allocation.flow.segment(first, end - first).sum();
    if (!(served > 0.0)) continue;
    share->row(j).setZero();
    for (int a = first; a < end; ++a) (*share)(j, arcs.arcs[a].region) += allocation.flow[a] / served;
  }
}

}  // namespace evenkeel
