#include "experiments/sweep/cell.h"

#include <fmt/format.h>

#include <chrono>

#include "experiments/catalog/catalog.h"
#include "experiments/catalog/plan.h"
#include "experiments/report/guarantee_report.h"
#include "models/slots/disturbed_slots.h"
#include "models/world/metrics.h"
#include "predictors/forecast/rest.h"

namespace evenkeel {
namespace {

void SetSpread(const std::string& name, const Vector& values, SweepRow* row) {
  const Spread spread = ComputeSpread(values);
  row->Set(name + "_sum", spread.sum);
  row->Set(name + "_max", spread.max);
  row->Set(name + "_mean", spread.mean);
  row->Set(name + "_jain", spread.jain);
}

void SetError(const std::string& prefix, const RealisedError& error, SweepRow* row) {
  for (Signal signal : kSignals) {
    const std::string name = kSignalNames[static_cast<int>(signal)];
    row->Set(prefix + "_mae_" + name, error.Mae(signal));
    row->Set(prefix + "_mape_" + name, error.Mape(signal));
  }
}

void SetGuarantee(const RunOutcome& run, SweepRow* row) {
  const GuaranteeReport& guarantee = *run.guarantee;
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

}  // namespace

SweepOutcome SweepRunner::Run(int cell) {
  const auto start = std::chrono::steady_clock::now();
  const SweepCell& what = plan_.cells[cell];
  SweepOutcome outcome;
  try {
    RunSettings settings(what.seed);
    settings.trust_modules = plan_.config.trust_modules;
    settings.make_expert = [&](const PolicyContext&, const Spec& spec) { return MakeReplay(ExpertRun(what, spec)); };
    settings.shared_plans = PlansFor(what);
    const RunOutcome run = RunPolicy(plan_.PeriodOf(what).period, what.policy, settings, {});
    outcome.violation = GuaranteeViolation(run);
    outcome.values = Values(what, run);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    outcome.failure = fmt::format("{}, in {}:{}", error.what(), plan_.config.path, what.line);
  }
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return outcome;
}

const SweepRunner::Optimum& SweepRunner::OptimumOf(const SweepCell& cell) {
  const Period& period = plan_.PeriodOf(cell).period;
  const int setting = plan_.periods[cell.period].setting;
  return optima_.Get(std::to_string(setting), [&] {
    const CheckedOptimum checked = SolveAndCheck(period);
    return Optimum{checked.certificate.objective, checked.certificate.lower_bound,
                   ShiftedObjectiveValue(period.problem, checked.optimum.ledger), IsConfirmed(checked)};
  });
}

/// Of a plan that decides alone or advises `robust`, and so sees the period's slots as they are; what somebody has
/// programmed may answer as it likes. Robust policies of any rho plan the same until their loads differ, those
/// of another objective for the same futures.
SharedPlans SweepRunner::PlansFor(const SweepCell& cell) {
  const std::vector<Arguments> plans = FindSpecs(Catalog(), Kind::kPolicy, cell.policy, "plan");
  if (plans.size() != 1 || RunsForeignCode(Catalog(), Kind::kPolicy, cell.policy)) return {};
  if (cell.policy.name != "plan") {
    if (cell.policy.name != "robust") return {};
    const CheckedSpec robust = CheckSpec(Catalog(), Kind::kPolicy, cell.policy);
    if (robust.arguments.at("advice").name != "plan") return {};
  }
  std::string plan = fmt::format("{}", cell.seed);
  for (const auto& [name, value] : plans.front().values) plan += fmt::format(" {}={}", name, ToString(value));
  return {plans_, futures_, fmt::format("{} {}", cell.period, plan),
          fmt::format("{} {}", plan_.periods[cell.period].signals, plan)};
}

/// An expert's run depends on the period alone, so that all robust policies around it can share one.
std::shared_ptr<const RecordedRun> SweepRunner::ExpertRun(const SweepCell& cell, const Spec& spec) {
  const std::string key = fmt::format("{} {} {}", cell.period, cell.seed, ToString(spec));
  return experts_.Get(key, [&] {
    RecordedRun run;
    const auto keep = [&](const SlotRecord& record) { run.decisions.push_back(record.allocation); };
    run.report = RunPolicy(plan_.PeriodOf(cell).period, spec, RunSettings(cell.seed), keep).report;
    return std::make_shared<const RecordedRun>(std::move(run));
  });
}

const RealisedError& SweepRunner::ObservationError(const SweepCell& cell) {
  const Period& period = plan_.PeriodOf(cell).period;
  return observation_errors_.Get(std::to_string(plan_.periods[cell.period].signals),
                                 [&] { return CompareSlots(*OpenMetered(period), *OpenObserved(period)); });
}

/// Of the forecasts that the policy `plan` plans with.
const RealisedError& SweepRunner::ForecastError(const SweepCell& cell, const Arguments& plan) {
  const Period& period = plan_.PeriodOf(cell).period;
  const Spec& forecast = plan.at("forecast");
  const PlanOptions options = PlanOptionsOf(plan, period.time.slot_hours);
  const std::string key = fmt::format("{} {} {} {} {}", plan_.periods[cell.period].signals, cell.seed, options.every,
                                      options.rest.horizon, ToString(forecast));
  return forecast_errors_.Get(key, [&] {
    History seen, truth;
    seen.AppendAll(*OpenHistory(period));
    truth = seen;
    const int before = seen.num_slots();
    seen.AppendAll(*OpenObserved(period));
    truth.AppendAll(*OpenMetered(period));
    const auto forecaster = MakeForecaster(ForecastContextOf(ContextOf(period, cell.seed), before), forecast);
    return ErrorOfRest(*forecaster, seen, truth, before, options.every, options.rest);
  });
}

std::vector<double> SweepRunner::Values(const SweepCell& cell, const RunOutcome& run) {
  const Period& period = plan_.PeriodOf(cell).period;
  const Problem& problem = period.problem;
  SweepRow row(schema_);
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
  if (run.guarantee) SetGuarantee(run, &row);
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
  return row.values();
}

}  // namespace evenkeel
