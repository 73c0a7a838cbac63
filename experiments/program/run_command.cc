// evenkeel run.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "experiments/catalog/catalog.h"
#include "experiments/options/period_options.h"
#include "experiments/program/command.h"
#include "experiments/report/guarantee_report.h"
#include "experiments/report/json_report.h"
#include "experiments/report/report_text.h"
#include "experiments/run/budget_check.h"
#include "experiments/run/evaluate.h"
#include "experiments/run/run_recorder.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

/// A run with the certificates that were asked for.
struct CertifiedRun {
  RunOutcome outcome;
  std::vector<PrefixCertificate> certificates;
};

RecorderOptions ParseRecorder(const Options& options) {
  RecorderOptions recorder;
  if (HasOption(options, "out")) recorder.out = TextOption(options, "out");
  recorder.allocations = HasOption(options, "allocations");
  if (recorder.allocations && recorder.out.empty()) throw InputError("option --allocations needs --out");
  recorder.certify_every = static_cast<int>(IntegerOption(options, "certify", 0, std::numeric_limits<int>::max()));
  const std::string prices = TextOption(options, "certify-prices");
  if (prices != "plan" && prices != "run") {
    throw InputError("option --certify-prices: \"{}\" is neither plan nor run", prices);
  }
  recorder.prices = prices == "plan" ? PriceSource::kPlan : PriceSource::kRun;
  recorder.threads = ThreadCount(options);
  return recorder;
}

CertifiedRun RunAndRecord(const Options& options, const GivenPeriod& given, const Spec& spec,
                          const RecorderOptions& recorder_options) {
  const Period& period = given.period;
  const RunLogInfo info{ToString(spec),
                        given.text.trace,
                        options.command_line,
                        "evenkeel " EVENKEEL_VERSION,
                        given.text.observed,
                        given.text.observe,
                        fmt::format("{}", fmt::join(given.text.events, "\n")),
                        recorder_options.out.empty() ? "" : GuaranteeText(spec),
                        recorder_options.certify_every};
  RunRecorder recorder(period, info, recorder_options);
  Progress progress({"running", period.problem.num_slots, ReadProgressStyle(options)});
  const auto observe = [&](const SlotRecord& record) {
    recorder.Observe(record);
    progress.Step();
  };
  const auto begin = [&](const Policy& policy) { recorder.Begin(policy); };
  CertifiedRun run;
  run.outcome = RunPolicy(period, spec, ReadRunSettings(options), observe, begin);
  recorder.Finish();
  run.certificates = recorder.certificates();
  return run;
}

Json CertificateJson(const RecorderOptions& options, const std::vector<PrefixCertificate>& certificates) {
  if (certificates.empty()) return nullptr;
  Json slots = Json::array();
  for (const PrefixCertificate& certificate : certificates) {
    slots.push_back({{"slot", certificate.slot},
                     {"objective", JsonNumber(certificate.objective)},
                     {"lower_bound", JsonNumber(certificate.lower_bound)},
                     {"ratio", JsonNumber(certificate.ratio)}});
  }
  return {{"every", options.certify_every},
          {"prices", options.prices == PriceSource::kPlan ? "plan" : "run"},
          {"lower_bound", JsonNumber(certificates.back().lower_bound)},
          {"ratio", JsonNumber(certificates.back().ratio)},
          {"slots", slots}};
}

std::string CertificateText(const std::vector<PrefixCertificate>& certificates) {
  if (certificates.empty()) return "";
  const PrefixCertificate& last = certificates.back();
  double worst = 0.0;
  for (const PrefixCertificate& certificate : certificates) worst = std::max(worst, certificate.ratio);
  return fmt::format("{:<14}J is at most {} times the best in hindsight, which is at least {:.6f} USD\n", "certified",
                     RatioAtMost(last.ratio), last.lower_bound) +
         fmt::format("{:<14}{} on the way, the worst ratio {}\n", "",
                     CountText(static_cast<std::int64_t>(certificates.size()), "certificate"), RatioAtMost(worst));
}

Json RunDocument(const GivenPeriod& given, const RecorderOptions& options, const CertifiedRun& run) {
  const PeriodText& text = given.text;
  const Problem& problem = given.period.problem;
  Json json = {{"trace", text.trace}, {"slots", problem.num_slots}};
  json["observed"] = text.observed.empty() ? Json() : Json(text.observed);
  json["observe"] = text.observe.empty() ? Json() : Json(text.observe);
  json["events"] = text.events;
  json["criteria"] = ObjectiveJson(problem);
  json["units"] = UnitsJson(problem);
  json.update(RunJson(problem, run.outcome));
  json["certificate"] = CertificateJson(options, run.certificates);
  return json;
}

std::string RunText(const GivenPeriod& given, const CertifiedRun& run) {
  const Period& period = given.period;
  const RunOutcome& outcome = run.outcome;
  const Ledger& ledger = outcome.ledger;
  std::string text = fmt::format("{}: {}\nJ = {}\n\n", given.text.trace,
                                 SizeText(period.header, period.problem.num_slots), FormulaText(period.problem));
  text += fmt::format("{:<14}{}\n{:<14}{:.6f} USD\n", "policy", outcome.policy, "J", outcome.objective);
  if (period.is_observed_apart()) text += fmt::format("{:<14}{}\n", "observed", given.text.sight());
  for (const std::string& event : given.text.events) text += fmt::format("{:<14}{}\n", "event", event);
  text += fmt::format("{:<14}{:.6f} USD\n", "energy cost", ledger.energy_cost);
  if (period.problem.shed_cost) {
    text += fmt::format("{:<14}{:.6f} units of workload, {:.6f} USD\n", "unserved", ledger.shed, ledger.shed_cost);
  }
  if (period.problem.num_classes() > 0) {
    const double arrived = outcome.work.arrived.sum();
    text += fmt::format("{:<14}{:.6g} units of workload, done after {:.1f} h in the mean\n", "could wait", arrived,
                        arrived > 0.0 ? outcome.work.waited.sum() / arrived : 0.0);
  }
  if (outcome.report.own_objective)
    text += fmt::format("{:<14}{:.6f} USD\n", "own objective", *outcome.report.own_objective);
  if (outcome.report.unconverged_slots > 0) {
    text += fmt::format("{:<14}{} slots, worst gap {:.1e}\n", "unconverged", outcome.report.unconverged_slots,
                        outcome.report.worst_slot_gap);
  }
  if (outcome.report.program_failures > 0) {
    text += fmt::format("{:<14}failed {}\n", "own program", CountText(outcome.report.program_failures, "time"));
  }
  if (outcome.report.overshoot) text += fmt::format("{:<14}{}\n", "overshoot", OvershootText(outcome));
  text += GuaranteeText(outcome) + VirtualLoadsText(outcome) + CertificateText(run.certificates);
  text += "\n" + SpreadTable(period.problem, ledger);
  const std::string note = ShiftNote(ledger);
  if (!note.empty()) text += "\n" + note;
  if (outcome.asks_a_program) text += fmt::format("\n{}\n", kAsksAProgramNote);
  return text + fmt::format("\nRan in {:.2f} s.\n", outcome.seconds);
}

int Run(const Options& options) {
  const RecorderOptions recorder = ParseRecorder(options);
  const Spec spec = ParseSpec(TextOption(options, "policy"));
  CheckSpec(Catalog(), Kind::kPolicy, spec);
  const GivenPeriod given = OpenInputs(options, {spec}, {recorder.out});
  const CertifiedRun run = RunAndRecord(options, given, spec, recorder);
  Print(HasOption(options, "json") ? DocumentText(RunDocument(given, recorder, run)) : RunText(given, run));
  const std::string violation = GuaranteeViolation(run.outcome);
  if (violation.empty()) return Ended(kExitSuccess);
  PrintError(violation);
  return Ended(kExitFailed);
}

}  // namespace

Command RunCommand() {
  CommandInfo info;
  info.name = "run";
  info.summary = "runs one policy over a trace";
  info.positionals = {"TRACE.h5"};
  info.options = {
      {"policy", "SPEC", "", "the policy, for example norm-greedy(q=8)"},
      {"out", "RUN.h5", "", "write the log of the run: per slot the cost, the loads and J so far (HDF5)"},
      {"allocations", "", "", "keep every slot's decision in --out"},
      {"certify", "EVERY", "0",
       "prove every so many slots, and at the end, how far J is at most from the best in hindsight; 0: never"},
      {"certify-prices", "WORD", "plan",
       "prices of the certificates: plan (the optimum of the slots so far) or run (the run's own loads: "
       "faster, not as tight)"}};
  for (OptionInfo& option : RunOptions()) info.options.push_back(std::move(option));
  info.options.push_back(JsonOption());
  info.details = CatalogText() + "\nExample\n  evenkeel run trace.h5 --policy 'norm-greedy(q=8)' --out run.h5\n";
  return {info, Run};
}

}  // namespace evenkeel
