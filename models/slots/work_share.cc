#include "models/slots/work_share.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/base/error.h"

namespace evenkeel {
namespace {

void CheckShare(const char* name, double share) {
  if (share >= 0.0 && share <= 1.0) return;
  throw InputError("the {} is {}, allowed is 0 to 1", name, share);
}

int DeadlineInSlots(double hours, double slot_hours) {
  const double slots = hours / slot_hours;
  constexpr double kMost = 1e6;
  if (!(slots >= 0.0 && slots <= kMost && std::abs(slots - std::round(slots)) <= 1e-9 * std::max(1.0, slots))) {
    throw InputError("the work's deadline is {} h, allowed are whole slots of {} h, at most {:g} of them", hours,
                     slot_hours, kMost);
  }
  return static_cast<int>(std::lround(slots));
}

/// The nearest region that each gateway reaches, [firm gateways].
std::vector<int> HomesOf(const Network& network) {
  std::vector<int> homes;
  for (int j = 0; j < network.num_firm(); ++j) {
    int home = -1;
    for (int i = 0; i < network.num_regions(); ++i) {
      if (network.reachable(j, i) && (home < 0 || network.distance(j, i) < network.distance(j, home))) home = i;
    }
    homes.push_back(home);
  }
  return homes;
}

/// Adds a class that may be served in the regions that `reached` marks, [regions].
void AddClass(const std::string& name, int deadline, const FlagMatrix& reached, Network* network) {
  const int classes = network->num_classes(), gateways = network->num_gateways(), regions = network->num_regions();
  network->gateways.push_back({name, 0.0, 0.0});
  network->classes.push_back({deadline, network->variants[0].resource_per_unit, 0.0});
  network->reachable.conservativeResize(gateways + 1, regions);
  network->reachable.row(gateways) = reached;
  network->network_cost.conservativeResize(gateways + 1, regions);
  network->network_cost.row(gateways).setZero();
  network->distance.conservativeResize(gateways + 1, regions);
  network->distance.row(gateways).setZero();
  network->work_energy.conservativeResize(classes + 1, regions);
  network->work_energy.row(classes) = network->energy_per_unit.col(0).transpose();
}

/// Takes each gateway's work for its home out of its demand, as far as it fits there; [slots x regions].
RowMatrix TakeHome(double share, const std::vector<int>& homes, double slot_hours, double resource, Signals* signals) {
  RowMatrix work = RowMatrix::Zero(signals->num_slots(), signals->capacity.cols());
  for (int t = 0; t < signals->num_slots(); ++t) {
    for (std::size_t j = 0; j < homes.size(); ++j) {
      double& demand = signals->demand(t, static_cast<Eigen::Index>(j));
      double& taken = work(t, homes[j]);
      const double room = kMostAtHome * signals->capacity(t, homes[j]) * slot_hours / resource - taken;
      const double part = std::clamp(share * demand, 0.0, std::max(0.0, room));
      taken += part;
      demand -= part;
    }
  }
  return work;
}

void AddArrivals(const Vector& work, Signals* signals) {
  const Eigen::Index columns = signals->demand.cols();
  signals->demand.conservativeResize(signals->num_slots(), columns + 1);
  signals->demand.col(columns) = work;
}

}  // namespace

void MakeWorkOf(const WorkShare& part, Trace* trace) {
  CheckShare("share of work that can wait", part.share);
  CheckShare("share of that work that stays home", part.home);
  const int deadline = DeadlineInSlots(part.deadline, trace->header.slot_hours);
  if (part.share == 0.0) return;
  Network& network = trace->header.network;
  const int firm = network.num_firm(), regions = network.num_regions();
  const std::vector<int> homes = HomesOf(network);
  const FlagMatrix reached = network.reachable.topRows(firm).colwise().maxCoeff();
  Signals& signals = trace->signals;
  const double at_home = part.share * part.home, mobile_share = part.share - at_home;
  const Vector mobile = mobile_share * signals.demand.leftCols(firm).rowwise().sum();
  const RowMatrix given = mobile_share * signals.demand.leftCols(firm);
  if (at_home > 0.0) {
    // Of the demand as it is before the mobile part leaves it.
    const RowMatrix work =
        TakeHome(at_home, homes, trace->header.slot_hours, network.variants[0].resource_per_unit, &signals);
    for (int i = 0; i < regions; ++i) {
      if (std::find(homes.begin(), homes.end(), i) == homes.end()) continue;
      FlagMatrix only = FlagMatrix::Zero(1, regions);
      only(0, i) = 1;
      AddClass("work at " + network.regions[i].name, deadline, only, &network);
      AddArrivals(work.col(i), &signals);
    }
  }
  if (mobile_share > 0.0) {
    signals.demand.leftCols(firm) -= given;
    AddClass("work", deadline, reached, &network);
    AddArrivals(mobile, &signals);
  }
  signals.demand.leftCols(firm) = signals.demand.leftCols(firm).cwiseMax(0.0).eval();
}

}  // namespace evenkeel
