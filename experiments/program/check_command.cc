// evenkeel check.
#include <fmt/format.h>

#include "experiments/program/command.h"
#include "experiments/report/json_report.h"
#include "experiments/report/report_text.h"
#include "experiments/run/run_check.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

Json CheckJson(const std::string& path, const RunLog& log, const RunCheck& check) {
  Json json = {{"run", path}, {"policy", log.info.policy}, {"slots", check.slots}};
  json["confirmed"] = check.difference.empty();
  json["difference"] = check.difference.empty() ? Json() : Json(check.difference);
  json["objective_recomputed"] = check.has_allocations;
  json["budget_recomputed"] = check.has_budget;
  json["live_books_recomputed"] = check.has_live_books;
  json["decisions_by_price"] = check.off_line;
  json["certificates"] = check.certificates;
  json["objective"] = JsonNumber(log.total_objective);
  json["ratio"] = check.certificates > 0 ? JsonNumber(check.ratio) : Json();
  json["not_checked"] = check.not_checked;
  return json;
}

std::string CheckText(const std::string& path, const RunLog& log, const RunCheck& check) {
  std::string text = fmt::format("{}: {} over {}\n", path, log.info.policy, CountText(check.slots, "slot"));
  const char* objective =
      check.has_allocations ? "recomputed from the decisions and the trace" : "adds up from the logged costs and loads";
  text += fmt::format("{:<14}{:.6f} USD, {}\n", "J", log.total_objective, objective);
  if (check.certificates > 0) {
    text += fmt::format("{:<14}{} recomputed from their prices: J is at most {} times the best in hindsight\n",
                        "certified", CountText(check.certificates, "lower bound"), RatioAtMost(check.ratio));
  }
  if (check.has_budget) {
    text += fmt::format(
        "{:<14}verdicts and slack of every slot recomputed from both ledgers, J never above the bound\n", "guarantee");
  }
  if (check.has_live_books) {
    text += fmt::format(
        "{:<14}what every slot was booked with and both ledgers recomputed from decisions and meters,\n{:<14}J never "
        "above the bound, of which {:.6f} USD are for what was not known when deciding\n",
        "live", "", check.live_error);
  }
  for (const std::string& what : check.not_checked) text += fmt::format("{:<14}{}\n", "not checked", what);
  return text + "Everything holds to 1e-9 of the sums that it is made of.\n";
}

int Check(const Options& options) {
  const std::string path = options.positionals[0];
  RunLogReader reader(path);
  const RunLog& log = reader.log();
  const std::string trace = HasOption(options, "trace") ? TextOption(options, "trace") : log.info.trace;
  const std::string observed = HasOption(options, "observed") ? TextOption(options, "observed") : log.info.observed;
  RunCheck check;
  try {
    check = CheckRun(&reader, trace, observed);
  } catch (const InputError& error) {  // of the trace, or of what the log says of it
    const std::string what = error.what();
    throw InputError("{}{}", what.find(path) == std::string::npos ? path + ": " : "", what);
  }
  if (HasOption(options, "json")) {
    Print(DocumentText(CheckJson(path, log, check)));
  } else if (check.difference.empty()) {
    Print(CheckText(path, log, check));
  }
  if (check.difference.empty()) return kExitSuccess;
  PrintError(fmt::format("{}: {}", path, check.difference));
  return kExitFailed;
}

}  // namespace

Command CheckCommand() {
  CommandInfo info;
  info.name = "check";
  info.summary = "confirms the log of a run: J, its lower bounds and its guarantee";
  info.positionals = {"RUN.h5"};
  info.options = {{"trace", "TRACE.h5", "", "the run's trace, unless it is where the log says"},
                  {"observed", "SEEN.h5", "", "what the run's policy saw, unless it is where the log says"},
                  JsonOption()};
  info.details =
      "Recomputes J and the guarantee from the decisions (run --allocations) and every lower bound from its prices "
      "(run "
      "--certify).\nExit code 1, with the first difference, when something does not hold to 1e-9 of the\nsums that it "
      "is made of, is missing, or should not be there.\n\n"
      "Example\n  evenkeel check run.h5\n";
  return {info, Check};
}

}  // namespace evenkeel
