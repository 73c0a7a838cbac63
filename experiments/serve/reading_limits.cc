// range, max-age and zero of a service's file: what readings may be.
#include <algorithm>

#include "experiments/serve/config.h"
#include "models/base/numbers.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kLongestAge = 35 * 86400;

ReadingLimits& LimitsOf(ReadingStoreOptions* store, LiveSignal signal) {
  return store->limits[static_cast<std::size_t>(signal)];
}

/// `range = SIGNAL:MIN:MAX`
void ReadRange(const IniSection& head, const IniEntry& entry, ReadingStoreOptions* store) {
  const auto [signal, bounds] = PairOf(head, entry, "SIGNAL:MIN:MAX");
  const std::size_t colon = bounds.find(':');
  const auto low = ParseNumber(bounds.substr(0, colon));
  const auto high = colon == std::string::npos ? std::nullopt : ParseNumber(bounds.substr(colon + 1));
  if (!low || !high || !(*low <= *high))
    head.Fail(entry, "is " + entry.value + ", expected SIGNAL:MIN:MAX with MIN <= MAX");
  ReadingLimits& limits = LimitsOf(store, SignalOf(head, entry, signal));
  limits.min = *low;
  limits.max = *high;
}

/// `max-age = SIGNAL:DURATION`
void ReadMaxAge(const IniSection& head, const IniEntry& entry, ReadingStoreOptions* store) {
  const auto [signal, text] = PairOf(head, entry, "SIGNAL:DURATION");
  const auto age = ParseDuration(text);
  if (!age || *age > kLongestAge)
    head.Fail(entry,
              fmt::format("is {}, expected SIGNAL:DURATION of at most {}", entry.value, DurationText(kLongestAge)));
  LimitsOf(store, SignalOf(head, entry, signal)).max_age = *age;
}

}  // namespace

LiveSignal SignalOf(const IniSection& section, const IniEntry& entry, const std::string& name) {
  for (int s = 0; s < kNumLiveSignals; ++s) {
    if (name == kLiveSignalNames[s]) return static_cast<LiveSignal>(s);
  }
  section.Fail(entry, fmt::format("names signal {}, expected demand, capacity, price, carbon_intensity or "
                                  "water_intensity",
                                  name));
}

void ReadReadingLimits(IniSection* head, std::int64_t slot_seconds, ReadingStoreOptions* store) {
  // Demand is counted over slots that are over: when the next one is decided, the last count is nearly two slots old.
  ReadingLimits& demand = LimitsOf(store, LiveSignal::kDemand);
  demand.max_age = std::max(demand.max_age, 3 * slot_seconds);
  for (const IniEntry& entry : head->All("range")) ReadRange(*head, entry, store);
  for (const IniEntry& entry : head->All("max-age")) ReadMaxAge(*head, entry, store);
  for (const IniEntry& entry : head->All("zero"))
    LimitsOf(store, SignalOf(*head, entry, entry.value)).may_be_zero = true;
}

}  // namespace evenkeel
