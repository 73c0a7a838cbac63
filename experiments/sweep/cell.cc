#include "experiments/sweep/cell.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "experiments/catalog/catalog.h"
#include "experiments/report/guarantee_report.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/world/disturbed_slots.h"
#include "models/world/metrics.h"
#include "models/world/trace_schema.h"

namespace evenkeel {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

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

/// Fills a cell's row by the names of the schema.
class Row {
 public:
  Row(const SweepSchema& schema, std::vector<double>* values) : schema_(schema), values_(*values) {
    values_.assign(schema.num_values(), kUnknown);
  }

  void Set(const std::string& name, double value) {
    const auto found = std::find_if(schema_.columns.begin(), schema_.columns.end(),
                                    [&](const SweepColumn& column) { return column.name == name; });
    EVENKEEL_CHECK(found != schema_.columns.end());
    values_[static_cast<std::size_t>(found - schema_.columns.begin())] = value;
  }

  void SetLoads(const std::string& name, const std::vector<std::string>& places, const Vector& loads) {
    std::size_t first = schema_.columns.size();
    for (const SweepLoads& group : schema_.loads) {
      const std::vector<std::string>& axis = group.by_region ? schema_.regions : schema_.gateways;
      if (group.name == name) {
        for (std::size_t b = 0; b < places.size(); ++b) {
          const auto place = std::find(axis.begin(), axis.end(), places[b]) - axis.begin();
          values_[first + static_cast<std::size_t>(place)] = loads[static_cast<Eigen::Index>(b)];
        }
        return;
      }
      first += axis.size();
    }
    throw InternalError("no loads " + name);
  }

 private:
  const SweepSchema& schema_;
  std::vector<double>& values_;
};

void SetSpread(const std::string& name, const Vector& values, Row* row) {
  const Spread spread = ComputeSpread(values);
  row->Set(name + "_sum", spread.sum);
  row->Set(name + "_max", spread.max);
  row->Set(name + "_mean", spread.mean);
  row->Set(name + "_jain", spread.jain);
}

void SetError(const std::string& prefix, const RealisedError& error, Row* row) {
  for (Signal signal : kSignals) {
    const std::string name = kSignalNames[static_cast<int>(signal)];
    row->Set(prefix + "_mae_" + name, error.Mae(signal));
    row->Set(prefix + "_mape_" + name, error.Mape(signal));
  }
}

void SetGuarantee(const RunOutcome& run, Row* row) {
  const GuaranteeReport& guarantee = *run.report.guarantee;
  const double bound = ProvenBound(run);
  row->Set("rho", guarantee.rho);
  row->Set("expert_objective", guarantee.expert_objective);
  row->Set("expert_ratio", RatioToExpert(run));
  row->Set("bound", bound);
  row->Set("slack", bound - run.objective);
  row->Set("relative_slack", (bound - run.objective) / (bound + run.ledger.shift));
  row->Set("min_slack", guarantee.min_slack);
  row->Set("observation_delta", guarantee.delta);
  row->Set("observation_cost", guarantee.observation_error);
  row->Set("taken", static_cast<double>(guarantee.taken));
  row->Set("pulled", static_cast<double>(guarantee.pulled));
  row->Set("expert", static_cast<double>(guarantee.expert));
  row->Set("rejected", static_cast<double>(guarantee.rejected));
}

std::vector<std::string> RegionNames(const Network& network) {
  std::vector<std::string> names;
  for (const Region& region : network.regions) names.push_back(region.name);
  return names;
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
    const Network& network = period.period.header.network;
    AddNames(network.regions, &schema.regions);
    AddNames(network.gateways, &schema.gateways);
    for (const Group& group : period.period.problem.groups) {
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

SweepOutcome SweepRunner::Run(int cell) {
  const auto start = std::chrono::steady_clock::now();
  const SweepCell& what = plan_.cells[static_cast<std::size_t>(cell)];
  const Period& period = plan_.periods[static_cast<std::size_t>(what.period)].period;
  SweepOutcome outcome;
  try {
    RunSettings settings(what.seed);
    settings.make_expert = [&](const PolicyContext& context, const Spec& spec) {
      return MakeExpert(what, context, spec);
    };
    const RunOutcome run = RunPolicy(period, what.policy, settings, {});
    outcome.violation = GuaranteeViolation(run);
    outcome.values = Values(what, run);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    outcome.failure = error.what();
  }
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return outcome;
}

const SweepRunner::Optimum& SweepRunner::OptimumOf(const SweepCell& cell) {
  const SweepPeriod& period = plan_.periods[static_cast<std::size_t>(cell.period)];
  return optima_.Get(std::to_string(period.setting), [&] {
    const CheckedOptimum checked = SolveAndCheck(period.period);
    return Optimum{checked.certificate.objective, checked.certificate.lower_bound,
                   ShiftedObjectiveValue(period.period.problem, checked.optimum.ledger), IsConfirmed(checked)};
  });
}

/// An expert's run depends on the period alone, so that all robust policies around it can share one.
std::unique_ptr<Policy> SweepRunner::MakeExpert(const SweepCell& cell, const PolicyContext& context, const Spec& spec) {
  const Period& period = plan_.periods[static_cast<std::size_t>(cell.period)].period;
  const std::string key = fmt::format("{} {} {}", cell.period, cell.seed, ToString(spec));
  return MakeRecorded(experts_.Get(key, [&] {
    RecordedRun run;
    PolicyContext own = context;
    own.make_expert = {};
    const std::unique_ptr<Policy> policy = MakePolicy(own, spec);
    const std::unique_ptr<SlotSource> metered = OpenMetered(period);
    const std::unique_ptr<SlotSource> observed = period.is_observed_apart() ? OpenObserved(period) : nullptr;
    Simulate(period.problem, observed ? *observed : *metered, *metered, *policy,
             [&](const SlotRecord& record) { run.decisions.push_back(record.allocation); });
    run.report = policy->Report();
    return std::make_shared<const RecordedRun>(std::move(run));
  }));
}

const RealisedError& SweepRunner::ObservationError(const SweepCell& cell) {
  const Period& period = plan_.periods[static_cast<std::size_t>(cell.period)].period;
  return observation_errors_.Get(std::to_string(cell.period),
                                 [&] { return CompareSlots(*OpenMetered(period), *OpenObserved(period)); });
}

/// Of the forecasts that a plan is made from: at every re-plan, for the rest of the period.
const RealisedError& SweepRunner::ForecastError(const SweepCell& cell, const Arguments& plan) {
  const Period& period = plan_.periods[static_cast<std::size_t>(cell.period)].period;
  const Spec& forecast = plan.at("forecast");
  const int every = IntegerArgument(plan, "every");
  const std::string key = fmt::format("{} {} {}", cell.period, every, ToString(forecast));
  return forecast_errors_.Get(key, [&] {
    History seen, truth;
    seen.AppendAll(*OpenHistory(period));
    truth = seen;
    const int before = seen.num_slots();
    seen.AppendAll(*OpenObserved(period));
    truth.AppendAll(*OpenMetered(period));
    const auto forecaster = MakeForecaster({[&] { return OpenMetered(period); }, before}, forecast);
    RealisedError error;
    for (int t = 0; t < period.problem.num_slots; t += every) {
      const HistoryView view(seen, before + t + 1);
      const RowMatrix predicted = Forecast(*forecaster, view, period.problem.num_slots - t - 1);
      for (Eigen::Index k = 0; k < predicted.rows(); ++k) {
        error.Add(view.columns(), truth.row(before + t + 1 + static_cast<int>(k)), predicted.row(k));
      }
    }
    return error;
  });
}

std::vector<double> SweepRunner::Values(const SweepCell& cell, const RunOutcome& run) {
  const Period& period = plan_.periods[static_cast<std::size_t>(cell.period)].period;
  const Problem& problem = period.problem;
  std::vector<double> values;
  Row row(schema_, &values);
  row.Set("slots", problem.num_slots);
  row.Set("objective", run.objective);
  row.Set("shift", run.ledger.shift);
  row.Set("energy_cost", run.ledger.energy_cost);
  row.Set("shed", run.ledger.shed);
  row.Set("shed_cost", run.ledger.shed_cost);
  row.Set("unconverged", static_cast<double>(run.report.unconverged_slots));
  row.Set("clairvoyant", run.clairvoyant ? 1.0 : 0.0);
  if (plan_.with_optimum) {
    const Optimum& optimum = OptimumOf(cell);
    row.Set("optimum", optimum.objective);
    row.Set("lower_bound", optimum.lower_bound);
    row.Set("optimum_confirmed", optimum.confirmed ? 1.0 : 0.0);
    row.Set("ratio", Ratio(run.shifted_objective, optimum.shifted));
    row.Set("certified_ratio", Ratio(run.shifted_objective, optimum.lower_bound + run.ledger.shift));
  }
  if (run.report.guarantee) SetGuarantee(run, &row);
  if (period.is_observed_apart()) SetError("observed", ObservationError(cell), &row);
  const std::vector<Arguments> plans = FindSpecs(Catalog(), Kind::kPolicy, cell.policy, "plan");
  if (!plans.empty()) SetError("forecast", ForecastError(cell, plans.front()), &row);
  const std::vector<std::string> regions = RegionNames(period.header.network);
  for (std::size_t k = 0; k < problem.groups.size(); ++k) {
    const Group& group = problem.groups[k];
    SetSpread(group.name, run.ledger.load[k], &row);
    row.Set(group.name + "_weight", group.weight);
    row.Set(group.name + "_norm", group.norm);
    row.SetLoads(group.name + "_load", group.bucket_names, run.ledger.load[k]);
  }
  row.SetLoads("region_cost", regions, run.ledger.region_cost);
  row.SetLoads("region_workload", regions, run.ledger.region_workload);
  return values;
}

}  // namespace evenkeel
