// evenkeel report: figures and tables for people. Drawn by experiments/report/report.py with matplotlib, which the
// build and the installation put where the program finds it.
#include <fmt/ranges.h>
#include <unistd.h>

#include <cerrno>

#include "experiments/options/output_path.h"
#include "experiments/program/command.h"
#include "models/base/error.h"
#include "models/base/own_files.h"

namespace evenkeel {
namespace {

constexpr const char* kPython = "/usr/bin/python3";  // Debian's, which has the Debian packages' modules
constexpr const char* kBuiltScript = "evenkeel-report/report.py";
constexpr const char* kInstalledScript = "share/evenkeel/report/report.py";

std::string ScriptPath() {
  const std::vector<std::string> places = PlacesOfOwnFile(kBuiltScript, kInstalledScript);
  std::string path = FirstThatExists(places);
  if (path.empty()) throw InputError("the report's script is missing: it is not in {}", fmt::join(places, ", "));
  return path;
}

/// Becomes another program, which signals reach and whose exit code counts.
[[noreturn]] void Become(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  throw InputError("cannot start {}: {}; it draws the report, with python3-h5py and python3-matplotlib", words[0],
                   SystemReason(errno));
}

int Report(const Options& options) {
  const std::string out = TextOption(options, "out");
  std::vector<std::string> inputs = options.positionals;
  for (const std::string& log : AllValues(options, "run")) inputs.push_back(log);
  CheckOutputs(options, {out}, inputs);
  std::vector<std::string> words = {kPython, ScriptPath(), "--out", out};
  if (HasOption(options, "figures")) words.insert(words.end(), {"--figures", TextOption(options, "figures")});
  if (HasOption(options, "quiet")) words.emplace_back("--quiet");
  words.emplace_back("--");
  words.insert(words.end(), inputs.begin(), inputs.end());
  Become(words);
}

}  // namespace

Command ReportCommand() {
  CommandInfo info;
  info.name = "report";
  info.summary = "one page that compares runs, or shows a sweep: an answer, figures, tables; opens offline";
  info.positionals = {"FILE.h5..."};
  OptionInfo run{"run", "RUN.h5", "", "one more log of a run, as if it stood among the files"};
  run.repeatable = true;
  info.options = {{"out", "PAGE.html", "", "the page to write, with everything in it; replaced when it exists"},
                  run,
                  {"figures", "DIR", "", "writes every figure as SVG and PDF, too; the folder is made when missing"}};
  info.details =
      "Files are logs of `run --out` and `solve --out`, as many as wanted, and at most one that `sweep` wrote. Runs "
      "over "
      "the same\nperiod stand side by side: with the expert's log among them, and the optimum's, the page says what "
      "forecasts brought.\nNeeds the Debian packages python3-h5py and python3-matplotlib (scripts/setup).\n"
      "\nExamples\n  evenkeel report expert.h5 ml.h5 robust.h5 optimum.h5 --out runs.html\n"
      "  evenkeel report rho.h5 robust.h5 --out rho.html --figures figures\n";
  return {info, Report};
}

}  // namespace evenkeel
