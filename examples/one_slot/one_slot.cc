// One slot in memory: a network, an hour's demand and prices, what each region's carbon is worth, and the best routing.
// Nothing is read from disk and nothing is written.
#include <cstdio>
#include <stdexcept>

#include "engine/dispatch/dispatch.h"
#include "engine/planner/offline.h"
#include "models/world/trace.h"

namespace ek = evenkeel;

namespace {

// Two regions, two gateways, everyone reaches everyone; the near one costs less. One unit of workload is one MWh of IT
// energy.
ek::Network MakeNetwork() {
  const ek::Region north{"north", 1.1, 59.3, 18.1}, south{"south", 1.3, 40.4, -3.7};
  ek::Network network =
      ek::MakeFullNetwork({north, south}, {ek::Gateway{"berlin", 52.5, 13.4}, ek::Gateway{"lisbon", 38.7, -9.1}});
  network.network_cost << 0.5, 2.0, 2.5, 0.4;  // [gateways x regions], USD per unit
  return network;
}

// An hour: the north is dear and clean, the south cheap and not.
ek::Trace MakeHour() {
  ek::Trace trace;
  trace.header.network = MakeNetwork();
  ek::Signals& signals = trace.signals;
  signals.time = {1672531200};  // 2023-01-01 00:00 UTC
  signals.demand = ek::RowMatrix(1, 2);
  signals.demand << 8.0, 4.0;
  signals.capacity = ek::RowMatrix(1, 2);
  signals.capacity << 10.0, 10.0;
  signals.price = ek::RowMatrix(1, 2);
  signals.price << 90.0, 50.0;  // USD/MWh
  signals.carbon_intensity = ek::RowMatrix(1, 2);
  signals.carbon_intensity << 0.05, 0.30;  // kg/kWh
  signals.water_intensity = ek::RowMatrix(1, 2);
  signals.water_intensity << 1.0, 2.0;  // L/kWh
  ek::ValidateTrace(trace, "the hour");
  return trace;
}

void PrintFlows(const ek::Problem& problem, const ek::Allocation& allocation) {
  for (int a = 0; a < problem.num_arcs(); ++a) {
    const ek::Arc& arc = problem.arcs.arcs[a];
    std::printf("  %s -> %s %8.4f\n", problem.network.gateways[arc.gateway].name.c_str(),
                problem.network.regions[arc.region].name.c_str(), allocation.flow[a]);
  }
}

// What a unit costs on every arc, dispatched at that: a policy without memory would do this hour by hour.
void Cheapest(const ek::Problem& problem, ek::SlotSource* slots) {
  ek::Slot slot;
  slots->Read(0, &slot);
  ek::Coefficients coefficients;
  ek::EstimateCoefficients(problem, slot, &coefficients);
  ek::Dispatcher dispatcher(problem);
  ek::Allocation allocation = ek::MakeAllocation(problem);
  // The cost alone; add prices of carbon and water to it with PricedCost.
  const ek::DispatchResult result = dispatcher.Solve(coefficients.cost, slot, &allocation);
  if (result.status != ek::DispatchStatus::kOptimal) throw std::runtime_error("the hour can't be served");
  std::printf("cheapest: %.2f USD\n", result.cost);
  PrintFlows(problem, allocation);
  std::printf("  another MW in the south would save %.2f USD\n", dispatcher.capacity_price()[1]);
}

// The whole objective: energy cost, and 1500 USD/t on the worst region's carbon, 60 USD/m3 on the worst region's water.
void Fairest(const ek::Problem& problem, ek::SlotSource* slots) {
  const ek::OfflineOptimum optimum = ek::SolveOffline(problem, *slots, {});
  if (!optimum.converged) throw std::runtime_error("no optimum");
  std::printf("optimum: J = %.2f USD, of which energy %.2f; no decision is below %.2f\n", optimum.objective,
              optimum.ledger.energy_cost, optimum.lower_bound);
  PrintFlows(problem, optimum.allocations[0]);
  for (std::size_t k = 0; k < problem.groups.size(); ++k) {
    const ek::Group& group = problem.groups[k];
    for (int b = 0; b < group.num_buckets(); ++b)
      std::printf("  %s of %s: %.3f %s at %.2f USD/%s\n", group.name.c_str(), group.bucket_names[b].c_str(),
                  optimum.ledger.load[k][b], group.unit.c_str(), optimum.prices[k][b], group.unit.c_str());
  }
}

}  // namespace

int main() {
  const ek::Trace hour = MakeHour();
  const ek::Problem problem = ek::MakeProblem(hour.header.network, ek::PublishedObjective(), 1, ek::TotalDemand(hour));
  const std::unique_ptr<ek::SlotSource> slots = ek::MakeSlotSource(hour);
  Cheapest(problem, slots.get());
  Fairest(problem, slots.get());
}
