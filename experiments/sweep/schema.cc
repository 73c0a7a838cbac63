#include "experiments/sweep/schema.h"

#include <algorithm>
#include <limits>

#include "models/base/error.h"
#include "models/world/trace_schema.h"

namespace evenkeel {
namespace {

void AddSpreadColumns(const std::string& name, const std::string& units, std::vector<SweepColumn>* columns) {
  const std::string what = name + " over the period, bucket weights applied: ";
  columns->push_back({name + "_sum", units, what + "sum"});
  columns->push_back({name + "_max", units, what + "largest"});
  columns->push_back({name + "_mean", units, what + "mean"});
  columns->push_back({name + "_jain", "1", what + "Jain's index, 1 is even"});
}

void AddErrorColumns(const std::string& prefix, const std::string& what, std::vector<SweepColumn>* columns) {
  constexpr const char* kUnits[kNumSignals] = {kDemand.units, kPrice.units, kCarbonIntensity.units,
                                               kWaterIntensity.units};
  for (std::size_t s = 0; s < kNumSignals; ++s) {
    const std::string name = kSignalNames[s];
    columns->push_back({prefix + "_mae_" + name, kUnits[s], "mean absolute error of " + what + " " + name});
    columns->push_back({prefix + "_mape_" + name, "1", "mean absolute relative error of " + what + " " + name});
  }
}

std::vector<SweepColumn> FixedColumns() {
  std::vector<SweepColumn> columns = {
      {"slots", "1", "slots of the period"},
      {"objective", "USD", "objective J"},
      {"shift", "USD", "added to J for the ratios"},
      {"optimum", "USD", "J of the optimum in hindsight"},
      {"lower_bound", "USD", "certified lower bound of the optimum"},
      {"optimum_confirmed", "1", "1 where the checker confirms the optimum"},
      {"ratio", "1", "shifted J over the optimum's"},
      {"certified_ratio", "1", "shifted J over the certified lower bound"},
      {"energy_cost", "USD", "energy and network cost"},
      {"shed", "1", "unserved workload"},
      {"shed_cost", "USD", "cost of unserved workload"},
      {"rho", "1", "margin over the expert, of robust policies"},
      {"expert_objective", "USD", "J of the expert on its own"},
      {"expert_ratio", "1", "shifted J over the expert's"},
      {"bound", "USD", "what J is at most, whatever the advice"},
      {"slack", "USD", "bound minus J"},
      {"relative_slack", "1", "slack over the shifted bound"},
      {"min_slack", "USD", "smallest settled budget after a slot"},
      {"observation_delta", "1", "largest relative difference between observed and metered coefficients"},
      {"observation_cost", "USD", "part of the bound that is for uncertain meters"},
      {"taken", "1", "slots in which the advice was taken"},
      {"pulled", "1", "slots in which it was pulled towards the expert"},
      {"expert", "1", "slots in which the expert decided"},
      {"rejected", "1", "slots in which there was no usable advice"},
      {"unconverged", "1", "slots whose inner solver stopped above its tolerance"},
      {"clairvoyant", "1", "1 where the policy looks into the future"}};
  AddErrorColumns("forecast", "forecasts of", &columns);
  AddErrorColumns("observed", "observed", &columns);
  return columns;
}

template <typename Node>
void AddNames(const std::vector<Node>& nodes, std::vector<std::string>* names) {
  for (const Node& node : nodes) {
    if (std::count(names->begin(), names->end(), node.name) == 0) names->push_back(node.name);
  }
}

}  // namespace

std::size_t SweepSchema::num_values() const {
  std::size_t count = columns.size();
  for (const SweepLoads& group : loads) count += group.by_region ? regions.size() : gateways.size();
  return count;
}

SweepSchema MakeSweepSchema(const SweepPlan& plan) {
  SweepSchema schema;
  schema.columns = FixedColumns();
  for (const SweepPeriod& period : plan.periods) {
    const Network& network = period.given.period.header.network;
    AddNames(network.regions, &schema.regions);
    AddNames(FirmGateways(network), &schema.gateways);
    for (const Group& group : period.given.period.problem.groups) {
      const auto same = [&](const SweepLoads& loads) { return loads.name == group.name + "_load"; };
      if (std::any_of(schema.loads.begin(), schema.loads.end(), same)) continue;
      const bool by_region = group.footprint != Footprint::kQualityLoss;
      const std::string units = by_region ? group.unit : "1";
      schema.loads.push_back(
          {group.name + "_load", units, group.name + " over the period, bucket weights applied", by_region});
      AddSpreadColumns(group.name, units, &schema.columns);
      schema.columns.push_back({group.name + "_weight", "USD/(" + units + ")", "weight of the group " + group.name});
      schema.columns.push_back({group.name + "_norm", "1", "norm of the group " + group.name});
    }
  }
  schema.loads.push_back({"region_cost", "USD", "energy cost by region", true});
  schema.loads.push_back({"region_workload", "1", "workload served by region", true});
  return schema;
}

SweepRow::SweepRow(const SweepSchema& schema)
    : schema_(schema), values_(schema.num_values(), std::numeric_limits<double>::quiet_NaN()) {}

void SweepRow::Set(const std::string& name, double value) {
  const auto found = std::find_if(schema_.columns.begin(), schema_.columns.end(),
                                  [&](const SweepColumn& column) { return column.name == name; });
  EVENKEEL_CHECK(found != schema_.columns.end());
  values_[found - schema_.columns.begin()] = value;
}

void SweepRow::SetLoads(const std::string& name, const std::vector<std::string>& places, const Vector& loads) {
  std::size_t first = schema_.columns.size();
  for (const SweepLoads& group : schema_.loads) {
    const std::vector<std::string>& axis = group.by_region ? schema_.regions : schema_.gateways;
    if (group.name == name) {
      for (std::size_t b = 0; b < places.size(); ++b) {
        const auto place = std::find(axis.begin(), axis.end(), places[b]) - axis.begin();
        values_[first + static_cast<std::size_t>(place)] = loads[b];
      }
      return;
    }
    first += axis.size();
  }
  throw InternalError("no loads " + name);
}

}  // namespace evenkeel
