// evenkeel backtest.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "experiments/catalog/catalog.h"
#include "experiments/files/backtest_file.h"
#include "experiments/options/output_path.h"
#include "experiments/options/period_options.h"
#include "experiments/program/command.h"
#include "experiments/report/backtest_report.h"
#include "experiments/run/progress.h"
#include "experiments/specs/parameter.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/utc_time.h"
#include "models/files/trace_file.h"
#include "models/slots/trace_window.h"

namespace evenkeel {
namespace {

// Of a period when none is given: a month.
constexpr double kPeriodHours = 730.0;

/// What is judged, and from where on.
struct Judged {
  History truth;  ///< the trace up to the end of the slots that are judged
  BacktestOptions options;
};

int SlotsOption(const Options& options, const std::string& name, double slot_hours) {
  return SlotsOf("option --" + name, TextOption(options, name), slot_hours, 1);
}

Judged ReadJudged(const Options& options, const TraceOutline& trace) {
  const PeriodText text = ReadPeriod(options);
  const SlotRange range = ParseSlotRange(text.from, text.to, trace);
  Judged judged;
  judged.truth.AppendAll(*MakeSlotWindow(std::make_unique<TraceFile>(text.trace), 0, range.first + range.count));
  BacktestOptions& test = judged.options;
  const double slot_hours = trace.header.slot_hours;
  test.horizon = SlotsOption(options, "horizon", slot_hours);
  test.every = SlotsOption(options, "every", slot_hours);
  test.period = HasOption(options, "period") ? SlotsOption(options, "period", slot_hours)
                                             : std::max(1, static_cast<int>(std::lround(kPeriodHours / slot_hours)));
  test.intervals.coverage = NumberOption(options, "coverage", 0.01, 0.99);
  const int day = HistoryView(judged.truth).slots_per_day();
  const auto warm_up = static_cast<int>(IntegerOption(options, "warm-up", 2, 3660)) * day;
  if (HasOption(options, "from") && range.first < warm_up) {
    throw InputError("option --from: {} slots of the trace are before it, expected at least {} (--warm-up)",
                     range.first, warm_up);
  }
  test.first = HasOption(options, "from") ? range.first : warm_up;
  return judged;
}

/// The files of all `learned` in the predictor.
std::vector<std::string> NetworksOf(const Spec& spec) {
  std::vector<std::string> files;
  for (const Arguments& learned : FindSpecs(Catalog(), Kind::kPredictor, spec, "learned"))
    files.push_back(learned.at("file").name);
  return files;
}

/// `--retrain`; nothing where it is not given.
std::optional<RetrainTimes> ReadRetrain(const Options& options, const Spec& spec, const Judged& judged) {
  if (!HasOption(options, "retrain")) return std::nullopt;
  const std::string text = TextOption(options, "retrain");
  const std::int64_t step = HistoryView(judged.truth).step();
  const std::optional<std::int64_t> seconds = ParseDuration(text);
  if (!seconds || *seconds == 0 || *seconds % step != 0)
    throw InputError(
        "option --retrain: \"{}\", expected whole slots of {} s in days, hours or minutes, such as 30d or 12h", text,
        step);
  if (NetworksOf(spec).empty())
    throw InputError("option --retrain: {} has no network to train anew, expected learned(file=MODEL.h5) in it",
                     ToString(spec));
  return RetrainTimes{judged.options.first, static_cast<int>(std::min<std::int64_t>(*seconds / step, kMostSpanSlots))};
}

/// Who judges a network on what it was trained on should know.
void NoteKnown(const Spec& spec, const Judged& judged) {
  const std::int64_t first = judged.truth.time(judged.options.first);
  for (const std::string& file : NetworksOf(spec)) {
    const Checkpoint checkpoint = ReadCheckpointHeader(file);
    if (checkpoint.last_time >= first)
      Note(fmt::format("{} was trained on {} up to {}, and is judged from {} on: it may know what it forecasts", file,
                       checkpoint.trained_on, FormatUtc(checkpoint.last_time), FormatUtc(first)));
  }
}

int RunBacktest(const Options& options) {
  const Spec spec = ParseSpec(TextOption(options, "predictor"));
  std::vector<std::string> inputs = FilesOf(Catalog(), Kind::kPredictor, spec);
  const std::string path = options.positionals[0];
  const std::string out = HasOption(options, "out") ? TextOption(options, "out") : "";
  const TraceOutline trace = ReadOutline(path);
  const Judged judged = ReadJudged(options, trace);
  inputs.push_back(path);
  CheckOutputs(options, {out}, inputs);
  const TraceIdentity identity = IdentityOf(trace.header.network, trace.header.slot_hours);
  const ForecastContext context{[&path] { return std::make_unique<TraceFile>(path); }, 0, identity,
                                ReadRetrain(options, spec, judged), HasOption(options, "trust-modules")};
  const std::unique_ptr<Forecaster> forecaster = MakeForecaster(context, spec);
  BacktestReport report{path,           ToString(spec), IsClairvoyant(Catalog(), Kind::kPredictor, spec),
                        trace.header,   judged.options, {},
                        context.retrain};
  if (judged.options.first < judged.truth.num_slots() && !HasOption(options, "quiet")) NoteKnown(spec, judged);
  {
    const long origins = (judged.truth.num_slots() - judged.options.first) / judged.options.every;
    Progress progress({"backtesting", origins, ReadProgressStyle(options)});
    report.result = Backtest(judged.truth, *forecaster, judged.options, [&] { progress.Step(); });
  }
  if (!out.empty()) WriteBacktest(MakeBacktestTable(report, options.command_line), out);
  Print(HasOption(options, "json") ? DocumentText(BacktestJson(report)) : BacktestText(report));
  return kExitSuccess;
}

}  // namespace

Command BacktestCommand() {
  CommandInfo info;
  info.name = "backtest";
  info.summary = "how good a predictor's forecasts are, beside seasonal-naive";
  info.positionals = {"TRACE.h5"};
  info.options = {{"predictor", "SPEC", "", "the predictor, for example hourly-mean(days=7)"},
                  {"horizon", "TIME", "24h", "how far a forecast goes; a number of slots, or 24h, 7d, 90min"},
                  {"every", "TIME", "24h", "from a forecast to the next, likewise"},
                  {"warm-up", "DAYS", "28", "days that the first forecast has seen at least"},
                  {"period", "TIME", "",
                   "an accounting period, for the means of its rest, likewise; 730 h to the slot when left out"},
                  {"coverage", "SHARE", "0.8", "share of the truth that intervals should hold, 0.01 to 0.99"},
                  {"retrain", "TIME", "", "train learned(..) anew every so often on what was seen, for example 30d"},
                  {"out", "RESULTS.h5", "", "write all figures by horizon and by region (HDF5)"}};
  for (OptionInfo& option : PeriodOptions()) info.options.push_back(std::move(option));
  info.options.push_back(TrustModulesOption());
  info.options.push_back(JsonOption());
  info.details = "Slots before --from are seen, and not judged.\n\n" + PredictorsText() +
                 "\nExample\n  evenkeel backtest trace.h5 --predictor 'hourly-mean(days=7)' --from 2023-03-01\n";
  return {info, RunBacktest};
}

}  // namespace evenkeel
