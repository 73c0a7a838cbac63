#include "tests/reference/random_work.h"

#include <algorithm>
#include <string>
#include <vector>

namespace evenkeel {
namespace {

void AddClass(std::mt19937_64* random, int deadline, Network* network) {
  const int classes = network->num_classes(), gateways = network->num_gateways(), regions = network->num_regions();
  network->gateways.push_back({"work" + std::to_string(classes), 0.0, 0.0});
  network->classes.push_back({deadline, DrawInt(random, 0, 1) ? 1.0 : Draw(random, 0.3, 1.0), 0.0});
  network->reachable.conservativeResize(gateways + 1, regions);
  network->network_cost.conservativeResize(gateways + 1, regions);
  network->distance.conservativeResize(gateways + 1, regions);
  network->work_energy.conservativeResize(classes + 1, regions);
  network->distance.row(gateways).setZero();
  const double reach = Draw(random, 0.2, 1.3);
  const bool priced = DrawInt(random, 0, 2) == 0;
  for (int i = 0; i < regions; ++i) {
    network->reachable(gateways, i) = Draw(random, 0.0, 1.0) < reach;
    network->network_cost(gateways, i) = priced ? Draw(random, 0.0, 20.0) : 0.0;
    network->work_energy(classes, i) = Draw(random, 0.2, 1.2);
  }
  network->reachable(gateways, DrawInt(random, 0, regions - 1)) = 1;
}

}  // namespace

void AddRandomWork(std::uint64_t seed, const WorkOptions& options, Instance* instance) {
  std::mt19937_64 random(seed * 1000003 + 17);
  Network& network = instance->trace.header.network;
  Signals& signals = instance->trace.signals;
  const int classes = DrawInt(&random, 1, options.max_classes), firm = network.num_gateways(),
            slots = signals.num_slots();
  int deadline = DrawInt(&random, 0, options.max_deadline);
  const bool integers = DrawInt(&random, 0, 2) == 0;
  for (int k = 0; k < classes; ++k) {
    if (!options.one_deadline) deadline = DrawInt(&random, 0, options.max_deadline);
    AddClass(&random, deadline, &network);
  }
  signals.demand.conservativeResize(slots, firm + classes);
  for (int k = 0; k < classes; ++k) {
    std::vector<int> reached;
    for (int i = 0; i < network.num_regions(); ++i) {
      if (network.reachable(firm + k, i)) reached.push_back(i);
    }
    const bool bursts = DrawInt(&random, 0, 1) == 1;
    for (int t = 0; t < slots; ++t) {
      double work = integers ? DrawInt(&random, 0, 3) : Draw(&random, 0.0, 2.0);
      if (bursts && DrawInt(&random, 0, 2) > 0) work = 0.0;
      signals.demand(t, firm + k) = work;
      const int region = reached[DrawInt(&random, 0, static_cast<int>(reached.size()) - 1)];
      signals.capacity(t, region) += work * network.classes[k].resource_per_unit;
    }
  }
  const Vector demand = signals.demand.colwise().sum();
  const auto shed_cost = instance->problem.shed_cost;
  instance->problem = MakeProblem(network, instance->objective, slots, demand);
  instance->problem.shed_cost = shed_cost;
}

}  // namespace evenkeel
