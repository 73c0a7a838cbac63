// evenkeel serve export.
#include "experiments/options/output_path.h"
#include "experiments/program/command.h"
#include "experiments/report/report_text.h"
#include "experiments/serve/recorded.h"
#include "models/base/error.h"
#include "models/base/read_file.h"
#include "models/files/trace_file.h"

namespace evenkeel {
namespace {

/// RUN.h5 has its trace in RUN.trace.h5.
std::string TracePathOf(const std::string& out) {
  const std::string ending = ".h5";
  const bool has = out.size() > ending.size() && out.compare(out.size() - ending.size(), ending.size(), ending) == 0;
  return (has ? out.substr(0, out.size() - ending.size()) : out) + ".trace.h5";
}

int Export(const Options& options) {
  const std::string path = options.positionals[1], out = TextOption(options, "out");
  const std::string trace_path = HasOption(options, "trace") ? TextOption(options, "trace") : TracePathOf(out);
  const IniFile file = ReadIniFile(options.positionals[0]);
  const LiveEngineOptions engine = ReadEngineOptions(file);
  CheckRegularFile(path);
  std::vector<std::string> outputs = {out, trace_path}, inputs = {options.positionals[0], path};
  const bool joins = HasOption(options, "joined");
  if (joins != HasOption(options, "after"))
    throw InputError(
        "--joined NEW.h5 and --after OLD.h5 belong together: the trace to write, and the one to begin with");
  if (joins) {
    outputs.push_back(TextOption(options, "joined"));
    inputs.push_back(TextOption(options, "after"));
  }
  CheckOutputs(options, outputs, inputs);
  RecordedPeriod period;
  try {
    period = ReadRecordedPeriod(engine, path);
  } catch (const InputError& error) {
    PrintError(error.what());
    return kExitFailed;
  }
  Provenance provenance = ProvenanceOf(file, period);
  provenance.command = options.command_line;
  const Trace trace = KnownTrace(period, provenance);
  if (joins) WriteTrace(BehindTrace(TextOption(options, "after"), trace), TextOption(options, "joined"));
  WriteTrace(trace, trace_path);
  WriteLiveLog(period, out, trace_path, options.command_line);
  if (HasOption(options, "quiet")) return kExitSuccess;
  const int slots = trace.signals.num_slots();
  Print(fmt::format("{}: {} of {} slots, as they were booked\n{}: {}\n", out, slots, period.run->problem().num_slots,
                    trace_path, SizeText(trace.header, slots)));
  return kExitSuccess;
}

}  // namespace

Command ServeExportCommand() {
  CommandInfo info;
  info.name = "serve export";
  info.summary = "writes a journal's period as the log of a run, and as a trace";
  info.positionals = {"CONFIG.ini", "JOURNAL"};
  info.options = {
      {"out", "RUN.h5", "", "the log to write, which check and report take; replaced when it exists"},
      {"trace", "TRACE.h5", "",
       "the trace to write, every slot as it became known, which train, backtest, run and compare take; RUN.trace.h5 "
       "unless given"},
      {"joined", "NEW.h5", "", "another trace to write: the slots of --after, and behind them the period's"},
      {"after", "OLD.h5", "", "a trace that reaches to the period's begin, for --joined"}};
  info.details =
      "Decides every slot again before anything is written, as serve replay does, with the same exit codes. Flows are "
      "those\nthat were realised where they are metered, else those that were decided. Only reads the journal, that of "
      "a running\nservice as well.\n\n"
      "Example\n  evenkeel serve export serve.ini state/2026-11.journal --out november.h5 --trace november-trace.h5\n";
  return {info, Export};
}

}  // namespace evenkeel
