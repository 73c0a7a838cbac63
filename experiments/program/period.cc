#include "experiments/program/period.h"

#include <fmt/format.h>

#include <cmath>

#include "experiments/catalog/catalog.h"
#include "experiments/program/objective_options.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/utc_time.h"
#include "models/files/observations.h"
#include "models/world/disturbed_slots.h"
#include "models/world/trace_window.h"

namespace evenkeel {

OptionInfo ObservedOption() {
  return {
      "observed", "SEEN.h5", "",
      "what policies see, a trace with the network, times, demand and capacity of TRACE.h5; costs and footprints are "
      "settled with TRACE.h5, the meters"};
}

std::vector<OptionInfo> PeriodOptions() {
  return {{"from", "TIME", "", "start of the period, UTC, such as 2023-01-31T10:00; the trace's when left out"},
          {"to", "TIME", "", "its end, the first time that is not part of it; the trace's when left out"}};
}

SlotRange ParseSlotRange(const Options& options, const TraceFile& trace) {
  const std::int64_t start = trace.ReadSignals(0, 1).time.at(0);
  const std::int64_t step = std::llround(trace.header().slot_hours * 3600.0);
  const std::int64_t end = start + trace.num_slots() * step;
  const auto slot_of = [&](const char* name, std::int64_t standard, std::int64_t low, std::int64_t high) {
    if (!HasOption(options, name)) return static_cast<int>((standard - start) / step);
    const std::string text = TextOption(options, name);
    const std::optional<std::int64_t> time = ParseUtc(text);
    if (!time || *time < low || *time > high || (*time - start) % step != 0) {
      throw InputError("option --{}: \"{}\" is not a start of a slot from {} to {}, every {} s", name, text,
                       FormatUtc(low), FormatUtc(high), step);
    }
    return static_cast<int>((*time - start) / step);
  };
  const int first = slot_of("from", start, start, end - step);
  return {first, slot_of("to", end, start + (first + 1) * step, end) - first};
}

namespace {

/// The whole trace at `path`, with what happens to it.
std::unique_ptr<SlotSource> OpenWorld(const Period& period, const std::string& path) {
  std::unique_ptr<SlotSource> slots;
  if (period.loaded != nullptr && path == period.trace) {
    slots = MakeSlotSource(*period.loaded);
  } else {
    slots = std::make_unique<TraceFile>(path);
  }
  return period.events.empty() ? std::move(slots) : MakeScenario(std::move(slots), period.events);
}

/// The whole trace as policies see it: errors don't depend on the part of it that a period takes.
std::unique_ptr<SlotSource> OpenSight(const Period& period) {
  std::unique_ptr<SlotSource> slots = OpenWorld(period, period.observed.empty() ? period.trace : period.observed);
  return period.observe_error ? MakeDisturbedSlots(std::move(slots), *period.observe_error) : std::move(slots);
}

}  // namespace

std::unique_ptr<SlotSource> OpenMetered(const Period& period) {
  return MakeSlotWindow(OpenWorld(period, period.trace), period.first, period.problem.num_slots);
}

std::unique_ptr<SlotSource> OpenObserved(const Period& period) {
  return MakeSlotWindow(OpenSight(period), period.first, period.problem.num_slots);
}

std::unique_ptr<SlotSource> OpenHistory(const Period& period) {
  return MakeSlotWindow(OpenSight(period), 0, period.first);
}

Period OpenPeriod(const Options& options, std::shared_ptr<const Trace> loaded) {
  Period period;
  period.trace = options.positionals.at(0);
  period.loaded = std::move(loaded);
  const TraceFile file(period.trace);
  period.header = file.header();
  const Objective objective = ParseObjective(options, period.header.network);
  const SlotRange range = ParseSlotRange(options, file);
  period.first = range.first;
  period.event_specs = AllValues(options, "event");
  for (const std::string& text : period.event_specs) {
    period.events.push_back(ParseEvent(ParseSpec(text), period.header.network));
  }
  const auto slots = MakeSlotWindow(OpenWorld(period, period.trace), range.first, range.count);
  period.problem = MakeProblem(period.header.network, objective, range.count, TotalDemand(*slots));
  if (HasOption(options, "observed")) {
    period.observed = TextOption(options, "observed");
    CheckObservations(period.trace, period.observed);
  }
  if (HasOption(options, "observe")) {
    if (!period.observed.empty()) throw InputError("option --observe: --observed is given, too");
    period.observe = TextOption(options, "observe");
    period.observe_error = ParseSignalError(ParseSpec(period.observe));
  }
  return period;
}

std::string CountText(std::int64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string SizeText(const TraceHeader& header, int num_slots) {
  const Network& network = header.network;
  return fmt::format("{} of {} h, {}, {}, {}", CountText(num_slots, "slot"), header.slot_hours,
                     CountText(network.num_regions(), "region"), CountText(network.num_gateways(), "gateway"),
                     CountText(network.num_variants(), "variant"));
}

}  // namespace evenkeel
