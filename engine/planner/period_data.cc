#include "engine/planner/period_data.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

// What earlier slots leave for want of digits, of a class's most work in a slot and of all gateways' and classes'.
constexpr double kNothing = 1e-9, kNothingOfAll = 1e-10;

bool GatewaysAreInterchangeable(const Problem& problem) {
  const Network& network = problem.network;
  const int firm = network.num_firm();
  if (firm <= 1 || network.reachable.topRows(firm).minCoeff() == 0) return false;
  for (const Group& group : problem.groups) {
    if (group.weight > 0.0 && group.footprint == Footprint::kQualityLoss) return false;
  }
  const auto costs = network.network_cost.topRows(firm);
  return (costs.rowwise() - costs.row(0)).cwiseAbs().maxCoeff() == 0.0;
}

void AddArc(int gateway, int work, int region, int source, PeriodData* data) {
  data->gateway.push_back(gateway);
  data->work.push_back(work);
  data->region.push_back(region);
  data->source.push_back(source);
}

/// Those that serve first: firm demand, then classes; then unserved workload in the same order.
void LayOutArcs(const Problem& problem, PeriodData* data) {
  const int firm_end = problem.arcs.first_of_gateway[data->num_gateways];
  for (int a = 0; a < firm_end; ++a) AddArc(problem.arcs.arcs[a].gateway, -1, problem.arcs.arcs[a].region, a, data);
  for (int a = problem.first_class_arc(); a < problem.num_arcs(); ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    AddArc(-1, arc.gateway - problem.network.num_firm(), arc.region, a, data);
  }
  for (int j = 0; problem.shed_cost && j < data->num_gateways; ++j) AddArc(j, -1, -1, -1, data);
  for (int k = 0; problem.shed_cost && k < data->num_classes; ++k) AddArc(-1, k, -1, -1, data);
  data->num_arcs = static_cast<int>(data->gateway.size());
  data->resource = Vector::Zero(data->num_arcs);
  for (int a = 0; a < data->num_arcs; ++a) {
    if (data->source[a] >= 0) data->resource[a] = problem.arcs.arcs[data->source[a]].resource;
  }
}

/// The set of a footprint's activities, an existing one if it is the same.
int FindActivities(const Problem& problem, const Group& group, PeriodData* data) {
  ActivitySet set;
  set.first = data->num_activities;
  set.count = group.num_buckets();
  set.per_unit = Vector::Zero(data->num_arcs);
  set.of_arc.assign(data->num_arcs, -1);
  for (int a = 0; a < data->num_arcs && data->region[a] >= 0; ++a) {
    set.of_arc[a] = group.bucket_of_arc[data->source[a]];
    set.per_unit[a] = ActivityPerUnit(group.footprint, problem.arcs.arcs[data->source[a]]);
  }
  for (ActivitySet& known : data->activities) {
    const auto same = [&](int mine, int its) { return mine < 0 ? its < 0 : mine + known.first == its; };
    if (known.per_unit == set.per_unit && std::equal(set.of_arc.begin(), set.of_arc.end(), known.of_arc.begin(), same))
      return known.first;
  }
  for (int& activity : set.of_arc) activity = activity < 0 ? -1 : activity + set.first;
  data->num_activities += set.count;
  data->activities.push_back(std::move(set));
  return data->activities.back().first;
}

void LayOutGroups(const Problem& problem, const Loads& initial, PeriodData* data) {
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    if (group.weight == 0.0 || group.norm == 1.0) continue;
    CoupledGroup coupled;
    coupled.group = k;
    coupled.weight = group.weight;
    coupled.norm = group.norm;
    coupled.first_load = data->num_loads;
    coupled.num_loads = group.num_buckets();
    coupled.first_activity = FindActivities(problem, group, data);
    data->num_loads += coupled.num_loads;
    data->groups.push_back(coupled);
  }
  data->initial_load.resize(data->num_loads);
  for (const CoupledGroup& group : data->groups)
    data->initial_load.segment(group.first_load, group.num_loads) = initial[group.group];
}

void FillCosts(const Problem& problem, const Coefficients& coefficients, int row, PeriodData* data) {
  for (int a = 0; a < data->num_arcs; ++a) {
    const int source = data->source[a];
    double cost = source < 0 ? problem.shed_cost.value_or(0.0) : coefficients.cost[source];
    for (int k = 0; source >= 0 && k < problem.num_groups(); ++k) {
      const Group& group = problem.groups[k];
      if (group.norm == 1.0) cost += group.weight * coefficients.load[k][source];
    }
    data->cost(row, a) = cost;
  }
}

void FillWork(const Slot& slot, const Vector& work_done, int row, PeriodData* data) {
  EVENKEEL_CHECK_EQ(slot.arrived.size(), data->num_classes);
  for (int k = 0; k < data->num_classes; ++k) {
    const double arrives = slot.demand[slot.demand.size() - data->num_classes + k], arrived = slot.arrived[k];
    data->arrival(row, k) = row == 0 ? std::max(0.0, arrived - work_done[k]) : arrives;
    data->room(row, k) = std::max(0.0, arrived - std::max(slot.due[k], work_done[k]));
  }
}

/// An amount that small has no interior that a step could keep to.
void DropTraces(PeriodData* data) {
  if (data->num_classes == 0) return;
  const double all = (data->arrival.rowwise().sum() + data->demand.rowwise().sum()).maxCoeff();
  for (int k = 0; k < data->num_classes; ++k) {
    auto arrival = data->arrival.col(k), room = data->room.col(k);
    const double least = std::max(kNothing * std::max(arrival.maxCoeff(), room.maxCoeff()), kNothingOfAll * all);
    arrival = (arrival.array() > least).select(arrival, 0.0).eval();
    room = (room.array() > least).select(room, 0.0).eval();
  }
}

void FillSlot(const Problem& problem, const Slot& slot, const Coefficients& coefficients, int row, PeriodData* data) {
  FillCosts(problem, coefficients, row, data);
  for (const CoupledGroup& group : data->groups) {
    for (int b = 0; b < group.num_loads; ++b)
      data->intensity(row, group.first_load + b) = Intensity(problem, problem.groups[group.group], b, slot);
  }
  if (data->aggregated) {
    data->demand(row, 0) = FirmDemand(problem, slot);
  } else {
    data->demand.row(row) = slot.demand.head(data->num_gateways).transpose();
  }
  data->capacity.row(row) = slot.capacity.transpose();
}

/// From the last slot to the first.
void TightenRooms(PeriodData* data) {
  data->tightened = FlagMatrix::Zero(data->num_slots, data->num_classes);
  FlagMatrix served = FlagMatrix::Zero(1, data->num_classes);
  for (int t = data->num_slots - 2; t >= 0; --t) {
    served.setZero();
    for (int a = 0; a < data->num_arcs; ++a) {
      const int region = data->region[a];
      if (data->work[a] >= 0 && (region < 0 || data->capacity(t + 1, region) > 0.0)) served(0, data->work[a]) = 1;
    }
    for (int k = 0; k < data->num_classes; ++k) {
      const double most = std::max(0.0, data->room(t + 1, k) - data->arrival(t + 1, k));
      if (served(0, k) || most >= data->room(t, k)) continue;
      data->room(t, k) = most;
      data->tightened(t, k) = 1;
    }
  }
}

}  // namespace

PeriodData AssemblePeriod(const Problem& problem, SlotSource& slots, int first, const Loads& initial,
                          const Vector& work_done) {
  EVENKEEL_CHECK_LE(first, slots.num_slots());
  EVENKEEL_CHECK_EQ(work_done.size(), problem.num_classes());
  PeriodData data;
  data.num_slots = slots.num_slots() - first;
  data.num_regions = problem.network.num_regions();
  data.aggregated = GatewaysAreInterchangeable(problem);
  data.num_gateways = data.aggregated ? 1 : problem.network.num_firm();
  data.num_classes = problem.num_classes();
  LayOutArcs(problem, &data);
  LayOutGroups(problem, initial, &data);
  data.cost.resize(data.num_slots, data.num_arcs);
  data.intensity.resize(data.num_slots, data.num_loads);
  data.demand.resize(data.num_slots, data.num_gateways);
  data.capacity.resize(data.num_slots, data.num_regions);
  data.arrival.resize(data.num_slots, data.num_classes);
  data.room.resize(data.num_slots, data.num_classes);
  Slot slot;
  Coefficients coefficients;
  for (int t = 0; t < data.num_slots; ++t) {
    slots.Read(first + t, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    FillSlot(problem, slot, coefficients, t, &data);
    FillWork(slot, work_done, t, &data);
  }
  DropTraces(&data);
  TightenRooms(&data);
  return data;
}

Prices PricesOfPeriod(const Problem& problem, const PeriodData& data, const Vector& stacked) {
  Prices prices = ZeroPrices(problem);
  for (int k = 0; k < problem.num_groups(); ++k) {
    if (problem.groups[k].norm == 1.0) prices[k].setConstant(problem.groups[k].weight);
  }
  for (const CoupledGroup& group : data.groups)
    prices[group.group] = stacked.segment(group.first_load, group.num_loads);
  ScaleIntoDualSet(problem, &prices);
  return prices;
}

namespace {

/// In proportion to the regions' capacity; arcs from `first` on.
void SpreadOverRegions(const Problem& problem, const Slot& slot, int first, double amount,
                       Eigen::VectorBlock<Vector>* flow) {
  for (Eigen::Index a = 0; a < flow->size(); ++a) (*flow)[a] = slot.capacity[problem.arcs.arcs[first + a].region];
  const double total = flow->sum();
  *flow *= total > 0.0 ? amount / total : 0.0;
}

}  // namespace

RowMatrix DeferralPricesOfPeriod(const PeriodData& data, RowMatrix prices) {
  // A price that falls behind a tightened B falls as well one slot later, behind which B was enough.
  for (int t = 0; t + 1 < data.num_slots; ++t) {
    for (int k = 0; k < data.num_classes; ++k) {
      if (data.tightened(t, k)) prices(t + 1, k) = std::max(prices(t, k), prices(t + 1, k));
    }
  }
  return prices;
}

void ExpandFlow(const Problem& problem, const PeriodData& data, int row, const VectorRef& flow, const Slot& slot,
                const Vector& work_done, Allocation* allocation) {
  const int firm = problem.network.num_firm(), shed_arcs = data.num_arcs - data.num_gateways - data.num_classes;
  const int class_arcs = problem.arcs.first_of_gateway[data.num_gateways] - problem.first_class_arc();
  const double total = slot.demand.sum() + slot.releasable;
  for (int j = 0; j < problem.network.num_gateways(); ++j) {
    const int first = problem.arcs.first_of_gateway[j], count = problem.arcs.first_of_gateway[j + 1] - first;
    const int k = j - firm, gathered = data.aggregated ? 0 : j;
    const int source = k >= 0 ? first + class_arcs : problem.arcs.first_of_gateway[gathered];
    const int shed_arc = shed_arcs + (k >= 0 ? data.num_gateways + k : gathered);
    Eigen::VectorBlock<Vector> mine = allocation->flow.segment(first, count);
    mine = flow.segment(source, count).cwiseMax(0.0);
    allocation->shed[j] = problem.shed_cost ? std::max(0.0, flow[shed_arc]) : 0.0;
    const double served = mine.sum() + allocation->shed[j];
    double wanted = slot.demand[j];
    if (k >= 0) {
      const ReleaseWindow window = WindowOf(slot, work_done, k);
      const double low = std::max(window.low, std::min(window.high, window.high - data.room(row, k)));
      wanted = std::clamp(served, low, std::max(low, window.high));
      if (served == 0.0 && wanted > 0.0) {  // less than what the data keeps
        SpreadOverRegions(problem, slot, first, wanted, &mine);
        continue;
      }
      if (wanted == served) continue;
    }
    const double share = served > 0.0 ? wanted / served : 0.0;
    EVENKEEL_CHECK(served > 0.0 || wanted <= 1e-9 * std::max(1.0, total));
    mine *= share;
    allocation->shed[j] *= share;
  }
}

}  // namespace evenkeel
