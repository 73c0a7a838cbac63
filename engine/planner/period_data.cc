#include "engine/planner/period_data.h"

#include <algorithm>
#include <cmath>

#include "engine/dispatch/dispatch.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

bool GatewaysAreInterchangeable(const Problem& problem) {
  const Network& network = problem.network;
  if (network.num_gateways() == 1 || network.reachable.minCoeff() == 0) return false;
  for (const Group& group : problem.groups) {
    if (group.weight > 0.0 && group.footprint == Footprint::kQualityLoss) return false;
  }
  return (network.network_cost.rowwise() - network.network_cost.row(0)).cwiseAbs().maxCoeff() == 0.0;
}

void LayOutArcs(const Problem& problem, PeriodData* data) {
  const int served = data->aggregated ? problem.arcs.first_of_gateway[1] : problem.num_arcs();
  for (int a = 0; a < served; ++a) {
    data->gateway.push_back(problem.arcs.arcs[a].gateway);
    data->region.push_back(problem.arcs.arcs[a].region);
  }
  for (int j = 0; problem.shed_cost && j < data->num_gateways; ++j) {
    data->gateway.push_back(j);
    data->region.push_back(-1);
  }
  data->num_arcs = static_cast<int>(data->gateway.size());
  data->resource = Vector::Zero(data->num_arcs);
  for (int a = 0; a < served; ++a)
    data->resource[a] = problem.arcs.arcs[a].resource;
}

/// The set of a footprint's activities, an existing one if it is the same.
int FindActivities(const Problem& problem, const Group& group, PeriodData* data) {
  ActivitySet set;
  set.first = data->num_activities;
  set.count = group.num_buckets();
  set.per_unit = Vector::Zero(data->num_arcs);
  set.of_arc.assign(data->num_arcs, -1);
  for (int a = 0; a < data->num_arcs && data->region[a] >= 0; ++a) {
    set.of_arc[a] = group.bucket_of_arc[a];
    set.per_unit[a] = ActivityPerUnit(group.footprint, problem.arcs.arcs[a]);
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

void FillSlot(const Problem& problem, const Slot& slot, const Coefficients& coefficients, int row, PeriodData* data) {
  const int shed_arcs = problem.shed_cost ? data->num_gateways : 0;
  const int served = data->num_arcs - shed_arcs;
  data->cost.row(row).head(served) = coefficients.cost.head(served).transpose();
  if (problem.shed_cost) data->cost.row(row).tail(shed_arcs).setConstant(*problem.shed_cost);
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    if (group.norm == 1.0)
      data->cost.row(row).head(served) += group.weight * coefficients.load[k].head(served).transpose();
  }
  for (const CoupledGroup& group : data->groups) {
    for (int b = 0; b < group.num_loads; ++b)
      data->intensity(row, group.first_load + b) = Intensity(problem, problem.groups[group.group], b, slot);
  }
  if (data->aggregated) {
    data->demand(row, 0) = slot.demand.sum();
  } else {
    data->demand.row(row) = slot.demand.transpose();
  }
  data->capacity.row(row) = slot.capacity.transpose();
}

}  // namespace

PeriodData AssemblePeriod(const Problem& problem, SlotSource& slots, int first, const Loads& initial) {
  EVENKEEL_CHECK_LE(first, slots.num_slots());
  PeriodData data;
  data.num_slots = slots.num_slots() - first;
  data.num_regions = problem.network.num_regions();
  data.aggregated = GatewaysAreInterchangeable(problem);
  data.num_gateways = data.aggregated ? 1 : problem.network.num_gateways();
  LayOutArcs(problem, &data);
  LayOutGroups(problem, initial, &data);
  data.cost.resize(data.num_slots, data.num_arcs);
  data.intensity.resize(data.num_slots, data.num_loads);
  data.demand.resize(data.num_slots, data.num_gateways);
  data.capacity.resize(data.num_slots, data.num_regions);
  Slot slot;
  Coefficients coefficients;
  for (int t = 0; t < data.num_slots; ++t) {
    slots.Read(first + t, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    FillSlot(problem, slot, coefficients, t, &data);
  }
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

void CheckServable(const Problem& problem, SlotSource& slots) {
  Dispatcher dispatcher(problem);
  Allocation scratch = MakeAllocation(problem);
  const Vector cost = Vector::Zero(problem.num_arcs());
  Slot slot;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    DispatchOrThrow(problem, cost, slot, &dispatcher, &scratch);
  }
}

void ExpandFlow(const Problem& problem, const PeriodData& data, const VectorRef& flow, const Vector& demand,
                Allocation* allocation) {
  const double total = demand.sum();
  for (int j = 0; j < problem.network.num_gateways(); ++j) {
    const int first = problem.arcs.first_of_gateway[j], count = problem.arcs.first_of_gateway[j + 1] - first;
    const int source = data.aggregated ? 0 : first;
    const int shed_arc = data.num_arcs - data.num_gateways + (data.aggregated ? 0 : j);
    auto mine = allocation->flow.segment(first, count);
    mine = flow.segment(source, count).cwiseMax(0.0);
    allocation->shed[j] = problem.shed_cost ? std::max(0.0, flow[shed_arc]) : 0.0;
    const double served = mine.sum() + allocation->shed[j];
    const double wanted = demand[j];
    const double share = served > 0.0 ? wanted / served : 0.0;
    EVENKEEL_CHECK(served > 0.0 || wanted <= 1e-9 * std::max(1.0, total));
    mine *= share;
    allocation->shed[j] *= share;
  }
}

}  // namespace evenkeel
