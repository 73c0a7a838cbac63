#include "tests/reference/waiting_instances.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "models/world/footprint.h"

namespace evenkeel {

void TakeClassFrom(int gateway, double part, int deadline, Instance* instance) {
  Network& network = instance->trace.header.network;
  Signals& signals = instance->trace.signals;
  const int gateways = network.num_gateways(), regions = network.num_regions(), classes = network.num_classes();
  double least = kInfinity;  // of capacity: whatever variant served the demand before, the class's work fits
  for (const Variant& variant : network.variants) least = std::min(least, variant.resource_per_unit);
  network.gateways.push_back({"class" + std::to_string(classes), 0.0, 0.0});
  network.classes.push_back({deadline, least, 0.0});
  network.reachable.conservativeResize(gateways + 1, regions);
  network.reachable.row(gateways) = network.reachable.row(gateway);
  network.network_cost.conservativeResize(gateways + 1, regions);
  network.network_cost.row(gateways) = 0.5 * network.network_cost.row(gateway);
  network.distance.conservativeResize(gateways + 1, regions);
  network.distance.row(gateways).setZero();
  network.work_energy.conservativeResize(classes + 1, regions);
  network.work_energy.row(classes) = 1.1 * network.energy_per_unit.col(0).transpose();
  signals.demand.conservativeResize(signals.num_slots(), gateways + 1);
  signals.demand.col(gateways) = part * signals.demand.col(gateway);
  signals.demand.col(gateway) *= 1.0 - part;
}

void RemakeProblem(Instance* instance) {
  Network& network = instance->trace.header.network;
  const std::optional<double> shed_cost = instance->problem.shed_cost;
  const auto make = [&] {
    instance->problem =
        MakeProblem(network, instance->objective, instance->trace.signals.num_slots(), TotalDemand(instance->trace));
    instance->problem.shed_cost = shed_cost;
  };
  make();
  const std::unique_ptr<SlotSource> slots = MakeSlotSource(instance->trace);
  Slot slot;
  Coefficients coefficients;
  for (int t = 0; t < slots->num_slots(); ++t) {
    slots->Read(t, &slot);
    EstimateCoefficients(instance->problem, slot, &coefficients);
    for (int a = instance->problem.first_class_arc(); a < instance->problem.num_arcs(); ++a) {
      double& floor = network.classes[instance->problem.arcs.arcs[a].gateway - network.num_firm()].cost_floor;
      floor = std::min(floor, coefficients.cost[a]);
    }
  }
  make();
}

Instance MakeWaitingInstance(std::uint64_t seed, const WaitingOptions& options) {
  Instance instance = MakeRandomInstance(seed, options.instance);
  std::mt19937_64 random(seed + 77);
  const int firm = instance.trace.header.network.num_firm(), classes = DrawInt(&random, 1, options.max_classes);
  for (int k = 0; k < classes; ++k)
    TakeClassFrom(DrawInt(&random, 0, firm - 1), Draw(&random, 0.1, 0.7), DrawInt(&random, 0, options.max_deadline),
                  &instance);
  // Bursts: in some slots nothing arrives.
  for (Eigen::Index t = 0; t < instance.trace.signals.demand.rows(); ++t) {
    if (DrawInt(&random, 0, 2) == 0) instance.trace.signals.demand.row(t).tail(classes).setZero();
  }
  RemakeProblem(&instance);
  return instance;
}

SlotWriter Queued(const Network& network, int num_slots, SlotWriter writer) {
  const auto dues = std::make_shared<WorkDues>(network);
  return [dues, num_slots, writer = std::move(writer)](int t, const Ledger& ledger, const Ledger& expert, Slot* slot) {
    writer(t, ledger, expert, slot);
    dues->Add(slot->demand);
    dues->Fill(num_slots, slot);
  };
}

}  // namespace evenkeel
