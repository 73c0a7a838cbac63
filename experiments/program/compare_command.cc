// evenkeel compare.
#include <fmt/format.h>

#include "experiments/catalog/catalog.h"
#include "experiments/files/comparison_file.h"
#include "experiments/options/period_options.h"
#include "experiments/program/command.h"
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
  progress_options.style = ReadProgressStyle(options);
  Progress progress(progress_options);
  return Compare(period, specs, !HasOption(options, "no-optimum"), ReadRunSettings(options), ThreadCount(options),
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
  ReadRunSettings(options);  // a bad one before the long work
  const GivenPeriod given = OpenInputs(options, specs, {out});
  const ComparisonResult result = CompareWithProgress(options, given.period, specs);
  if (!out.empty()) WriteComparison(MakeComparison(options.command_line, given.period, result), out);
  Print(HasOption(options, "json") ? DocumentText(ComparisonJson(given, result)) : ComparisonText(given, result));
  const std::vector<std::string> failures = Failures(result);
  for (const std::string& failure : failures) PrintError(failure);
  return Ended(failures.empty() ? kExitSuccess : kExitFailed);
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
                  {"no-optimum", "", "", "leave out the optimum and the ratios to it"}};
  for (OptionInfo& option : RunOptions()) info.options.push_back(std::move(option));
  info.options.push_back(JsonOption());
  info.details = CatalogText() +
                 "\nExample\n  evenkeel compare trace.h5 --policy cost --policy 'norm-greedy(q=8)' --out results.h5\n";
  return {info, RunCompare};
}

}  // namespace evenkeel
