// evenkeel trace import jobs.
#include <fmt/format.h>

#include "experiments/options/output_path.h"
#include "experiments/program/command.h"
#include "experiments/report/report_text.h"
#include "experiments/run/progress.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/utc_time.h"
#include "models/files/trace_file.h"
#include "models/import/jobs.h"
#include "models/world/limits.h"

namespace evenkeel {
namespace {

double RequiredNumber(const Options& options, const std::string& name, double low, double high, const char* what) {
  if (HasOption(options, name)) return NumberOption(options, name, low, high);
  throw InputError("option --{} is missing, {}, so that there is no default", name, what);
}

JobImportOptions ParseJobs(const Options& options) {
  JobImportOptions import;
  import.log = options.positionals[1];
  import.name = TextOption(options, "name");
  import.kw_per_gpu =
      RequiredNumber(options, "kw-per-gpu", 0.0, 1e6,
                     "the kW that a GPU takes with its share of the server: it depends on the hardware");
  import.slack = RequiredNumber(options, "slack", 0.0, kMostDeadlineSlots * kLongestSlotHours,
                                "the hours that jobs may wait: no published log says it");
  import.regions = AllValues(options, "region");
  import.transfer_cost = NumberOption(options, "transfer-cost", 0.0, 1e9);
  if (HasOption(options, "log-start")) {
    const std::string text = TextOption(options, "log-start");
    import.log_start = ParseUtc(text);
    if (!import.log_start)
      throw InputError("option --log-start: \"{}\" is not a UTC time such as 2020-06-01 or 2020-06-01T06:00", text);
  }
  if (HasOption(options, "utc-offset")) import.utc_offset_hours = NumberOption(options, "utc-offset", -14.0, 14.0);
  return import;
}

int ImportJobsCommand(const Options& options) {
  const std::string path = TextOption(options, "out");
  const std::string& from = options.positionals[0];
  const JobImportOptions import = ParseJobs(options);
  CheckOutputs(options, {path}, {from, import.log});
  Trace trace;
  {
    const Progress progress({"importing", 0, ReadProgressStyle(options)});
    trace = ReadTrace(from);
    ImportJobs(import, &trace);
  }
  Provenance& origin = trace.header.provenance;
  const std::string before = origin.command;
  origin.command = options.command_line;
  origin.generator = "evenkeel " EVENKEEL_VERSION;
  const std::string said = origin.processing.substr(origin.processing.rfind('\n') + 1);
  if (!before.empty()) origin.processing += "\nthe trace before: " + before;
  WriteTrace(trace, path);
  if (HasOption(options, "quiet")) return kExitSuccess;
  Print(fmt::format("{}: {}, from {}\n{}\n", path, SizeText(trace.header, trace.signals.num_slots()),
                    FormatUtc(trace.signals.time.at(0)), said));
  return kExitSuccess;
}

}  // namespace

Command TraceImportJobsCommand() {
  CommandInfo info;
  info.name = "trace import jobs";
  info.summary = "adds a log of jobs on GPUs to a trace, as work that can wait";
  info.positionals = {"TRACE.h5", "LOG.csv"};
  OptionInfo region{"region", "NAME", "", "a region of the trace in which the work may be done; all when left out"};
  region.repeatable = true;
  info.options = {
      {"out", "FILE.h5", "", "the trace to write (HDF5); replaced when it exists"},
      {"kw-per-gpu", "KW", "", "IT power of a GPU with its share of the server, kW; there is no default"},
      {"slack", "HOURS", "",
       "hours that every part of a job may wait, whole slots; logs do not say it, and there is no default"},
      {"name", "NAME", "jobs", "name of the class of work"},
      region,
      {"transfer-cost", "USD", "0", "cost of moving the work to wherever it is done, USD/MWh"},
      {"log-start", "TIME", "",
       "the log's time that is the trace's start, UTC; the trace's start itself when left out"},
      {"utc-offset", "HOURS", "",
       "clock of times without an offset, hours east of UTC; 0 when left out in a plain log, needed in others"},
  };
  info.details =
      "Logs, CSV, gzipped or not, by their columns\n"
      "  plain    submit (UTC, with an offset or seconds since 1970), duration_s, gpus\n"
      "  helios   submit_time, duration (s), gpu_num: Helios (SenseTime) and Acme (Shanghai AI Lab)\n\n"
      "Example\n  evenkeel trace import jobs trace.h5 experiments/samples/jobs.csv --kw-per-gpu 0.7 --slack 24 --out "
      "jobs.h5\n";
  return {info, ImportJobsCommand};
}

}  // namespace evenkeel
