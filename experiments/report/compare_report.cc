#include "experiments/report/compare_report.h"

#include <fmt/format.h>

#include <limits>

#include "experiments/report/guarantee_report.h"
#include "experiments/report/report_text.h"

namespace evenkeel {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

constexpr char kGuaranteeNote[] =
    "bound: what J is at most, whatever the advice; slack: what was left of it after a slot. Slots: the advice as it "
    "is\n"
    "(taken), a point between it and the expert's decision (pulled), the expert's decision, or the advice was missing "
    "or\n"
    "infeasible, and the expert decided (rejected).\n";

// The optimum as a row like the policies'.
RunOutcome OptimumOutcome(const Period& period, const CheckedOptimum& checked) {
  RunOutcome outcome;
  outcome.policy = "offline";
  outcome.ledger = checked.optimum.ledger;
  outcome.objective = ObjectiveValue(period.problem, outcome.ledger);
  outcome.shifted_objective = ShiftedObjectiveValue(period.problem, outcome.ledger);
  outcome.seconds = checked.seconds;
  return outcome;
}

// The optimum first, when there is one.
std::vector<RunOutcome> AllRows(const Period& period, const ComparisonResult& result) {
  std::vector<RunOutcome> rows;
  if (result.optimum) rows.push_back(OptimumOutcome(period, *result.optimum));
  rows.insert(rows.end(), result.runs.begin(), result.runs.end());
  return rows;
}

double RatioToOptimum(const Period& period, const ComparisonResult& result, const RunOutcome& run) {
  if (!result.optimum) return kUnknown;
  return Ratio(run.shifted_objective, ShiftedObjectiveValue(period.problem, result.optimum->optimum.ledger));
}

// Against the checker's lower bound: true whatever the solver claims.
double CertifiedRatio(const ComparisonResult& result, const RunOutcome& run) {
  if (!result.optimum) return kUnknown;
  return Ratio(run.shifted_objective, result.optimum->certificate.lower_bound + run.ledger.shift);
}

std::vector<std::string> FixedCells(const std::vector<double>& values, int decimals) {
  std::vector<std::string> cells;
  for (double value : values) cells.push_back(fmt::format("{:.{}f}", value, decimals));
  return cells;
}

void AddGroupColumns(const Problem& problem, const std::vector<RunOutcome>& rows, Table* table) {
  for (std::size_t k = 0; k < problem.groups.size(); ++k) {
    std::vector<double> max, mean, par;
    for (const RunOutcome& row : rows) {
      const Spread spread = ComputeSpread(row.ledger.load[k]);
      max.push_back(spread.max);
      mean.push_back(spread.mean);
      par.push_back(spread.par);
    }
    const Group& group = problem.groups[k];
    table->columns.push_back({group.name + " max", group.unit, FormatColumn(max)});
    table->columns.push_back({"mean", group.unit, FormatColumn(mean)});
    table->columns.push_back({"PAR", "", FixedCells(par, 3)});
  }
}

void AddCostColumns(const Problem& problem, const std::vector<RunOutcome>& rows, Table* table) {
  std::vector<double> energy, shed;
  for (const RunOutcome& row : rows) {
    energy.push_back(row.ledger.energy_cost);
    shed.push_back(row.ledger.shed);
  }
  table->columns.push_back({"energy", "USD", FormatColumn(energy)});
  if (problem.shed_cost) table->columns.push_back({"unserved", "units", FormatColumn(shed)});
}

std::string NameText(const RunOutcome& row) {
  if (row.policy == "offline") return "optimum in hindsight";
  return row.policy + (row.clairvoyant ? " *" : "");
}

std::string RowsText(const Period& period, const ComparisonResult& result) {
  const std::vector<RunOutcome> rows = AllRows(period, result);
  TableColumn names{"policy", "", {}};
  std::vector<double> objectives, ratios, certified, seconds;
  for (const RunOutcome& row : rows) {
    names.cells.push_back(NameText(row));
    objectives.push_back(row.objective);
    ratios.push_back(RatioToOptimum(period, result, row));
    certified.push_back(CertifiedRatio(result, row));
    seconds.push_back(row.seconds);
  }
  Table table;
  table.columns = {names, {"J", "USD", FormatColumn(objectives)}};
  if (result.optimum) {
    table.columns.push_back({"J / opt", "", FixedCells(ratios, 4)});
    table.columns.push_back({"J / LB", "", FixedCells(certified, 4)});
  }
  AddCostColumns(period.problem, rows, &table);
  AddGroupColumns(period.problem, rows, &table);
  table.columns.push_back({"time", "s", FixedCells(seconds, 2)});
  return ToString(table);
}

std::string ClairvoyantNote(const ComparisonResult& result) {
  for (const RunOutcome& run : result.runs) {
    if (run.clairvoyant) return "* looks into the future: for experiments.\n";
  }
  return "";
}

std::string ProgramNote(const ComparisonResult& result) {
  for (const RunOutcome& run : result.runs) {
    if (run.asks_a_program) return fmt::format("{}: {}\n", run.policy, kAsksAProgramNote);
  }
  return "";
}

std::string UnconvergedText(const ComparisonResult& result) {
  std::string text;
  for (const RunOutcome& run : result.runs) {
    if (run.report.unconverged_slots == 0) continue;
    text += fmt::format("{}: {} slots stopped above their tolerance, worst gap {:.1e}.\n", run.policy,
                        run.report.unconverged_slots, run.report.worst_slot_gap);
  }
  return text;
}

Json OptimumJson(const Period& period, const CheckedOptimum& checked) {
  const Ledger& ledger = checked.optimum.ledger;
  Json json = {{"objective", JsonNumber(checked.certificate.objective)},
               {"lower_bound", JsonNumber(checked.certificate.lower_bound)},
               {"gap", JsonNumber(checked.certificate.gap)},
               {"confirmed", IsConfirmed(checked)},
               {"energy_cost", JsonNumber(ledger.energy_cost)},
               {"energy", EnergyJson(ledger)},
               {"groups", GroupsJson(period.problem, ledger)}};
  json.update(PlacesJson(period.problem, ledger));
  json["seconds"] = checked.seconds;
  return json;
}

}  // namespace

std::string ComparisonText(const GivenPeriod& given, const ComparisonResult& result) {
  const Period& period = given.period;
  std::string text = fmt::format("{}: {}\nJ = {}\n\n", given.text.trace,
                                 SizeText(period.header, period.problem.num_slots), FormulaText(period.problem));
  text += RowsText(period, result) + "\n";
  const std::string guarantees = GuaranteeTable(result.runs);
  if (!guarantees.empty()) text += guarantees + "\n";
  for (const RunOutcome& run : result.runs) {
    const std::string loads = VirtualLoadsText(run);
    if (!loads.empty()) text += fmt::format("{}: {}", run.policy, loads);
    if (run.report.overshoot) text += fmt::format("{}: overshoot {}\n", run.policy, OvershootText(run));
    text += RejectedText(run);
  }
  if (result.optimum) {
    text += fmt::format("LB {:.6f} USD is a certified lower bound of the optimum; gap {:.1e}, {}.\n",
                        result.optimum->certificate.lower_bound, result.optimum->certificate.gap,
                        IsConfirmed(*result.optimum) ? "confirmed by the checker" : "NOT CONFIRMED by the checker");
  }
  text +=
      "max and mean are over regions (performance: over gateways), PAR is max / mean; energy includes network cost.\n";
  const std::vector<RunOutcome> rows = AllRows(period, result);
  if (!rows.empty()) text += ShiftNote(rows[0].ledger);
  if (!guarantees.empty()) text += kGuaranteeNote;
  if (period.is_observed_apart())
    text += fmt::format("Policies saw {}, and were settled with {}.\n", given.text.sight(), given.text.trace);
  return text + ClairvoyantNote(result) + ProgramNote(result) + UnconvergedText(result);
}

Json ComparisonJson(const GivenPeriod& given, const ComparisonResult& result) {
  const Period& period = given.period;
  const PeriodText& text = given.text;
  Json policies = Json::array();
  for (const RunOutcome& run : result.runs) {
    const Json json = RunJson(period.problem, run);
    Json policy = {{"policy", run.policy}, {"objective", json["objective"]}};
    policy["ratio"] = result.optimum ? JsonNumber(RatioToOptimum(period, result, run)) : Json();
    policy["certified_ratio"] = result.optimum ? JsonNumber(CertifiedRatio(result, run)) : Json();
    policy.update(json);
    policies.push_back(policy);
  }
  return {{"trace", text.trace},
          {"slots", period.problem.num_slots},
          {"observed", text.observed.empty() ? Json() : Json(text.observed)},
          {"observe", text.observe.empty() ? Json() : Json(text.observe)},
          {"events", text.events},
          {"objective", ObjectiveJson(period.problem)},
          {"units", UnitsJson(period.problem)},
          {"optimum", result.optimum ? OptimumJson(period, *result.optimum) : Json()},
          {"policies", policies}};
}

Comparison MakeComparison(const std::string& command, const Period& period, const ComparisonResult& result) {
  const std::vector<RunOutcome> rows = AllRows(period, result);
  const int count = static_cast<int>(rows.size());
  const Problem& problem = period.problem;
  Comparison comparison = EmptyComparison(problem, count);
  comparison.trace = period.description.trace;
  comparison.command = command;
  comparison.generator = "evenkeel " EVENKEEL_VERSION;
  if (result.optimum) comparison.lower_bound = result.optimum->certificate.lower_bound;
  for (int row = 0; row < count; ++row) {
    const RunOutcome& run = rows[row];
    comparison.policies.push_back(run.policy);
    comparison.objective[row] = run.objective;
    comparison.shift[row] = run.ledger.shift;
    comparison.ratio[row] = RatioToOptimum(period, result, run);
    comparison.certified_ratio[row] = CertifiedRatio(result, run);
    comparison.energy_cost[row] = run.ledger.energy_cost;
    comparison.seconds[row] = run.seconds;
    comparison.region_cost.row(row) = run.ledger.region_cost.transpose();
    for (std::size_t k = 0; k < problem.groups.size(); ++k) {
      comparison.groups[k].load.row(row) = run.ledger.load[k].transpose();
    }
  }
  return comparison;
}

}  // namespace evenkeel
