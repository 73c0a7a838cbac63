#include "models/world/ledger.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

/// Calls visit(arc, flow) for every flow that is not zero, in the order of the arcs. In large networks hardly any is: a
/// block of zeros costs one comparison.
template <typename Visit>
void ForEachFlow(const Vector& flow, Visit&& visit) {
  constexpr Eigen::Index kBlock = 8;
  for (Eigen::Index start = 0; start < flow.size(); start += kBlock) {
    const Eigen::Index end = std::min(start + kBlock, flow.size());
    if (end - start == kBlock && flow.segment<kBlock>(start).lpNorm<1>() == 0.0) continue;
    for (Eigen::Index a = start; a < end; ++a) {
      if (flow[a] != 0.0) visit(a, flow[a]);
    }
  }
}

}  // namespace

Ledger MakeLedger(const Problem& problem) {
  Ledger ledger;
  ledger.load = ZeroLoads(problem);
  ledger.region_cost = Vector::Zero(problem.network.num_regions());
  ledger.region_workload = Vector::Zero(problem.network.num_regions());
  ledger.work_done = Vector::Zero(problem.num_classes());
  return ledger;
}

ReleaseWindow WindowOf(const Slot& slot, const Vector& work_done, int k) {
  const double done = work_done[k];
  return {std::max(0.0, slot.due[k] - done), std::max(0.0, slot.arrived[k] - done)};
}

double Released(const Problem& problem, const Allocation& allocation, int k) {
  const int gateway = problem.network.num_firm() + k, first = problem.arcs.first_of_gateway[gateway];
  return allocation.flow.segment(first, problem.arcs.first_of_gateway[gateway + 1] - first).sum() +
         allocation.shed[gateway];
}

void AddSlot(const Problem& problem, const Coefficients& coefficients, const Allocation& allocation, double firm_demand,
             Ledger* ledger) {
  EVENKEEL_CHECK_EQ(allocation.flow.size(), problem.num_arcs());
  ledger->energy_cost += AddLoads(problem, coefficients, allocation.flow, &ledger->load);
  ForEachFlow(allocation.flow, [&](Eigen::Index a, double flow) {
    const int region = problem.arcs.arcs[a].region;
    ledger->region_cost[region] += coefficients.cost[a] * flow;
    ledger->region_workload[region] += flow;
  });
  ledger->shift += coefficients.shift * firm_demand;
  for (int k = 0; k < problem.num_classes(); ++k) {
    const double released = Released(problem, allocation, k);
    ledger->work_done[k] += released;
    ledger->shift += WorkShift(problem, k, released);
  }
  if (problem.shed_cost) {
    const double shed = allocation.shed.sum();
    ledger->shed += shed;
    ledger->shed_cost += *problem.shed_cost * shed;
  }
}

double EquityCost(const Problem& problem, const Loads& load) {
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

double AddLoads(const Problem& problem, const Coefficients& coefficients, const Vector& flow, Loads* load) {
  double cost = 0.0;
  ForEachFlow(flow, [&](Eigen::Index a, double amount) {
    cost += coefficients.cost[a] * amount;
    for (int k = 0; k < problem.num_groups(); ++k)
      (*load)[k][problem.groups[k].bucket_of_arc[a]] += coefficients.load[k][a] * amount;
  });
  return cost;
}

Allocation MakeAllocation(const Problem& problem) {
  return {Vector::Zero(problem.num_arcs()), Vector::Zero(problem.network.num_gateways())};
}

double Infeasibility(const Problem& problem, const Slot& slot, const Vector& work_done, const Allocation& allocation,
                     Vector* region_use) {
  const int num_gateways = problem.network.num_gateways();
  if (allocation.flow.size() != problem.num_arcs() || allocation.shed.size() != num_gateways) return kInfinity;
  if (!allocation.flow.allFinite() || !allocation.shed.allFinite()) return kInfinity;
  double worst = problem.shed_cost ? 0.0 : allocation.shed.cwiseAbs().maxCoeff();
  region_use->setZero(problem.network.num_regions());
  for (int j = 0; j < num_gateways; ++j) {
    double served = allocation.shed[j];
    worst = std::max(worst, -served);
    for (int a = problem.arcs.first_of_gateway[j]; a < problem.arcs.first_of_gateway[j + 1]; ++a) {
      const double flow = allocation.flow[a];
      if (flow == 0.0) continue;  // most arcs, in large networks
      const Arc& arc = problem.arcs.arcs[a];
      worst = std::max(worst, -flow);
      (*region_use)[arc.region] += arc.resource * flow;
      served += flow;
    }
    if (const int k = j - problem.network.num_firm(); k >= 0) {
      const ReleaseWindow window = WindowOf(slot, work_done, k);
      worst = std::max({worst, window.low - served, served - window.high});
    } else {
      worst = std::max(worst, std::abs(served - slot.demand[j]));
    }
  }
  return std::max(worst, (*region_use - slot.capacity).maxCoeff());
}

}  // namespace evenkeel
