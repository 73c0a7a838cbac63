// evenkeel trace validate.
#include <fmt/format.h>

#include "engine/dispatch/dispatch.h"
#include "experiments/program/command.h"
#include "experiments/report/json_report.h"
#include "experiments/run/progress.h"
#include "models/base/error.h"
#include "models/files/trace_file.h"

namespace evenkeel {
namespace {

constexpr std::size_t kMaxErrors = 5;  // enough to see a pattern

struct Findings {
  int slots = 0;
  bool has_work = false;            // that can wait
  int full_slots = 0;               // those in which not all work fits that arrives, so that some has to wait
  std::vector<std::string> errors;  // at most kMaxErrors
};

// Whether every slot can be read and its demand be served. Groups and costs don't matter for that. Work that can wait
// need not be done in its slot: whether it can be done in time hangs on the policy, and a run says it.
Findings CheckSlots(const std::string& path, ProgressStyle style) {
  TraceFile file(path);
  Findings findings;
  findings.slots = file.num_slots();
  findings.has_work = file.header().network.num_classes() > 0;
  const Problem problem = MakeProblem(file.header().network, Objective(), findings.slots, file.TotalDemand());
  Dispatcher dispatcher(problem);
  Allocation allocation = MakeAllocation(problem);
  const Vector cost = Vector::Zero(problem.num_arcs());
  Progress progress({"validating", findings.slots, style});
  Slot slot;
  for (int t = 0; t < findings.slots && findings.errors.size() < kMaxErrors; ++t) {
    file.Read(t, &slot);
    try {
      if (problem.num_classes() > 0 &&
          dispatcher.Solve(cost, slot, &allocation).status == DispatchStatus::kInfeasible) {
        ++findings.full_slots;
        slot.demand.tail(problem.num_classes()).setZero();
      }
      DispatchOrThrow(problem, cost, slot, &dispatcher, &allocation);
    } catch (const InputError& error) {
      findings.errors.push_back(fmt::format("{}: {}", path, error.what()));
    }
    progress.Step();
  }
  return findings;
}

int Validate(const Options& options) {
  const std::string path = options.positionals[0];
  Findings findings;
  try {
    findings = CheckSlots(path, ReadProgressStyle(options));
  } catch (const InputError& error) {
    // A block of values that cannot be trusted ends the check: later slots would only repeat it.
    findings.errors.emplace_back(error.what());
  }
  const bool ok = findings.errors.empty();
  if (HasOption(options, "json")) {
    Json document = {{"trace", path}, {"valid", ok}, {"errors", findings.errors}};
    if (ok) document["slots"] = findings.slots;
    if (ok && findings.has_work) document["slots_where_work_has_to_wait"] = findings.full_slots;
    Print(DocumentText(document));
  } else if (ok && !HasOption(options, "quiet")) {
    Print(fmt::format("{}: ok, {} slots, every value in range, all demand can be served\n", path, findings.slots));
    if (findings.has_work)
      Print(findings.full_slots == 0 ? "Work that can wait can all be done when it arrives\n"
                                     : fmt::format("Work has to wait in {} of them: not all of it can be done when it "
                                                   "arrives; whether it can be done in time, a "
                                                   "run says\n",
                                                   findings.full_slots));
  }
  for (const std::string& error : findings.errors) PrintError(error);
  if (findings.errors.size() == kMaxErrors) Note("(stopped here)");
  return ok ? kExitSuccess : kExitBadInput;
}

}  // namespace

Command TraceValidateCommand() {
  CommandInfo info;
  info.name = "trace validate";
  info.summary = "checks every value of a trace and that the demand of every slot can be served";
  info.positionals = {"TRACE.h5"};
  info.options = {JsonOption()};
  info.details = fmt::format("Prints the first {} errors; the exit code is then 2.\n", kMaxErrors);
  return {info, Validate};
}

}  // namespace evenkeel
