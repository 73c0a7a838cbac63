// evenkeel trace import zones.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "experiments/import/zone_spec.h"
#include "experiments/options/output_path.h"
#include "experiments/options/work_options.h"
#include "experiments/program/command.h"
#include "experiments/report/report_text.h"
#include "experiments/run/progress.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/suggest.h"
#include "models/base/utc_time.h"
#include "models/files/trace_file.h"
#include "models/formats/registry.h"
#include "models/import/zones.h"
#include "models/slots/work_share.h"

namespace evenkeel {
namespace {

/// The option's value, which must be one of the words; its place among them.
std::size_t WordOption(const Options& options, const std::string& name, const std::vector<std::string>& words) {
  const std::string text = TextOption(options, name);
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) throw InputError("option --{}: \"{}\" is none of {}", name, text, fmt::join(words, ", "));
  return static_cast<std::size_t>(found - words.begin());
}

std::int64_t TimeOption(const Options& options, const std::string& name) {
  const std::string text = TextOption(options, name);
  const std::optional<std::int64_t> time = ParseUtc(text);
  if (time && *time >= 0) return *time;
  throw InputError("option --{}: \"{}\" is not a UTC time from 1970 on such as 2023-01-01 or 2023-01-01T06:00", name,
                   text);
}

std::int64_t DurationOption(const Options& options, const std::string& name) {
  const std::string text = TextOption(options, name);
  const std::optional<std::int64_t> duration = ParseDuration(text);
  if (duration) return *duration;
  throw InputError("option --{}: \"{}\" is no duration such as 6h or 2d", name, text);
}

/// `--format NAME` is for the signal that the format is of, in every region that says nothing else.
void InsistOnFormats(const std::vector<std::string>& names, std::vector<ZoneRegion>* regions) {
  for (const std::string& name : names) {
    const auto& all = Formats();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Format& format) { return name == format.name; });
    if (found == all.end()) {
      std::vector<std::string> known;
      for (const Format& format : all) known.emplace_back(format.name);
      throw InputError("option --format: no format \"{}\"{}; known are {}", name, DidYouMean(name, known),
                       fmt::join(known, ", "));
    }
    for (ZoneRegion& region : *regions) {
      SignalChoice& choice = found->signal == SignalKind::kCarbon  ? region.carbon
                             : found->signal == SignalKind::kPrice ? region.price
                                                                   : region.mix;
      if (choice.format.empty()) choice.format = name;
    }
  }
}

SlotGrid ParseGrid(const Options& options) {
  constexpr std::int64_t kLongestGrid = 10'000'000;
  SlotGrid grid;
  grid.step = 60 * IntegerOption(options, "slot-minutes", 1, 1440);
  grid.start = TimeOption(options, "from");
  const std::int64_t length = TimeOption(options, "to") - grid.start;
  if (length <= 0 || length % grid.step != 0 || length / grid.step > kLongestGrid) {
    throw InputError("options --from and --to: {} s between them, allowed are 1 to {} slots of {} s", length,
                     kLongestGrid, grid.step);
  }
  grid.count = static_cast<int>(length / grid.step);
  return grid;
}

void ParseDemand(const Options& options, ZoneImportOptions* import) {
  import->demand_file = TextOption(options, "demand");
  // The words beside series all mean requests: in any known format, or in one that is insisted on.
  const auto format = WordOption(options, "demand-format", {"series", "requests", "azure", "burstgpt", "mooncake"});
  import->demand_kind = format == 0 ? DemandKind::kSeries : DemandKind::kRequests;
  if (format > 0) import->request_format = static_cast<RequestFormat>(format - 1);
  import->has_demand_start = HasOption(options, "demand-start");
  import->demand_start = import->has_demand_start ? TimeOption(options, "demand-start") : import->grid.start;
  if ((import->grid.start - import->demand_start) % import->grid.step != 0)
    throw InputError("option --demand-start: not a whole number of slots from --from");
  if (import->demand_kind == DemandKind::kRequests) {
    const auto energy = [&](const char* name) { return NumberOption(options, name, 0.0, 1e6); };
    import->request_energy = {energy("wh-per-request"), energy("wh-per-context-token"),
                              energy("wh-per-generated-token")};
  }
  DemandScale& scale = import->demand_scale;
  scale.to_range = WordOption(options, "demand-scale", {"range", "none"}) == 0;
  scale.low = NumberOption(options, "demand-low", 0.0, 1e9);
  scale.high = NumberOption(options, "demand-high", scale.low, 1e9);
}

ZoneImportOptions ParseImport(const Options& options) {
  ZoneImportOptions import;
  import.directory = TextOption(options, "data");
  import.grid = ParseGrid(options);
  ParseDemand(options, &import);
  for (const std::string& text : AllValues(options, "region")) import.regions.push_back(ParseZoneRegion(text));
  for (const std::string& text : AllValues(options, "gateway")) import.gateways.push_back(ParseZoneGateway(text));
  InsistOnFormats(AllValues(options, "format"), &import.regions);
  for (const std::string& text : AllValues(options, "rate")) import.rates.push_back(ReadExchangeRate(text));
  if (import.regions.empty() || import.gateways.empty())
    throw InputError("options --region and --gateway: at least one of each is required");
  const bool mix = std::any_of(import.regions.begin(), import.regions.end(),
                               [](const ZoneRegion& zone) { return !zone.fuel_mix.empty(); });
  if (mix) {
    import.mix_directory = TextOption(options, "fuel-mix");
    import.factors_file = TextOption(options, "fuel-factors");
  }
  if (HasOption(options, "variants")) import.variants_file = TextOption(options, "variants");
  import.carbon_scope = static_cast<CarbonScope>(WordOption(options, "carbon-scope", {"direct", "lifecycle"}));
  import.fill = static_cast<Fill>(WordOption(options, "fill", {"error", "hold", "interpolate"}));
  import.fill_limit = DurationOption(options, "fill-limit");
  import.weather_edge = static_cast<int>(IntegerOption(options, "weather-edge", 0, 14));
  import.command = options.command_line;
  import.generator = "evenkeel " EVENKEEL_VERSION;
  return import;
}

int ImportZonesCommand(const Options& options) {
  const std::string path = TextOption(options, "out");
  const ZoneImportOptions import = ParseImport(options);
  const WorkShare work = ReadWorkShare(options);
  DeadlineInSlots("option --work-deadline", work.deadline, static_cast<double>(import.grid.step) / 3600.0);
  std::vector<std::string> inputs = {import.directory, import.demand_file};
  for (const std::string& file : {import.factors_file, import.variants_file}) {
    if (!file.empty()) inputs.push_back(file);
  }
  CheckOutputs(options, {path}, inputs);
  Trace trace;
  {
    const Progress progress({"importing", 0, ReadProgressStyle(options)});
    trace = ImportZones(import);
  }
  MakeWorkOf(work, &trace);
  WriteTrace(trace, path);
  if (HasOption(options, "quiet")) return kExitSuccess;
  Print(fmt::format("{}: {}, from {}\n{}\n", path, SizeText(trace.header, trace.signals.num_slots()),
                    FormatUtc(trace.signals.time.at(0)), trace.header.provenance.processing));
  return kExitSuccess;
}

OptionInfo Repeatable(const char* name, const char* value, const char* help) {
  OptionInfo option{name, value, "", help};
  option.repeatable = true;
  return option;
}

}  // namespace

Command TraceImportZonesCommand() {
  CommandInfo info;
  info.name = "trace import zones";
  info.summary = "joins public data of grid zones and a demand series into a trace";
  info.options = {
      {"out", "FILE.h5", "", "the trace to write (HDF5); replaced when it exists"},
      {"data", "DIR", "", "holds ZONE/{carbon,price}-YEAR.{csv,json}[.gz] and ZONE/weather-YEAR.json[.gz]"},
      {"from", "TIME", "", "start of the first slot, UTC, such as 2023-01-01"},
      {"to", "TIME", "", "end of the last slot, UTC"},
      {"slot-minutes", "N", "60", "length of a slot, minutes, 1 to 1440"},
      Repeatable(
          "region", "SPEC",
          "NAME(zone=,timezone=,latitude=,longitude=,pue=,capacity=MW,offsite_water=L/kWh or mix,carbon=zone, mix "
          "or kg/kWh,mix=NAME,price=USD/MWh,price_currency=,onsite_water=L/kWh); price_, carbon_ and mix_format= "
          "insist on a format, price_, carbon_ and mix_id= choose the rows in files of several places"),
      Repeatable("gateway", "SPEC", "NAME(utc_offset=H,latitude=,longitude=,share=)"),
      {"carbon-scope", "WORD", "lifecycle", "which carbon column: lifecycle or direct"},
      Repeatable("format", "NAME", "insists on a format for the files of its signal: docs/importing.md lists them"),
      Repeatable("rate", "CUR=X", "USD for one of a currency of prices, EUR=1.08, or EUR=FILE.csv with daily rates"),
      {"fuel-mix", "DIR", "", "holds NAME-YEAR.{csv,json}[.gz], generation by fuel, for regions with a mix"},
      {"fuel-factors", "FILE.csv", "", "fuel, carbon (kg/kWh), water (gal/kWh) or (L/kWh), source"},
      {"variants", "FILE.csv", "",
       "sizes of the served model, [region,]variant,energy_per_unit,resource_per_unit,quality_loss; one when left out"},
      {"demand", "FILE.csv", "", "demand, gzipped or not"},
      {"demand-format", "WORD", "series",
       "series (Time,Demand), or requests: a log of azure, burstgpt or mooncake, by content or insisted on by name"},
      {"demand-start", "TIME", "",
       "the day, on every gateway's clock, on which the demand file starts at its own time of day; --from when left "
       "out"},
      {"demand-scale", "WORD", "range",
       "range: the file's extremes become --demand-low and --demand-high; none: MWh per "
       "slot as they are, times share"},
      {"demand-low", "X", "0.35", "least demand of a gateway, units of workload per slot"},
      {"demand-high", "X", "0.95", "largest demand of a gateway, units of workload per slot"},
      {"wh-per-request", "WH", "", "energy of a request, Wh; requests only, as the next two"},
      {"wh-per-context-token", "WH", "", "energy of a token of the prompt, Wh"},
      {"wh-per-generated-token", "WH", "", "energy of a token of the answer, Wh"},
      {"fill", "WORD", "error", "missing values: error, hold (the last one) or interpolate (looks ahead)"},
      {"fill-limit", "DURATION", "6h", "longest gap that is filled, such as 6h or 2d; a longer one is an error"},
      {"weather-edge", "HOURS", "0",
       "hours at either end that the weather files may lack because their years are local; the nearest value, 0 to 14"},
  };
  for (OptionInfo& option : WorkOptions()) info.options.push_back(std::move(option));
  info.details =
      "Example\n  evenkeel trace import zones --config experiments/configs/zones-10.ini --data ../shared/data/zones "
      "\\\n"
      "    --demand ../shared/data/workload/azure-2019-demand.csv.gz --from 2023-01-01 --to 2024-01-01 --out "
      "zones.h5\n";
  return {info, ImportZonesCommand};
}

}  // namespace evenkeel
