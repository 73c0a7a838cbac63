#include "tests/reference/clp_slot.h"

#include <ClpSimplex.hpp>

#include <vector>

#include "models/base/norm.h"

namespace evenkeel {

double ClpSlotOptimum(const Problem& problem, const Vector& cost, const Slot& slot) {
  const int gateways = problem.network.num_gateways(), regions = problem.network.num_regions();
  std::vector<CoinBigIndex> start = {0};
  std::vector<int> row;
  std::vector<double> entry, objective(cost.data(), cost.data() + cost.size());
  for (const Arc& arc : problem.arcs.arcs) {
    row.insert(row.end(), {arc.gateway, gateways + arc.region});
    entry.insert(entry.end(), {1.0, problem.network.variants[arc.variant].resource_per_unit});
    start.push_back(static_cast<CoinBigIndex>(row.size()));
  }
  for (int j = 0; problem.shed_cost && j < gateways; ++j) {
    row.push_back(j);
    entry.push_back(1.0);
    objective.push_back(*problem.shed_cost);
    start.push_back(static_cast<CoinBigIndex>(row.size()));
  }
  std::vector<double> low(slot.demand.data(), slot.demand.data() + gateways), high = low;
  low.resize(gateways + regions, -COIN_DBL_MAX);
  high.insert(high.end(), slot.capacity.data(), slot.capacity.data() + regions);
  ClpSimplex clp;
  clp.setLogLevel(0);
  clp.loadProblem(static_cast<int>(objective.size()), gateways + regions, start.data(), row.data(), entry.data(),
                  nullptr, nullptr, objective.data(), low.data(), high.data());
  clp.setPrimalTolerance(1e-10);
  clp.setDualTolerance(1e-10);
  clp.dual();
  return clp.isProvenOptimal() ? clp.objectiveValue() : kInfinity;
}

}  // namespace evenkeel
