#include "experiments/sweep/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "engine/planner/servable.h"
#include "experiments/catalog/catalog.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/shell_line.h"
#include "models/base/suggest.h"
#include "models/files/trace_file.h"

namespace evenkeel {
namespace {

constexpr std::size_t kMostCells = 1000000;

/// The keys that make the grid, the outermost loop first.
constexpr const char* kGridKeys[] = {"trace", "period",    "weight",  "norm",  "bucket-weight",
                                     "event", "shed-cost", "observe", "policy"};

using Assignment = std::vector<std::pair<std::string, std::string>>;
using Choice = std::vector<const SweepEntry*>;  // an entry for every grid key; null: none in the file

std::string Filled(const std::string& text, const Assignment& assignment) {
  std::string filled = text;
  for (const auto& [name, value] : assignment) {
    const std::string brace = "{" + name + "}";
    for (std::size_t at = 0; (at = filled.find(brace, at)) != std::string::npos; at += value.size()) {
      filled.replace(at, brace.size(), value);
    }
  }
  return filled;
}

/// `a=1 b=2` as the values of an option that is given several times.
std::vector<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// `outage(..) surge(..)`: split at spaces outside of parentheses.
std::vector<std::string> SplitEvents(const std::string& text) {
  std::vector<std::string> events;
  int depth = 0;
  std::string event;
  for (char c : text + " ") {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c != ' ' || depth > 0) {
      event += c;
    } else if (!event.empty()) {
      events.push_back(std::move(event));
      event.clear();
    }
  }
  return events;
}

class Planner {
 public:
  explicit Planner(const SweepConfig& config) { plan_.config = config; }

  SweepPlan Plan() {
    ReadSingleKeys();
    CheckNames();
    Choose(0, Choice());
    return std::move(plan_);
  }

 private:
  /// Runs `work`, whose complaints get the entry's place in front.
  template <typename Work>
  auto At(const SweepEntry& entry, const Work& work) {
    try {
      return work();
    } catch (const InputError& error) {
      plan_.config.Fail(entry.line, error.what());
    }
  }

  void ReadSingleKeys() {
    for (const SweepEntry& entry : plan_.config.entries) {
      if (entry.key == "seed") {
        const auto seed = ParseInteger(entry.value);
        if (!seed || *seed < 0) plan_.config.Fail(entry.line, "seed: \"" + entry.value + "\" is not an integer >= 0");
        seed_ = static_cast<std::uint64_t>(*seed);
      }
      if (entry.key != "optimum") continue;
      if (entry.value != "yes" && entry.value != "no") {
        plan_.config.Fail(entry.line, "optimum: \"" + entry.value + "\" is neither yes nor no");
      }
      plan_.with_optimum = entry.value == "yes";
    }
  }

  /// Names in braces have values, and names with values are used.
  void CheckNames() {
    std::vector<std::string> known;
    for (const SweepVariable& variable : plan_.config.variables) known.push_back(variable.name);
    std::set<std::string> used;
    for (const SweepEntry& entry : plan_.config.entries) {
      for (const std::string& name : At(entry, [&] { return PlaceholdersOf(entry.value); })) {
        if (std::count(known.begin(), known.end(), name) == 0) {
          plan_.config.Fail(entry.line, "{" + name + "} has no values" + DidYouMean(name, known) +
                                            ": give them in the section [vary]");
        }
        used.insert(name);
      }
    }
    for (const SweepVariable& variable : plan_.config.variables) {
      if (used.count(variable.name) == 0) {
        plan_.config.Fail(variable.line, "\"" + variable.name + "\" is used nowhere: write {" + variable.name + "}");
      }
    }
  }

  void Choose(std::size_t key, const Choice& choice) {
    if (key == std::size(kGridKeys)) return Assign(choice);
    bool any = false;
    for (const SweepEntry& entry : plan_.config.entries) {
      if (entry.key != kGridKeys[key]) continue;
      any = true;
      Choice longer = choice;
      longer.push_back(&entry);
      Choose(key + 1, longer);
    }
    if (any) return;
    Choice longer = choice;
    longer.push_back(nullptr);
    Choose(key + 1, longer);
  }

  /// All values of the variables that the choice names, the last one fastest.
  void Assign(const Choice& choice) {
    std::set<std::string> named;
    for (const SweepEntry* entry : choice) {
      if (entry == nullptr) continue;
      for (const std::string& name : PlaceholdersOf(entry->value)) named.insert(name);
    }
    std::vector<const SweepVariable*> variables;
    for (const SweepVariable& variable : plan_.config.variables) {
      if (named.count(variable.name) > 0) variables.push_back(&variable);
    }
    AssignFrom(choice, variables, {});
  }

  void AssignFrom(const Choice& choice, const std::vector<const SweepVariable*>& variables,
                  const Assignment& assignment) {
    if (assignment.size() == variables.size()) return AddCell(choice, assignment);
    const SweepVariable& next = *variables[assignment.size()];
    for (const std::string& value : next.values) {
      Assignment longer = assignment;
      longer.emplace_back(next.name, value);
      AssignFrom(choice, variables, longer);
    }
  }

  void AddCell(const Choice& choice, const Assignment& assignment) {
    const SweepEntry& policy = *choice.back();
    if (plan_.cells.size() == kMostCells) {
      plan_.config.Fail(policy.line, fmt::format("the grid has more than {} cells", kMostCells));
    }
    SweepCell cell;
    cell.variables = assignment;
    cell.seed = seed_;
    cell.line = policy.line;
    cell.period = PeriodOf(choice, assignment);
    At(policy, [&] {
      cell.policy = ParseSpec(Filled(policy.value, assignment));
      CheckPolicy(plan_.PeriodOf(cell).period, cell.policy);
    });
    plan_.cells.push_back(std::move(cell));
  }

  /// What files say must fit as well: such a policy is made once here.
  void CheckPolicy(const Period& period, const Spec& spec) {
    CheckSpans(Catalog(), Kind::kPolicy, spec, period.time.slot_hours);
    const std::vector<std::string> files = FilesOf(Catalog(), Kind::kPolicy, spec);
    if (files.empty() || IsClairvoyant(Catalog(), Kind::kPolicy, spec)) return;
    PolicyContext context = ContextOf(period, seed_);
    context.open_future = {};
    context.trust_modules = plan_.config.trust_modules;
    MakePolicy(context, spec);
    AddInputs(files);
  }

  void AddInputs(const std::vector<std::string>& files) {
    for (const std::string& file : files) {
      if (std::count(plan_.inputs.begin(), plan_.inputs.end(), file) == 0) plan_.inputs.push_back(file);
    }
  }

  int PeriodOf(const Choice& choice, const Assignment& assignment) {
    PeriodText text;
    const SweepEntry* last = choice[0];
    for (std::size_t key = 0; key + 1 < choice.size(); ++key) {
      if (choice[key] == nullptr) continue;
      const std::string value = Filled(choice[key]->value, assignment);
      if (value == "none" || value == "all") continue;
      last = choice[key];
      At(*last, [&] { Tell(kGridKeys[key], value, &text); });
    }
    const auto [known, fresh] = period_of_.emplace(KeyOf(text), static_cast<int>(plan_.periods.size()));
    if (!fresh) return known->second;
    PeriodText calm = text;
    calm.observe.clear();
    const auto [setting, first] = setting_of_.emplace(KeyOf(calm), plan_.num_settings);
    PeriodText signals = text;
    signals.objective = {};
    const int next = static_cast<int>(signals_of_.size());
    SweepPeriod period{At(*last, [&] { return Open(text); }), setting->second,
                       signals_of_.emplace(KeyOf(signals), next).first->second};
    if (first) {
      ++plan_.num_settings;
      At(*last, [&] { CheckServable(period.given.period.problem, *OpenMetered(period.given.period)); });
    }
    plan_.periods.push_back(std::move(period));
    return known->second;
  }

  static void Tell(const std::string& key, const std::string& value, PeriodText* text) {
    if (key == "trace") {
      text->trace = value;
    } else if (key == "period") {
      const std::vector<std::string> ends = Words(value);
      if (ends.size() != 2) throw InputError("period: \"{}\" is neither all nor two times", value);
      text->from = ends[0];
      text->to = ends[1];
    } else if (key == "event") {
      text->events = SplitEvents(value);
    } else if (key == "observe") {
      text->observe = value;
    } else if (key == "shed-cost") {
      text->objective.shed_cost = {value};
    } else {
      ObjectiveText& objective = text->objective;
      (key == "weight" ? objective.weights : key == "norm" ? objective.norms : objective.bucket_weights) = Words(value);
    }
  }

  static std::string KeyOf(const PeriodText& text) {
    std::string key = text.trace;
    for (const auto& [name, values] : NamedValues(text)) key += fmt::format("\n{}={}", name, fmt::join(values, "\n"));
    return key;
  }

  GivenPeriod Open(const PeriodText& text) {
    std::shared_ptr<const Trace>& trace = traces_[text.trace];
    if (trace == nullptr) trace = std::make_shared<const Trace>(ReadTrace(text.trace));
    AddInputs({text.trace});
    return OpenPeriod(text, trace);
  }

  SweepPlan plan_;
  std::uint64_t seed_ = 1;
  std::map<std::string, std::shared_ptr<const Trace>> traces_;
  std::map<std::string, int> period_of_, setting_of_, signals_of_;
};

}  // namespace

std::string SweepPlan::CommandOf(const SweepCell& cell) const {
  const PeriodText& text = PeriodOf(cell).text;
  std::vector<std::string> words = {"evenkeel", "run", text.trace, "--policy", ToString(cell.policy)};
  for (const auto& [name, values] : NamedValues(text)) {
    for (const std::string& value : values) {
      words.push_back("--" + name);
      words.push_back(value);
    }
  }
  if (config.trust_modules) words.emplace_back("--trust-modules");
  if (cell.seed != 1) {
    words.emplace_back("--seed");
    words.push_back(std::to_string(cell.seed));
  }
  return ShellLine(words);
}

SweepPlan PlanSweep(const SweepConfig& config) { return Planner(config).Plan(); }

}  // namespace evenkeel
