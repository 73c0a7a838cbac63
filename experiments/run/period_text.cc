#include "experiments/run/period_text.h"

#include <algorithm>

#include "experiments/catalog/catalog.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

/// The slot that begins at the time `text`, which lies in [low, high].
int ParseSlot(const char* name, const std::string& text, const TimeBase& time, std::int64_t low, std::int64_t high) {
  const std::int64_t step = time.step();
  const std::optional<std::int64_t> given = ParseUtc(text);
  if (!given || *given < low || *given > high || (*given - time.start) % step != 0) {
    throw InputError("option --{}: \"{}\" is not a start of a slot from {} to {}, every {} s", name, text,
                     FormatUtc(low), FormatUtc(high), step);
  }
  return static_cast<int>((*given - time.start) / step);
}

}  // namespace

SlotRange ParseSlotRange(const std::string& from, const std::string& to, const TraceOutline& trace) {
  const TimeBase& time = trace.time;
  const std::int64_t end = time.time(trace.num_slots);
  const int first = from.empty() ? 0 : ParseSlot("from", from, time, time.start, end - time.step());
  const int last = to.empty() ? trace.num_slots : ParseSlot("to", to, time, time.time(first + 1), end);
  return {first, last - first};
}

GivenPeriod OpenPeriod(PeriodText text, std::shared_ptr<const Trace> loaded) {
  const TraceOutline trace = ReadOutline(text.trace, loaded.get());
  const Network& network = trace.header.network;
  PeriodDescription description;
  description.trace = text.trace;
  description.loaded = std::move(loaded);
  description.objective = ParseObjective(text.objective, network);
  description.slots = ParseSlotRange(text.from, text.to, trace);
  for (const std::string& event : text.events) description.events.push_back(ParseEvent(ParseSpec(event), network));
  description.observed = text.observed;
  if (!text.observe.empty()) {
    if (!text.observed.empty()) throw InputError("option --observe: --observed is given, too");
    description.observe_error = ParseSignalError(ParseSpec(text.observe));
  }
  Period period = MakePeriod(std::move(description));
  return {std::move(text), std::move(period)};
}

std::vector<std::pair<std::string, std::vector<std::string>>> NamedValues(const PeriodText& text) {
  const auto one = [](const std::string& value) {
    return value.empty() ? std::vector<std::string>() : std::vector<std::string>{value};
  };
  auto values = NamedValues(text.objective);
  values.emplace_back("event", text.events);
  values.emplace_back("from", one(text.from));
  values.emplace_back("observe", one(text.observe));
  values.emplace_back("observed", one(text.observed));
  values.emplace_back("to", one(text.to));
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace evenkeel
