#include "live/engine/reading_store.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kHoursOfDay = 24;

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

void CheckLimits(const ReadingLimits& limits, LiveSignal signal) {
  if (!std::isfinite(limits.min) || !std::isfinite(limits.max) || limits.min > limits.max) {
    throw InputError("limits of {}: min is {}, max is {}, allowed are finite numbers with min <= max", Name(signal),
                     limits.min, limits.max);
  }
  constexpr std::int64_t kLongest = 35 * kHoursOfDay * kHour;
  if (limits.max_age < 0 || limits.max_age > kLongest) {
    throw InputError("limits of {}: max_age is {} s, allowed is [0, {}]", Name(signal), limits.max_age, kLongest);
  }
}

template <typename Map>
void ForgetBefore(std::int64_t first, Map* map) {
  map->erase(map->begin(), map->lower_bound(first));
}

}  // namespace

std::array<ReadingLimits, kNumLiveSignals> DefaultReadingLimits() {
  std::array<ReadingLimits, kNumLiveSignals> limits;
  limits[static_cast<int>(LiveSignal::kDemand)] = {0.0, 1e9, true, kHour};
  limits[static_cast<int>(LiveSignal::kCapacity)] = {0.0, 1e5, true, 6 * kHour};
  limits[static_cast<int>(LiveSignal::kPrice)] = {-5000.0, 50000.0, true, 6 * kHour};
  limits[static_cast<int>(LiveSignal::kCarbonIntensity)] = {0.0, 3.0, false, 6 * kHour};
  limits[static_cast<int>(LiveSignal::kWaterIntensity)] = {0.0, 200.0, false, 6 * kHour};
  return limits;
}

bool ComposedSlot::AllAtLeast(ValueOrigin origin) const {
  for (const std::vector<ComposedValue>& places : values) {
    for (const ComposedValue& value : places) {
      if (value.origin > origin) return false;
    }
  }
  return true;
}

ReadingStore::ReadingStore(ReadingStoreOptions options)
    : options_(std::move(options)),
      arrivals_(options_.num_classes, options_.time_base, options_.history_days * kHoursOfDay * kHour) {
  if (options_.num_gateways < 1 || options_.num_regions < 1) {
    throw InputError("readings: {} gateways and {} regions, allowed is at least one of each", options_.num_gateways,
                     options_.num_regions);
  }
  if (options_.capacity.size() == 0) options_.capacity.setConstant(options_.num_regions, std::nan(""));
  if (options_.capacity.size() != options_.num_regions) {
    throw InputError("readings: capacity of {} regions, expected are {}", options_.capacity.size(),
                     options_.num_regions);
  }
  constexpr int kMostDays = 366;
  if (options_.history_days < 1 || options_.history_days > kMostDays || options_.past_days < 1) {
    throw InputError("readings: history of {} days, {} of them averaged, allowed are 1 to {} days, and at least 1",
                     options_.history_days, options_.past_days, kMostDays);
  }
  if (options_.time_base.step() < 1 || options_.future_tolerance < 0) {
    throw InputError("readings: slots of {} s and a tolerance of {} s, allowed are at least 1 and 0",
                     options_.time_base.step(), options_.future_tolerance);
  }
  for (int s = 0; s < kNumLiveSignals; ++s) {
    CheckLimits(options_.limits[s], static_cast<LiveSignal>(s));
    series_[s].resize(num_places(static_cast<LiveSignal>(s)));
  }
}

bool ReadingStore::IsWork(LiveSignal signal, int place) const {
  return signal == LiveSignal::kDemand && place >= options_.num_gateways;
}

int ReadingStore::num_places(LiveSignal signal) const {
  return signal == LiveSignal::kDemand ? options_.num_gateways : options_.num_regions;
}

std::int64_t ReadingStore::SlotNumber(std::int64_t time) const { return options_.time_base.slot_of(time); }

std::optional<RejectReason> ReadingStore::WhyRefused(const Reading& reading, std::int64_t now) const {
  const ReadingLimits& limits = options_.limits[static_cast<int>(reading.signal)];
  const int classes = reading.signal == LiveSignal::kDemand ? options_.num_classes : 0;
  if (reading.place < 0 || reading.place >= num_places(reading.signal) + classes) return RejectReason::kUnknownPlace;
  if (!std::isfinite(reading.value)) return RejectReason::kNotFinite;
  if (reading.time < 0 || reading.time >= kEndOfTime) return RejectReason::kOutOfRange;
  if (reading.time > now + options_.future_tolerance) return RejectReason::kFuture;
  if (reading.time < now - options_.history_days * kHoursOfDay * kHour) return RejectReason::kTooOld;
  if (reading.value == 0.0 && !limits.may_be_zero) return RejectReason::kZero;
  if (reading.value < limits.min || reading.value > limits.max) return RejectReason::kOutOfRange;
  return std::nullopt;
}

void ReadingStore::Keep(const Entry& entry, bool is_better, Entry* kept) {
  const bool revises = entry.time == kept->time && (kept->estimated || !entry.estimated);
  if (is_better || revises) *kept = entry;
}

std::optional<RejectReason> ReadingStore::Add(const std::string& source, const Reading& reading, std::int64_t now) {
  if (const auto reason = WhyRefused(reading, now)) {
    CountRejected(source, *reason);
    return reason;
  }
  if (IsWork(reading.signal, reading.place)) {
    arrivals_.Say(reading.place - options_.num_gateways, reading.time, reading.value, source);
    return std::nullopt;
  }
  const int s = static_cast<int>(reading.signal);
  Series& series = series_[s][reading.place];
  const Entry entry = {reading.time, reading.value, reading.estimated};
  Stretch& stretch = series.slots.try_emplace(SlotNumber(entry.time), Stretch{entry, entry}).first->second;
  Keep(entry, entry.time < stretch.first.time, &stretch.first);
  Keep(entry, entry.time > stretch.last.time, &stretch.last);
  Entry& hour = series.hours.try_emplace(FloorDivide(entry.time, kHour), entry).first->second;
  Keep(entry, entry.time > hour.time, &hour);
  if (!series.newest) series.newest = entry;
  if (entry.time >= series.newest->time) series.source = source;
  Keep(entry, entry.time > series.newest->time, &*series.newest);
  Forget(options_.limits[s], &series);
  return std::nullopt;
}

void ReadingStore::Forget(const ReadingLimits& limits, Series* series) const {
  // Slots are composed at about the time of the newest reading or later; some before that are for those that catch up.
  constexpr std::int64_t kCatchUp = 24;
  const std::int64_t newest = series->newest->time;
  ForgetBefore(SlotNumber(newest - limits.max_age) - kCatchUp, &series->slots);
  ForgetBefore(FloorDivide(newest, kHour) - options_.history_days * kHoursOfDay, &series->hours);
}

std::optional<ReadingStore::Entry> ReadingStore::Reached(const Series& series, const ReadingLimits& limits,
                                                         std::int64_t time, std::int64_t now) const {
  auto after = series.slots.lower_bound(SlotNumber(time));
  const bool inside = after != series.slots.end() && after->first == SlotNumber(time);
  if (inside && after->second.first.time == time) return after->second.first;
  if (after != series.slots.begin() && std::prev(after)->second.last.time >= time - limits.max_age)
    return std::prev(after)->second.last;
  if (inside && after->second.first.time <= now + options_.future_tolerance) return after->second.first;
  return std::nullopt;
}

double ReadingStore::OfPastDays(const Series& series, std::int64_t time, int* days) const {
  const std::int64_t hour = FloorDivide(time, kHour);
  double sum = 0.0;
  *days = 0;
  for (int day = 1; day <= options_.history_days && *days < options_.past_days; ++day) {
    const auto found = series.hours.find(hour - day * kHoursOfDay);
    if (found == series.hours.end()) continue;
    sum += found->second.value;
    ++*days;
  }
  return *days > 0 ? sum / *days : std::nan("");
}

double ReadingStore::Value(const Series& series, LiveSignal signal, std::int64_t time, std::int64_t now,
                           ComposedValue* composed) const {
  if (series.newest) {
    composed->age = time - series.newest->time;
    composed->newest = series.newest->value;
  }
  if (const auto reached = Reached(series, options_.limits[static_cast<int>(signal)], time, now)) {
    const bool fresh = time - reached->time <= options_.time_base.step();
    composed->origin = fresh ? ValueOrigin::kFresh : ValueOrigin::kHeld;
    composed->estimated = reached->estimated;
    composed->age = time - reached->time;
    composed->newest = reached->value;
    return reached->value;
  }
  if (signal == LiveSignal::kCapacity) return std::nan("");  // what machines there were yesterday says nothing
  const double mean = OfPastDays(series, time, &composed->days);
  if (composed->days > 0) composed->origin = ValueOrigin::kPastDays;
  return mean;
}

ComposedSlot ReadingStore::Compose(std::int64_t time, std::int64_t now, int index) const {
  EVENKEEL_CHECK_EQ(time, options_.time_base.start + SlotNumber(time) * options_.time_base.step());
  ComposedSlot composed;
  Slot& slot = composed.slot;
  slot.index = index;
  slot.time = time;
  Vector* const vectors[kNumLiveSignals] = {&slot.demand, &slot.capacity, &slot.price, &slot.carbon_intensity,
                                            &slot.water_intensity};
  for (int s = 0; s < kNumLiveSignals; ++s) {
    const int places = num_places(static_cast<LiveSignal>(s));
    composed.values[s].resize(places);
    vectors[s]->resize(places);
    for (int place = 0; place < places; ++place) {
      ComposedValue& value = composed.values[s][place];
      (*vectors[s])[place] = Value(series_[s][place], static_cast<LiveSignal>(s), time, now, &value);
      const bool configured = static_cast<LiveSignal>(s) == LiveSignal::kCapacity &&
                              value.origin == ValueOrigin::kMissing && std::isfinite(options_.capacity[place]);
      if (!configured) continue;
      value.origin = ValueOrigin::kConfigured;
      (*vectors[s])[place] = options_.capacity[place];
    }
  }
  slot.capacity *= options_.time_base.slot_hours;
  ComposeWork(time, &composed);
  return composed;
}

/// What is waiting, whoever said it when: of nothing else can be said that it has arrived.
void ReadingStore::ComposeWork(std::int64_t time, ComposedSlot* composed) const {
  if (options_.num_classes == 0) return;
  const Vector firm = composed->slot.demand;
  composed->slot.demand.resize(firm.size() + options_.num_classes);
  composed->slot.demand << firm, arrivals_.Waiting();
  for (int k = 0; k < options_.num_classes; ++k) {
    ComposedValue value;
    value.origin = ValueOrigin::kHeld;
    if (const auto& newest = arrivals_.newest(k)) {
      value.age = time - newest->time;
      value.newest = newest->amount;
      if (*value.age <= options_.time_base.step()) value.origin = ValueOrigin::kFresh;
    }
    composed->values[static_cast<std::size_t>(LiveSignal::kDemand)].push_back(value);
  }
}

std::string ReadingStore::SourceOf(LiveSignal signal, int place) const {
  if (!IsWork(signal, place)) return series_[static_cast<std::size_t>(signal)][static_cast<std::size_t>(place)].source;
  const auto& newest = arrivals_.newest(place - options_.num_gateways);
  return newest ? newest->source : "";
}

std::size_t ReadingStore::size() const {
  std::size_t count = arrivals_.size();
  for (const auto& places : series_) {
    for (const Series& series : places) count += series.slots.size() + series.hours.size();
  }
  return count;
}

}  // namespace evenkeel
