#include "models/ledger.h"

#include <cmath>

#include "models/error.h"

namespace evenkeel {

Ledger MakeLedger(const Problem& problem) {
  Ledger ledger;
  ledger.load = ZeroPrices(problem);
  ledger.region_cost = Vector::Zero(problem.network.num_regions());
  ledger.region_workload = Vector::Zero(problem.network.num_regions());
  return ledger;
}

void AddSlot(const Problem& problem, const Coefficients& coefficients, const Allocation& allocation,
             double total_demand, Ledger* ledger) {
  EVENKEEL_CHECK_EQ(allocation.flow.size(), problem.num_arcs());
  double cost = 0.0;
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const double flow = allocation.flow[a];
    if (flow == 0.0) continue;
    const int region = problem.arcs.arcs[a].region;
    const double arc_cost = coefficients.cost[a] * flow;
    cost += arc_cost;
    ledger->region_cost[region] += arc_cost;
    ledger->region_workload[region] += flow;
  }
  ledger->energy_cost += cost;
  ledger->shift += coefficients.shift * total_demand;
  if (problem.shed_cost) {
    const double shed = allocation.shed.sum();
    ledger->shed += shed;
    ledger->shed_cost += *problem.shed_cost * shed;
  }
  AddLoads(problem, coefficients, allocation.flow, &ledger->load);
}

double EquityCost(const Problem& problem, const std::vector<Vector>& load) {
  double cost = 0.0;
  for (int k = 0; k < problem.num_groups(); ++k)
    cost += problem.groups[k].weight * Norm(load[k], problem.groups[k].norm);
  return cost;
}

double ObjectiveValue(const Problem& problem, const Ledger& ledger) {
  return ledger.cost() + EquityCost(problem, ledger.load);
}

double ShiftedObjectiveValue(const Problem& problem, const Ledger& ledger) {
  return ObjectiveValue(problem, ledger) + ledger.shift;
}

void AddLoads(const Problem& problem, const Coefficients& coefficients, const Vector& flow, std::vector<Vector>* load) {
  for (Eigen::Index a = 0; a < flow.size(); ++a) {
    if (flow[a] == 0.0) continue;  // most arcs, in large networks
    for (int k = 0; k < problem.num_groups(); ++k)
      (*load)[k][problem.groups[k].bucket_of_arc[a]] += coefficients.load[k][a] * flow[a];
  }
}

Allocation MakeAllocation(const Problem& problem) {
  return {Vector::Zero(problem.num_arcs()), Vector::Zero(problem.network.num_gateways())};
}

double Infeasibility(const Problem& problem, const Slot& slot, const Allocation& allocation, Vector* region_use) {
  const int num_gateways = problem.network.num_gateways();
  if (allocation.flow.size() != problem.num_arcs() || allocation.shed.size() != num_gateways) return kInfinity;
  if (!allocation.flow.allFinite() || !allocation.shed.allFinite()) return kInfinity;
  double worst = problem.shed_cost ? 0.0 : allocation.shed.cwiseAbs().maxCoeff();
  region_use->setZero(problem.network.num_regions());
  for (int j = 0; j < num_gateways; ++j) {
    double served = allocation.shed[j];
    worst = std::max(worst, -served);
    for (int a = problem.arcs.first_of_gateway[j]; a < problem.arcs.first_of_gateway[j + 1]; ++a) {
      const Arc& arc = problem.arcs.arcs[a];
      worst = std::max(worst, -allocation.flow[a]);
      (*region_use)[arc.region] += problem.network.variants[arc.variant].resource_per_unit * allocation.flow[a];
      served += allocation.flow[a];
    }
    worst = std::max(worst, std::abs(served - slot.demand[j]));
  }
  return std::max(worst, (*region_use - slot.capacity).maxCoeff());
}

}  // namespace evenkeel
