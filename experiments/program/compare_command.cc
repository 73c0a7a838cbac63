// evenkeel compare.
#include <fmt/format.h>

#include "experiments/catalog/catalog.h"
#include "experiments/files/comparison_file.h"
#include "experiments/program/command.h"
#include "experiments/program/objective_options.h"
#include "experiments/program/output_path.h"
#include "experiments/program/scenario_options.h"
#include "experiments/report/compare_report.h"
#include "experiments/report/guarantee_report.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

std::vector<Spec> ParsePolicies(const Options& options) {
  std::vector<Spec> specs;
  for (const std::string& text : AllValues(options, "policy")) specs.push_back(ParseSpec(text));
  if (specs.empty()) specs = DefaultComparison();
  // All of them before the first one runs.
  for (const Spec& spec : specs) CheckSpec(Catalog(), Kind::kPolicy, spec);
  return specs;
}

// The policies run side by side: each one's slots are counted.
ComparisonResult CompareWithProgress(const Options& options, const Period& period, const std::vector<Spec>& specs) {
  ProgressOptions progress_options;
  progress_options.label = "comparing";
  progress_options.total = static_cast<long>(specs.size()) * period.problem.num_slots;
  progress_options.enabled = !HasOption(options, "quiet");
  Progress progress(progress_options);
  return Compare(period, specs, !HasOption(options, "no-optimum"), ParseRunSettings(options), ThreadCount(options),
                 &progress);
}

// What makes the comparison fail, although it was made.
std::vector<std::string> Failures(const ComparisonResult& result) {
  std::vector<std::string> failures;
  if (result.optimum && !IsConfirmed(*result.optimum)) {
    failures.push_back(
        fmt::format("the optimum is not confirmed: the checker finds a gap of {:.2e} and a violation of {:.2e}",
                    result.optimum->certificate.gap, result.optimum->certificate.infeasibility));
  }
  for (const RunOutcome& run : result.runs) {
    const std::string violation = GuaranteeViolation(run);
    if (!violation.empty()) failures.push_back(violation);
  }
  return failures;
}

int RunCompare(const Options& options) {
  const std::string out = HasOption(options, "out") ? TextOption(options, "out") : "";
  const std::vector<Spec> specs = ParsePolicies(options);
  std::vector<std::string> inputs = BucketWeightFiles(options);
  for (const Spec& spec : specs) {
    for (std::string& file : FilesOf(Catalog(), Kind::kPolicy, spec)) inputs.push_back(std::move(file));
  }
  inputs.push_back(options.positionals[0]);
  ParseRunSettings(options);
  const Period period = OpenPeriod(options);
  if (!period.observed.empty()) inputs.push_back(period.observed);
  CheckOutputs({out}, inputs);
  const ComparisonResult result = CompareWithProgress(options, period, specs);
  if (!out.empty()) WriteComparison(MakeComparison(options.command_line, period, result), out);
  Print(HasOption(options, "json") ? DocumentText(ComparisonJson(period, result)) : ComparisonText(period, result));
  const std::vector<std::string> failures = Failures(result);
  for (const std::string& failure : failures) PrintError(failure);
  return failures.empty() ? kExitSuccess : kExitFailed;
}

}  // namespace

Command CompareCommand() {
  CommandInfo info;
  info.name = "compare";
  info.summary = "a table of policies beside the optimum in hindsight";
  info.positionals = {"TRACE.h5"};
  OptionInfo policy{"policy", "SPEC", "",
                    "a policy, may be given several times; all prediction-free ones when none is"};
  policy.repeatable = true;
  info.options = {policy,
                  {"out", "RESULTS.h5", "", "write the table with every load and regional cost (HDF5)"},
                  {"no-optimum", "", "", "leave out the optimum and the ratios to it"},
                  ObservedOption(),
                  ObserveOption(),
                  EventOption(),
                  AdviceTimeoutOption()};
  for (OptionInfo& option : PeriodOptions()) info.options.push_back(std::move(option));
  for (OptionInfo& option : ObjectiveOptions()) info.options.push_back(std::move(option));
  info.options.push_back(JsonOption());
  info.details = CatalogText() +
                 "\nExample\n  evenkeel compare trace.h5 --policy cost --policy 'norm-greedy(q=8)' --out results.h5\n";
  return {info, RunCompare};
}

}  // namespace evenkeel
