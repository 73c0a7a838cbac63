#include "models/slots/work_share.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "models/base/error.h"
#include "models/world/limits.h"
#include "models/world/time_base.h"

namespace evenkeel {
namespace {

void CheckShare(const char* name, double share) {
  if (share >= 0.0 && share <= 1.0) return;
  throw InputError("the {} is {}, allowed is 0 to 1", name, share);
}

/// The nearest region that each gateway reaches, [firm gateways].
std::vector<int> HomesOf(const Network& network) {
  std::vector<int> homes;
  for (int j = 0; j < network.num_firm(); ++j) {
    int home = -1;
    for (int i = 0; i < network.num_regions(); ++i) {
      if (network.reachable(j, i) && (home < 0 || network.distance(j, i) < network.distance(j, home))) home = i;
    }
    if (home < 0) throw InputError("gateway '{}' reaches no region", network.gateways[j].name);
    homes.push_back(home);
  }
  return homes;
}

/// Work that is done as the first variant is served.
NewWork LikeDemand(const Network& network, const std::string& name, int deadline, const FlagMatrix& reachable) {
  return {name,
          {deadline, network.variants[0].resource_per_unit, 0.0},
          reachable,
          network.energy_per_unit.col(0).transpose(),
          RowVector::Zero(network.num_regions())};
}

/// Takes each gateway's work for its home, a share of its demand, out of it, as far as it fits there; [slots x
/// regions].
RowMatrix TakeHome(double share, const std::vector<int>& homes, const TraceHeader& header, Signals* signals) {
  const double resource = header.network.variants[0].resource_per_unit;
  RowMatrix work = RowMatrix::Zero(signals->num_slots(), signals->capacity.cols());
  for (int t = 0; t < signals->num_slots(); ++t) {
    for (std::size_t j = 0; j < homes.size(); ++j) {
      double& demand = signals->demand(t, static_cast<Eigen::Index>(j));
      double& taken = work(t, homes[j]);
      const double room = kMostAtHome * signals->capacity(t, homes[j]) * header.slot_hours / resource - taken;
      const double part = std::clamp(share * demand, 0.0, std::max(0.0, room));
      taken += part;
      demand -= part;
    }
  }
  return work;
}

FlagMatrix Only(int region, int regions) {
  FlagMatrix flags = FlagMatrix::Zero(1, regions);
  flags(0, region) = 1;
  return flags;
}

void Describe(const WorkShare& part, double asked, double at_home, Provenance* provenance) {
  std::string text =
      fmt::format("work that can wait: {} of every gateway's demand, for up to {} h", part.share, part.deadline);
  if (part.home > 0.0) text += fmt::format("; {} of it stays in the region nearest to its gateway", part.home);
  if (at_home < asked * (1.0 - 1e-9)) {
    text += fmt::format(", where {:.2g} % of that would not fit and remains demand that cannot wait",
                        100.0 * (1.0 - at_home / asked));
  }
  if (!provenance->processing.empty()) provenance->processing += '\n';
  provenance->processing += text;
}

}  // namespace

int DeadlineInSlots(const std::string& what, double hours, double slot_hours) {
  if (const std::optional<int> slots = WholeSlots(hours, slot_hours)) return *slots;
  throw InputError("{} is {} h, allowed are whole slots of {} h, 0 to {} of them", what, hours, slot_hours,
                   kMostDeadlineSlots);
}

void AppendWork(const std::vector<NewWork>& classes, const RowMatrix& arrivals, Trace* trace) {
  Network& network = trace->header.network;
  RowMatrix& demand = trace->signals.demand;
  const int before = network.num_gateways(), added = static_cast<int>(classes.size());
  EVENKEEL_CHECK(arrivals.rows() == demand.rows() && arrivals.cols() == added);
  const int regions = network.num_regions(), old_classes = network.num_classes();
  network.reachable.conservativeResize(before + added, regions);
  network.network_cost.conservativeResize(before + added, regions);
  network.distance.conservativeResize(before + added, regions);
  network.distance.bottomRows(added).setZero();
  network.work_energy.conservativeResize(old_classes + added, regions);
  for (int k = 0; k < added; ++k) {
    network.gateways.push_back({classes[k].name, 0.0, 0.0});
    network.classes.push_back(classes[k].properties);
    network.reachable.row(before + k) = classes[k].reachable;
    network.network_cost.row(before + k) = classes[k].transfer_cost;
    network.work_energy.row(old_classes + k) = classes[k].energy;
  }
  demand.conservativeResize(Eigen::NoChange, before + added);
  demand.rightCols(added) = arrivals;
}

void MakeWorkOf(const WorkShare& part, Trace* trace) {
  CheckShare("share of work that can wait", part.share);
  CheckShare("share of that work that stays home", part.home);
  const int deadline = DeadlineInSlots("the deadline of work that can wait", part.deadline, trace->header.slot_hours);
  if (part.share == 0.0) return;
  const Network& network = trace->header.network;
  const int firm = network.num_firm(), regions = network.num_regions();
  const double home_share = part.share * part.home, mobile_share = part.share - home_share;
  auto demand = trace->signals.demand.leftCols(firm);
  const RowMatrix mobile = mobile_share * demand;  // of the demand as it is before work leaves it
  const double asked = home_share * demand.sum();
  double at_home = 0.0;
  std::vector<NewWork> classes;
  RowMatrix arrivals(demand.rows(), regions + 1);
  const auto add = [&](const std::string& name, const FlagMatrix& reachable, const Vector& work) {
    arrivals.col(static_cast<Eigen::Index>(classes.size())) = work;
    classes.push_back(LikeDemand(network, name, deadline, reachable));
  };
  if (home_share > 0.0) {
    const std::vector<int> homes = HomesOf(network);
    const RowMatrix work = TakeHome(home_share, homes, trace->header, &trace->signals);
    at_home = work.sum();
    for (int i = 0; i < regions; ++i) {
      if (std::find(homes.begin(), homes.end(), i) == homes.end()) continue;
      add("work at " + network.regions[i].name, Only(i, regions), work.col(i));
    }
  }
  if (mobile_share > 0.0) {
    demand -= mobile;
    add("work", network.reachable.topRows(firm).colwise().maxCoeff(), mobile.rowwise().sum());
  }
  demand = demand.cwiseMax(0.0).eval();
  AppendWork(classes, arrivals.leftCols(static_cast<Eigen::Index>(classes.size())), trace);
  Describe(part, asked, at_home, &trace->header.provenance);
}

}  // namespace evenkeel
