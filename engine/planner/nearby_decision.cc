#include "engine/planner/nearby_decision.h"

#include <algorithm>

#include "engine/policy.h"

namespace evenkeel {
namespace {

constexpr int kMostTurns = 1000;
constexpr double kWanted = 0.1;  // of what is allowed

void ServeDemand(const Problem& problem, const Slot& slot, const Vector& work_done, Allocation* allocation) {
  for (int j = 0; j < problem.network.num_gateways(); ++j) {
    const int first = problem.arcs.first_of_gateway[j], count = problem.arcs.first_of_gateway[j + 1] - first;
    const double served = allocation->flow.segment(first, count).sum() + allocation->shed[j];
    if (!(served > 0.0)) continue;
    double wanted = slot.demand[j];
    if (const int k = j - problem.network.num_firm(); k >= 0) {
      const ReleaseWindow window = WindowOf(slot, work_done, k);
      wanted = std::clamp(served, window.low, std::max(window.low, window.high));
    }
    allocation->flow.segment(first, count) *= wanted / served;
    allocation->shed[j] *= wanted / served;
  }
}

/// `use` is what the decision takes of every region.
void KeepToCapacity(const Problem& problem, const Slot& slot, const Vector& use, Allocation* allocation) {
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const int region = problem.arcs.arcs[a].region;
    if (use[region] > slot.capacity[region]) allocation->flow[a] *= slot.capacity[region] / use[region];
  }
}

}  // namespace

double MoveIntoFeasibleSet(const Problem& problem, const Slot& slot, const Vector& work_done, Allocation* allocation) {
  Vector use;
  double violation = Infeasibility(problem, slot, work_done, *allocation, &use);
  const double allowed = AllowedViolation(slot);
  if (violation <= allowed || violation == kInfinity) return violation;
  allocation->flow = allocation->flow.cwiseMax(0.0);
  allocation->shed = allocation->shed.cwiseMax(0.0);
  violation = Infeasibility(problem, slot, work_done, *allocation, &use);
  for (int turn = 0; turn < kMostTurns && violation > kWanted * allowed; ++turn) {
    KeepToCapacity(problem, slot, use, allocation);
    ServeDemand(problem, slot, work_done, allocation);
    violation = Infeasibility(problem, slot, work_done, *allocation, &use);
  }
  return violation;
}

}  // namespace evenkeel
