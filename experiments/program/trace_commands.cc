// evenkeel trace generate, trace import.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "experiments/options/output_path.h"
#include "experiments/options/work_options.h"
#include "experiments/program/command.h"
#include "experiments/report/report_text.h"
#include "experiments/run/progress.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/utc_time.h"
#include "models/files/trace_file.h"
#include "models/generate/trace.h"
#include "models/import/eglb.h"
#include "models/slots/work_share.h"

namespace evenkeel {
namespace {

// Of one signal: keeps a mistyped number from filling the memory. Ten years of hours at 1,000 regions are 88 million.
constexpr std::int64_t kMaxValues = 200'000'000;

OptionInfo OutOption() { return {"out", "FILE.h5", "", "the trace to write (HDF5); replaced when it exists"}; }

std::int64_t StartTime(const Options& options) {
  const std::string text = TextOption(options, "start");
  const std::optional<std::int64_t> time = ParseUtc(text);
  if (!time || *time < 0) {
    throw InputError("option --start: \"{}\" is not a UTC time from 1970 on such as 2023-01-01 or 2023-01-01T06:00",
                     text);
  }
  return *time;
}

int IntOption(const Options& options, const std::string& name) {
  using Limits = std::numeric_limits<int>;
  return static_cast<int>(IntegerOption(options, name, Limits::min(), Limits::max()));
}

double DoubleOption(const Options& options, const std::string& name) {
  return NumberOption(options, name, std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max());
}

// The generator checks the ranges.
GeneratorOptions ParseGeneratorOptions(const Options& options) {
  GeneratorOptions generator;
  generator.regions = IntOption(options, "regions");
  generator.gateways = IntOption(options, "gateways");
  generator.slots = IntOption(options, "slots");
  generator.seed = Seed(options);
  generator.variants = IntOption(options, "variants");
  generator.slot_hours = DoubleOption(options, "slot-hours");
  generator.start_time = StartTime(options);
  generator.utilisation = DoubleOption(options, "utilisation");
  generator.reach = DoubleOption(options, "reach");
  generator.network_cost = DoubleOption(options, "network-cost");
  generator.work = ReadWorkShare(options);
  generator.command = options.command_line;
  const std::int64_t most_classes = generator.work.share > 0.0 ? std::int64_t{generator.regions} + 1 : 0;
  const std::int64_t columns = std::max<std::int64_t>(generator.regions, generator.gateways + most_classes);
  if (generator.slots * columns > kMaxValues) {
    throw InputError("{} slots of {} regions and {} gateways are too many: at most {} values per signal are allowed",
                     generator.slots, generator.regions, generator.gateways, kMaxValues);
  }
  return generator;
}

void WriteAndReport(const Options& options, const Trace& trace, const std::string& path) {
  WriteTrace(trace, path);
  if (HasOption(options, "quiet")) return;
  Print(fmt::format("{}: {}, from {}\n", path, SizeText(trace.header, trace.signals.num_slots()),
                    FormatUtc(trace.signals.time.at(0))));
}

int Generate(const Options& options) {
  const std::string path = TextOption(options, "out");
  const GeneratorOptions generator = ParseGeneratorOptions(options);
  CheckOutputs(options, {path}, {});
  const Progress progress({"generating", 0, ReadProgressStyle(options)});
  WriteAndReport(options, GenerateTrace(generator), path);
  return kExitSuccess;
}

int Import(const Options& options) {
  if (options.positionals[0] != "eglb") {
    throw InputError("unknown format \"{}\" to import from (known: eglb)", options.positionals[0]);
  }
  EglbImportOptions import;
  import.directory = options.positionals[1];
  import.command = options.command_line;
  if (HasOption(options, "reachability")) import.reachability_file = TextOption(options, "reachability");
  if (HasOption(options, "variants")) import.variants_file = TextOption(options, "variants");
  const WorkShare work = ReadWorkShare(options);
  const std::string path = TextOption(options, "out");
  std::vector<std::string> inputs = {import.directory};
  for (const std::string& file : {import.reachability_file, import.variants_file}) {
    if (!file.empty()) inputs.push_back(file);
  }
  CheckOutputs(options, {path}, inputs);
  Trace trace = ImportEglb(import);
  MakeWorkOf(work, &trace);
  WriteAndReport(options, trace, path);
  return kExitSuccess;
}

void AddWorkOptions(CommandInfo* info) {
  for (OptionInfo& option : WorkOptions()) info->options.push_back(std::move(option));
}

}  // namespace

Command TraceGenerateCommand() {
  CommandInfo info;
  info.name = "trace generate";
  info.summary = "makes a trace with daily, weekly and weather-like structure from a seed";
  info.options = {
      OutOption(),
      {"regions", "N", "10", "data centers, 1 to 1000"},
      {"gateways", "N", "10", "user regions, 1 to 10000"},
      {"slots", "N", "720", "slots of the period, 1 to 1000000"},
      {"slot-hours", "H", "1", "length of a slot, hours, 0.05 to 6"},
      {"start", "TIME", "2023-01-01", "start of the first slot, UTC, such as 2023-01-01T06:00"},
      {"variants", "N", "1", "sizes of the served model, 1 or 3; smaller ones use less and lose quality"},
      {"reach", "SHARE", "1", "share of the regions that a gateway may use, its nearest ones, above 0 to 1"},
      {"utilisation", "SHARE", "0.65", "expected demand over capacity, 0.01 to 0.9"},
      {"network-cost", "USD", "0", "USD per unit of workload and 1000 km, 0 to 1e6"},
  };
  AddWorkOptions(&info);
  info.details = "Example\n  evenkeel trace generate --regions 10 --gateways 10 --slots 720 --seed 1 --out trace.h5\n";
  return {info, Generate};
}

Command TraceImportCommand() {
  CommandInfo info;
  info.name = "trace import";
  info.summary = "makes a trace from published data; the format is eglb";
  info.positionals = {"FORMAT", "DIR"};
  info.options = {
      OutOption(),
      {"reachability", "FILE.csv", "", "who may serve whom: rows are regions, columns gateways, 1 may and 0 may not"},
      {"variants", "FILE.csv", "",
       "sizes of the served model, [region,]variant,energy_per_unit,resource_per_unit,quality_loss; one when left out"},
  };
  AddWorkOptions(&info);
  info.details =
      "Formats\n"
      "  eglb   the data of \"Towards Environmentally Equitable AI via Geographical Load Balancing\" (arXiv "
      "2307.05494):\n"
      "         DIR/AI_workload.csv and DIR/{price,carbon,water}/*.csv\n\n"
      "Example\n  evenkeel trace import eglb ../shared/data/eglb-2022 --out published.h5\n";
  return {info, Import};
}

}  // namespace evenkeel
