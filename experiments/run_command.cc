// evenkeel run.
#include <fmt/format.h>

#include <optional>

#include "experiments/catalog.h"
#include "experiments/command.h"
#include "experiments/evaluate.h"
#include "experiments/json_report.h"
#include "experiments/objective_options.h"
#include "experiments/output_path.h"
#include "experiments/report_text.h"
#include "models/error.h"
#include "models/run_log.h"

namespace evenkeel {
namespace {

RunOutcome RunAndLog(const Options& options, const Period& period, const Spec& spec, const std::string& out) {
  std::optional<RunLogWriter> log;
  if (!out.empty()) {
    const RunLogInfo info{ToString(spec), period.trace, options.command_line, "evenkeel " EVENKEEL_VERSION};
    RunLogOptions log_options;
    log_options.allocations = HasOption(options, "allocations");
    log.emplace(out, period.problem, info, log_options);
  }
  Progress progress({"running", period.problem.num_slots, !HasOption(options, "quiet")});
  RunOutcome outcome = RunPolicy(period, spec, Seed(options), [&](const SlotRecord& record) {
    if (log) log->Append(record.slot.time, record.allocation, record.ledgers.metered);
    progress.Step();
  });
  if (log) log->Finish();
  return outcome;
}

Json RunDocument(const Period& period, const RunOutcome& outcome) {
  Json json = {{"trace", period.trace}, {"slots", period.problem.num_slots}};
  json["criteria"] = ObjectiveJson(period.problem);
  json.update(RunJson(period.problem, outcome));
  return json;
}

std::string RunText(const Period& period, const RunOutcome& outcome) {
  const Ledger& ledger = outcome.ledger;
  std::string text = fmt::format("{}: {}\nJ = {}\n\n", period.trace, SizeText(period.header, period.problem.num_slots),
                                 FormulaText(period.problem));
  text += fmt::format("{:<14}{}\n{:<14}{:.6f} USD\n", "policy", outcome.policy, "J", outcome.objective);
  text += fmt::format("{:<14}{:.6f} USD\n", "energy cost", ledger.energy_cost);
  if (period.problem.shed_cost) {
    text += fmt::format("{:<14}{:.6f} units of workload, {:.6f} USD\n", "unserved", ledger.shed, ledger.shed_cost);
  }
  if (outcome.report.own_objective)
    text += fmt::format("{:<14}{:.6f} USD\n", "own objective", *outcome.report.own_objective);
  if (outcome.report.unconverged_slots > 0) {
    text += fmt::format("{:<14}{} slots, worst gap {:.1e}\n", "unconverged", outcome.report.unconverged_slots,
                        outcome.report.worst_slot_gap);
  }
  text += "\n" + SpreadTable(period.problem, ledger);
  const std::string note = ShiftNote(ledger);
  if (!note.empty()) text += "\n" + note;
  return text + fmt::format("\nRan in {:.2f} s.\n", outcome.seconds);
}

int Run(const Options& options) {
  const std::string out = HasOption(options, "out") ? TextOption(options, "out") : "";
  if (HasOption(options, "allocations") && out.empty()) throw InputError("option --allocations needs --out");
  const Spec spec = ParseSpec(TextOption(options, "policy"));
  CheckPolicySpec(spec);
  std::vector<std::string> inputs = BucketWeightFiles(options);
  for (std::string& file : FilesOf(spec)) inputs.push_back(std::move(file));
  inputs.push_back(options.positionals[0]);
  const Period period = OpenPeriod(options);
  CheckOutputs({out}, inputs);
  const RunOutcome outcome = RunAndLog(options, period, spec, out);
  Print(HasOption(options, "json") ? DocumentText(RunDocument(period, outcome)) : RunText(period, outcome));
  return kExitSuccess;
}

}  // namespace

Command RunCommand() {
  CommandInfo info;
  info.name = "run";
  info.summary = "runs one policy over a trace";
  info.positionals = {"TRACE.h5"};
  info.options = {{"policy", "SPEC", "", "the policy, for example norm-greedy(q=8)"},
                  {"out", "RUN.h5", "", "write the log of the run: per slot the cost, the loads and J so far (HDF5)"},
                  {"allocations", "", "", "keep every slot's decision in --out"}};
  for (OptionInfo& option : ObjectiveOptions()) info.options.push_back(std::move(option));
  info.options.push_back(JsonOption());
  info.details = CatalogText() + "\nExample\n  evenkeel run trace.h5 --policy 'norm-greedy(q=8)' --out run.h5\n";
  return {info, Run};
}

}  // namespace evenkeel
