#include "robustifiers/recovery.h"

#include <algorithm>

namespace evenkeel {

double Lead(const Ledger& engine, const Ledger& expert, int k) {
  return std::max(0.0, engine.work_done[k] - expert.work_done[k]);
}

Vector Leads(const Ledger& engine, const Ledger& expert) {
  Vector leads(engine.work_done.size());
  for (int k = 0; k < leads.size(); ++k) leads[k] = Lead(engine, expert, k);
  return leads;
}

bool Recover(const Problem& problem, const Ledger& engine, const Ledger& expert, const Allocation& decision,
             Allocation* recovery) {
  bool differs = false;
  for (int k = 0; k < problem.num_classes(); ++k) {
    const double released = Released(problem, decision, k), skipped = std::min(released, Lead(engine, expert, k));
    if (!(skipped > 0.0)) continue;
    if (!differs) *recovery = decision;
    differs = true;
    const int gateway = problem.network.num_firm() + k, first = problem.arcs.first_of_gateway[gateway];
    const double rest = skipped < released ? 1.0 - skipped / released : 0.0;
    recovery->flow.segment(first, problem.arcs.first_of_gateway[gateway + 1] - first) *= rest;
    recovery->shed[gateway] *= rest;
  }
  return differs;
}

bool IsBelowFloor(const Problem& problem, const Coefficients& metered) {
  for (int a = problem.first_class_arc(); a < problem.num_arcs(); ++a) {
    const int k = problem.arcs.arcs[a].gateway - problem.network.num_firm();
    if (metered.cost[a] < problem.network.classes[k].cost_floor) return true;
  }
  return false;
}

}  // namespace evenkeel
