#include "tests/reference/clp_slot.h"

#include <ClpSimplex.hpp>

#include <algorithm>
#include <vector>

#include "models/base/norm.h"

namespace evenkeel {

namespace {

/// Columns: arcs, then unserved workload of every gateway where the problem allows it; then whatever is added.
/// Rows: gateways, then regions; then whatever is added.
struct ClpProgram {
  ClpProgram(const Problem& the_problem, const Vector& cost, const Slot& slot) : problem(the_problem) {
    const int gateways = problem.network.num_gateways(), regions = problem.network.num_regions();
    for (int a = 0; a < problem.num_arcs(); ++a) {
      const Arc& arc = problem.arcs.arcs[a];
      AddColumn(cost[a], 0.0, {{arc.gateway, 1.0}, {gateways + arc.region, arc.resource}});
    }
    for (int j = 0; problem.shed_cost && j < gateways; ++j) AddColumn(*problem.shed_cost, 0.0, {{j, 1.0}});
    low.assign(slot.demand.data(), slot.demand.data() + gateways);
    high = low;
    low.resize(gateways + regions, -COIN_DBL_MAX);
    high.insert(high.end(), slot.capacity.data(), slot.capacity.data() + regions);
  }

  int AddColumn(double cost, double least, std::vector<std::pair<int, double>> column) {
    objective.push_back(cost);
    column_low.push_back(least);
    entries.push_back(std::move(column));
    return static_cast<int>(objective.size()) - 1;
  }
  int AddRow(double right) {
    low.push_back(-COIN_DBL_MAX);
    high.push_back(right);
    return static_cast<int>(low.size()) - 1;
  }

  double Solve() const {
    std::vector<CoinBigIndex> start = {0};
    std::vector<int> row;
    std::vector<double> entry;
    for (const auto& column : entries) {
      for (const auto& [r, value] : column) {
        row.push_back(r);
        entry.push_back(value);
      }
      start.push_back(static_cast<CoinBigIndex>(row.size()));
    }
    ClpSimplex clp;
    clp.setLogLevel(0);
    clp.loadProblem(static_cast<int>(objective.size()), static_cast<int>(low.size()), start.data(), row.data(),
                    entry.data(), column_low.data(), nullptr, objective.data(), low.data(), high.data());
    clp.setPrimalTolerance(1e-10);
    clp.setDualTolerance(1e-10);
    clp.primal();  // the dual method loses its way where columns are free
    return clp.isProvenOptimal() ? clp.objectiveValue() : kInfinity;
  }

  const Problem& problem;
  std::vector<double> objective, column_low, low, high;
  std::vector<std::vector<std::pair<int, double>>> entries;
};

}  // namespace

double ClpSlotOptimum(const Problem& problem, const Vector& cost, const Slot& slot) {
  return ClpProgram(problem, cost, slot).Solve();
}

double DualValue(const Problem& problem, const Vector& cost, const Slot& slot, const Vector& price) {
  double value = -price.dot(slot.capacity);
  for (int j = 0; j < problem.network.num_gateways(); ++j) {
    double least = problem.shed_cost.value_or(kInfinity);
    for (int a = problem.arcs.first_of_gateway[j]; a < problem.arcs.first_of_gateway[j + 1]; ++a) {
      const Arc& arc = problem.arcs.arcs[a];
      least = std::min(least, cost[a] + price[arc.region] * arc.resource);
    }
    if (slot.demand[j] > 0.0) value += slot.demand[j] * least;
  }
  return value;
}

double ClpSafeOptimum(const Problem& problem, const Vector& cost, const Slot& slot, const Coefficients& coefficients,
                      const Loads& difference, double room) {
  ClpProgram program(problem, cost, slot);
  const int budget = program.AddRow(room), arcs = problem.num_arcs();
  for (std::size_t v = 0; v < program.entries.size(); ++v) {
    const int a = static_cast<int>(v);
    program.entries[v].emplace_back(budget, a < arcs ? coefficients.cost[a] : *problem.shed_cost);
  }
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    const int reserve = program.AddColumn(0.0, -COIN_DBL_MAX, {{budget, group.weight}});
    for (int b = 0; b < group.num_buckets(); ++b) {
      const int row = program.AddRow(-difference[k][b]);
      program.entries[reserve].emplace_back(row, -1.0);
      for (int a = 0; a < arcs; ++a) {
        if (group.bucket_of_arc[a] == b) program.entries[a].emplace_back(row, coefficients.load[k][a]);
      }
    }
  }
  return program.Solve();
}

}  // namespace evenkeel
