// evenkeel sweep.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "experiments/options/output_path.h"
#include "experiments/options/period_options.h"
#include "experiments/program/command.h"
#include "experiments/report/report_text.h"
#include "experiments/run/progress.h"
#include "experiments/sweep/ranks.h"
#include "experiments/sweep/run.h"
#include "experiments/sweep/table.h"
#include "models/base/atomic_file.h"
#include "models/base/error.h"
#include "models/base/numbers.h"

namespace evenkeel {
namespace {

/// `--part 2/8`
void ParsePart(const Options& options, SweepRunOptions* run) {
  const std::string text = TextOption(options, "part");
  const std::size_t slash = text.find('/');
  const std::int64_t part = ParseInteger(text.substr(0, slash)).value_or(0);
  const std::int64_t parts = slash == std::string::npos ? 0 : ParseInteger(text.substr(slash + 1)).value_or(0);
  if (part < 1 || parts < part || parts > std::numeric_limits<int>::max()) {
    throw InputError("option --part: \"{}\" is not K/N with 1 <= K <= N", text);
  }
  run->part = static_cast<int>(part);
  run->parts = static_cast<int>(parts);
}

std::string TimesText(const SweepRunResult& result) {
  std::string text = "cell,seconds\n";
  for (std::size_t cell = 0; cell < result.outcomes.size(); ++cell) {
    text += fmt::format("{},{:.6f}\n", cell, result.outcomes[cell].seconds);
  }
  return text;
}

/// The cells that make the sweep fail, each with its command.
std::vector<std::string> Failures(const SweepPlan& plan, const SweepRunResult& result) {
  std::vector<std::string> failures;
  for (std::size_t cell = 0; cell < plan.cells.size(); ++cell) {
    const SweepOutcome& outcome = result.outcomes[cell];
    const std::string& what = outcome.failure.empty() ? outcome.violation : outcome.failure;
    if (!what.empty())
      failures.push_back(fmt::format("cell {}: {} ({})", cell, what, plan.CommandOf(plan.cells[cell])));
  }
  return failures;
}

/// Cells per thousandfold margin would not fit on a screen: the first few, and how many there are.
void PrintFailures(const std::vector<std::string>& failures) {
  constexpr std::size_t kShown = 20;
  for (std::size_t k = 0; k < std::min(kShown, failures.size()); ++k) PrintError(failures[k]);
  if (failures.size() > kShown) PrintError(fmt::format("and {} more cells", failures.size() - kShown));
}

int Finish(const Options& options, const SweepPlan& plan, const SweepSchema& schema, const SweepRunOptions& run,
           const SweepRunResult& result) {
  const std::string cells = CountText(static_cast<std::int64_t>(plan.cells.size()), "cell");
  if (run.parts > 1) {
    const std::vector<std::string> failures = Failures(plan, result);
    Print(fmt::format("{}: part {} of {} is finished, of {}\n", run.out, run.part, run.parts, cells));
    PrintFailures(failures);
    return failures.empty() ? kExitSuccess : kExitFailed;
  }
  EVENKEEL_CHECK(result.complete);
  const SweepTable table = MakeSweepTable(plan, schema, result.outcomes);
  if (HasOption(options, "csv")) WriteSweepCsv(table, TextOption(options, "csv"));
  WriteTextFile(run.out + ".times.csv", TimesText(result));
  WriteSweep(table, run.out);
  const std::vector<std::string> failures = Failures(plan, result);
  Print(fmt::format("{}: {}, {} found finished, {} failed\n", run.out, cells, result.resumed, failures.size()));
  PrintFailures(failures);
  // What failed is tried again by the same command.
  if (failures.empty()) RemoveJournals(run.out);
  return failures.empty() ? kExitSuccess : kExitFailed;
}

int RunWithRanks(const Options& options, Ranks* ranks) {
  SweepRunOptions run;
  run.out = TextOption(options, "out");
  ParsePart(options, &run);
  // Under a launcher, the ranks are the workers.
  run.threads = ranks->size() > 1 && IntegerOption(options, "threads", 0, 4096) == 0 ? 1 : ThreadCount(options);
  SweepConfig config = ReadSweepConfig(options.positionals[0]);
  config.trust_modules = HasOption(options, "trust-modules");
  const SweepPlan plan = PlanSweep(config);
  const SweepSchema schema = MakeSweepSchema(plan);
  if (ranks->rank() == 0) {
    std::vector<std::string> inputs = plan.inputs;
    inputs.push_back(options.positionals[0]);
    CheckOutputs(options,
                 {run.out, HasOption(options, "csv") ? TextOption(options, "csv") : "", run.out + ".times.csv",
                  JournalPath(run)},
                 inputs);
  }
  const ProgressStyle style = ranks->rank() == 0 ? ReadProgressStyle(options) : ProgressStyle::kNone;
  Progress progress({"sweeping", static_cast<long>(plan.cells.size()), style});
  run.step = [&] { progress.Step(); };
  run.note = Warn;
  const SweepRunResult result = RunSweep(plan, schema, run, ranks);
  const int code = ranks->rank() == 0 ? Finish(options, plan, schema, run, result) : kExitSuccess;
  return ranks->size() == 1 ? Ended(code) : code;
}

int Sweep(const Options& options) {
  Ranks ranks;
  if (ranks.rank() == 0) return RunWithRanks(options, &ranks);
  try {
    return RunWithRanks(options, &ranks);
  } catch (const InputError&) {
    return kExitBadInput;  // rank 0 has found the same, and says it
  }
}

}  // namespace

Command SweepCommand() {
  CommandInfo info;
  info.name = "sweep";
  info.summary = "runs a grid of policies, errors, weights and periods, and survives kills";
  info.positionals = {"CONFIG.ini"};
  info.options = {
      {"out", "S.h5", "", "the results, a row per cell (HDF5); a killed sweep goes on from the journal beside it"},
      {"csv", "S.csv", "", "the same as CSV"},
      {"part", "K/N", "1/1", "run every N-th cell from the K-th on, and leave the results to a last call without it"},
      TrustModulesOption()};
  info.details =
      "The file (docs/sweeps.md) has `key = value` lines: trace, period, weight, norm, bucket-weight, shed-cost, "
      "event,\n"
      "observe, policy, each as often as wanted; seed, title, optimum. Names in braces go through the values that the\n"
      "section [vary] gives them. Times of cells are in S.h5.times.csv.\n"
      "\nExamples\n  evenkeel sweep rho.ini --out rho.h5 --csv rho.csv\n  mpirun -n 8 evenkeel sweep rho.ini --out "
      "rho.h5\n";
  return {info, Sweep};
}

}  // namespace evenkeel
