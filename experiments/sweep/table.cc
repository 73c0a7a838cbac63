#include "experiments/sweep/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "experiments/catalog/catalog.h"
#include "models/base/numbers.h"
#include "models/base/shell_line.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// Everything that a cell's parameters say, for the columns below.
struct Parameters {
  const SweepPlan& plan;
  const SweepCell& cell;
  const GivenPeriod& period;
  std::vector<Arguments> robust;  ///< of every robust policy in the cell's, the first one counts
  std::vector<Arguments> plans;   ///< the same of `plan`
  std::vector<Arguments> noise;   ///< and of noisy predictors

  Parameters(const SweepPlan& the_plan, const SweepCell& the_cell)
      : plan(the_plan),
        cell(the_cell),
        period(the_plan.PeriodOf(the_cell)),
        robust(FindSpecs(Catalog(), Kind::kPolicy, cell.policy, "robust")),
        plans(FindSpecs(Catalog(), Kind::kPolicy, cell.policy, "plan")),
        noise(FindSpecs(Catalog(), Kind::kPolicy, cell.policy, "noisy")) {}

  /// Of the error in observations; empty or NaN without one.
  std::string ObserveKind() const {
    const auto& error = period.period.description.observe_error;
    return error ? kErrorKindNames[static_cast<int>(error->kind)] : "";
  }
};

std::string TextOf(const std::vector<Arguments>& found, const std::string& name) {
  return found.empty() ? "" : ToString(found.front().at(name));
}

double NumberOf(const std::vector<Arguments>& found, const std::string& name) {
  return found.empty() ? kUnknown : NumberArgument(found.front(), name);
}

std::string Start(const Parameters& of, bool end) {
  const std::unique_ptr<SlotSource> slots = OpenMetered(of.period.period);
  Slot slot;
  slots->Read(end ? slots->num_slots() - 1 : 0, &slot);
  return FormatUtc(slot.time);
}

struct TextColumn {
  const char* name;
  const char* long_name;
  std::function<std::string(const Parameters&)> value;
};

std::vector<TextColumn> TextColumns() {
  return {
      {"trace", "path of the trace", [](const Parameters& of) { return of.period.text.trace; }},
      {"first_slot", "start of the first slot, UTC", [](const Parameters& of) { return Start(of, false); }},
      {"last_slot", "start of the last slot, UTC", [](const Parameters& of) { return Start(of, true); }},
      {"events", "what happens to the trace",
       [](const Parameters& of) { return fmt::format("{}", fmt::join(of.period.text.events, " ")); }},
      {"observe", "error in what policies see, as a spec", [](const Parameters& of) { return of.period.text.observe; }},
      {"observe_kind", "its kind", [](const Parameters& of) { return of.ObserveKind(); }},
      {"policy", "policy, as a spec", [](const Parameters& of) { return ToString(of.cell.policy); }},
      {"policy_name", "its name", [](const Parameters& of) { return of.cell.policy.name; }},
      {"advice", "advice of a robust policy", [](const Parameters& of) { return TextOf(of.robust, "advice"); }},
      {"expert_policy", "expert of a robust policy", [](const Parameters& of) { return TextOf(of.robust, "expert"); }},
      {"mode", "way back of a robust policy", [](const Parameters& of) { return TextOf(of.robust, "mode"); }},
      {"forecast", "predictor of a plan", [](const Parameters& of) { return TextOf(of.plans, "forecast"); }},
      {"forecast_kind", "kind of the error put into its forecasts",
       [](const Parameters& of) { return TextOf(of.noise, "kind"); }},
      {"command", "repeats the cell on its own", [](const Parameters& of) { return of.plan.CommandOf(of.cell); }},
  };
}

struct NumberColumn {
  const char* name;
  const char* long_name;
  std::function<double(const Parameters&)> value;
};

std::vector<NumberColumn> NumberColumns() {
  const auto of_error = [](double (*get)(const SignalError&)) {
    return [get](const Parameters& of) {
      const auto& error = of.period.period.description.observe_error;
      return error ? get(*error) : kUnknown;
    };
  };
  return {
      {"forecast_level", "level of the error put into forecasts",
       [](const Parameters& of) { return NumberOf(of.noise, "level"); }},
      {"forecast_seed", "its seed", [](const Parameters& of) { return NumberOf(of.noise, "seed"); }},
      {"observe_level", "level of the error put into observations",
       of_error([](const SignalError& error) { return error.level; })},
      {"observe_seed", "its seed", of_error([](const SignalError& error) { return static_cast<double>(error.seed); })},
  };
}

/// The value of a variable in a cell, empty where the cell does not use it.
std::string VariableText(const SweepCell& cell, const std::string& name) {
  for (const auto& [variable, value] : cell.variables) {
    if (variable == name) return value;
  }
  return "";
}

void AddVariable(const SweepPlan& plan, const SweepVariable& variable, SweepTable* table) {
  const std::string name = "vary_" + variable.name;
  const std::string long_name = "value of {" + variable.name + "}";
  const bool numeric = std::all_of(variable.values.begin(), variable.values.end(),
                                   [](const std::string& value) { return ParseNumber(value).has_value(); });
  if (!numeric) {
    SweepTexts texts{name, long_name, {}};
    for (const SweepCell& cell : plan.cells) texts.values.push_back(VariableText(cell, variable.name));
    table->texts.push_back(std::move(texts));
    return;
  }
  SweepNumbers numbers{name, "1", long_name, Vector::Constant(table->num_cells, kUnknown)};
  for (int cell = 0; cell < table->num_cells; ++cell) {
    const auto value = ParseNumber(VariableText(plan.cells[cell], variable.name));
    if (value) numbers.values[cell] = *value;
  }
  table->numbers.push_back(std::move(numbers));
}

void AddParameters(const SweepPlan& plan, SweepTable* table) {
  for (const TextColumn& column : TextColumns()) {
    SweepTexts texts{column.name, column.long_name, {}};
    for (const SweepCell& cell : plan.cells) texts.values.push_back(column.value(Parameters(plan, cell)));
    table->texts.push_back(std::move(texts));
  }
  for (const NumberColumn& column : NumberColumns()) {
    SweepNumbers numbers{column.name, "1", column.long_name, Vector(table->num_cells)};
    for (int cell = 0; cell < table->num_cells; ++cell) {
      numbers.values[cell] = column.value(Parameters(plan, plan.cells[cell]));
    }
    table->numbers.push_back(std::move(numbers));
  }
  for (const SweepVariable& variable : plan.config.variables) AddVariable(plan, variable, table);
}

double ValueOf(const SweepOutcome& outcome, std::size_t at) {
  return outcome.values.empty() ? kUnknown : outcome.values[at];
}

void AddOutcomes(const SweepSchema& schema, const std::vector<SweepOutcome>& outcomes, SweepTable* table) {
  SweepTexts failures{"failure", "why the cell failed; empty: it did not", {}};
  for (const SweepOutcome& outcome : outcomes) failures.values.push_back(outcome.failure);
  table->texts.push_back(std::move(failures));
  std::size_t at = 0;
  for (const SweepColumn& column : schema.columns) {
    SweepNumbers numbers{column.name, column.units, column.long_name, Vector(table->num_cells)};
    for (int cell = 0; cell < table->num_cells; ++cell) {
      numbers.values[cell] = ValueOf(outcomes[cell], at);
    }
    table->numbers.push_back(std::move(numbers));
    ++at;
  }
  for (const SweepLoads& loads : schema.loads) {
    const std::size_t count = loads.by_region ? schema.regions.size() : schema.gateways.size();
    SweepPlaces places{loads.name, loads.units, loads.long_name, loads.by_region, RowMatrix(table->num_cells, count)};
    for (int cell = 0; cell < table->num_cells; ++cell) {
      for (std::size_t b = 0; b < count; ++b) {
        places.values(cell, b) = ValueOf(outcomes[cell], at + b);
      }
    }
    table->places.push_back(std::move(places));
    at += count;
  }
}

}  // namespace

SweepTable MakeSweepTable(const SweepPlan& plan, const SweepSchema& schema, const std::vector<SweepOutcome>& outcomes) {
  SweepTable table;
  table.num_cells = static_cast<int>(plan.cells.size());
  for (const SweepEntry& entry : plan.config.entries) {
    if (entry.key == "title") table.title = entry.value;
  }
  // Without the options that change nothing in the file.
  table.command = ShellLine({"evenkeel", "sweep", plan.config.path});
  table.generator = "evenkeel " EVENKEEL_VERSION;
  table.config = plan.config.text;
  table.regions = schema.regions;
  table.gateways = schema.gateways;
  AddParameters(plan, &table);
  AddOutcomes(schema, outcomes, &table);
  return table;
}

}  // namespace evenkeel
