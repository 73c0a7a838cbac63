#include "live/engine/reading_store.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "live/sources/constant.h"
#include "models/base/error.h"
#include "models/generate/trace.h"
#include "tests/reference/generator_options.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kHour = 3600, kDay = 86400;
constexpr std::int64_t kStart = 1'700'000'000 / kDay * kDay;  // midnight

ReadingStoreOptions SmallOptions() {
  ReadingStoreOptions options;
  options.num_gateways = 1;
  options.num_regions = 2;
  options.time_base = {kStart, 1.0};
  return options;
}

Reading Carbon(double value, std::int64_t time, bool estimated = false) {
  return {LiveSignal::kCarbonIntensity, 0, value, time, estimated};
}

const ComposedValue& CarbonOf(const ComposedSlot& slot, int place = 0) {
  return slot.values[static_cast<int>(LiveSignal::kCarbonIntensity)][place];
}

TEST(ReadingStoreTest, WhatIsNoValueIsMissingAndCounted) {
  ReadingStore store(SmallOptions());
  const auto add = [&](const Reading& reading) { return store.Add("s", reading, kStart); };
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(add(Carbon(0.0, kStart)), RejectReason::kZero);
  EXPECT_EQ(add(Carbon(-0.0, kStart)), RejectReason::kZero);
  EXPECT_EQ(add(Carbon(std::nan(""), kStart)), RejectReason::kNotFinite);
  EXPECT_EQ(add(Carbon(inf, kStart)), RejectReason::kNotFinite);
  EXPECT_EQ(add(Carbon(-inf, kStart)), RejectReason::kNotFinite);
  EXPECT_EQ(add(Carbon(-0.001, kStart)), RejectReason::kOutOfRange);
  EXPECT_EQ(add(Carbon(320.0, kStart)), RejectReason::kOutOfRange);  // g/kWh taken for kg/kWh
  EXPECT_EQ(add(Carbon(0.3, kStart + 301)), RejectReason::kFuture);
  EXPECT_EQ(add(Carbon(0.3, std::numeric_limits<std::int64_t>::max())), RejectReason::kOutOfRange);
  EXPECT_EQ(add(Carbon(0.3, -1)), RejectReason::kOutOfRange);
  EXPECT_EQ(add(Carbon(0.3, kStart - 35 * kDay - 1)), RejectReason::kTooOld);
  EXPECT_EQ(add({LiveSignal::kCarbonIntensity, 2, 0.3, kStart}), RejectReason::kUnknownPlace);
  EXPECT_EQ(add({LiveSignal::kCarbonIntensity, -1, 0.3, kStart}), RejectReason::kUnknownPlace);
  EXPECT_EQ(add({LiveSignal::kDemand, 1, 0.3, kStart}), RejectReason::kUnknownPlace);
  store.CountRejected("s", RejectReason::kNull);

  EXPECT_EQ(store.size(), 0u);
  EXPECT_EQ(CarbonOf(store.Compose(kStart, kStart)).origin, ValueOrigin::kMissing);
  EXPECT_TRUE(std::isnan(store.Compose(kStart, kStart).slot.carbon_intensity[0]));
  const std::map<std::pair<std::string, RejectReason>, std::int64_t> expected = {
      {{"s", RejectReason::kNull}, 1},        {{"s", RejectReason::kZero}, 2},
      {{"s", RejectReason::kNotFinite}, 3},   {{"s", RejectReason::kFuture}, 1},
      {{"s", RejectReason::kOutOfRange}, 4},  {{"s", RejectReason::kTooOld}, 1},
      {{"s", RejectReason::kUnknownPlace}, 3}};
  EXPECT_EQ(store.rejected(), expected);
  // Edges, and zeros that are values.
  EXPECT_EQ(add(Carbon(3.0, kStart + 300)), std::nullopt);
  EXPECT_EQ(add({LiveSignal::kDemand, 0, 0.0, kStart}), std::nullopt);
  EXPECT_EQ(add({LiveSignal::kPrice, 0, -60.5, kStart}), std::nullopt);
}

TEST(ReadingStoreTest, ARejectedReadingLeavesTheLastGoodOne) {
  ReadingStore store(SmallOptions());
  store.Add("s", Carbon(0.3, kStart), kStart);
  store.Add("s", Carbon(0.0, kStart + kHour), kStart + kHour);
  const ComposedSlot slot = store.Compose(kStart + 2 * kHour, kStart + 2 * kHour);
  EXPECT_EQ(slot.slot.carbon_intensity[0], 0.3);
  EXPECT_EQ(CarbonOf(slot).origin, ValueOrigin::kHeld);
  EXPECT_EQ(CarbonOf(slot).age, 2 * kHour);
}

TEST(ReadingStoreTest, FreshThenHeldThenPastDaysThenMissing) {
  ReadingStore store(SmallOptions());
  // Yesterday and the day before at 14:00: 0.2 and 0.6, so the mean is 0.4; at 15:00 nothing. Max_age is six hours.
  const std::int64_t today = kStart + 2 * kDay;
  store.Add("s", Carbon(0.2, today - kDay + 14 * kHour), today);
  store.Add("s", Carbon(0.6, today - 2 * kDay + 14 * kHour + 1800), today);
  store.Add("s", Carbon(0.5, today + 7 * kHour + 60, true), today + 8 * kHour);
  const auto at = [&](int hour) { return store.Compose(today + hour * kHour, today + hour * kHour, hour); };

  EXPECT_EQ(CarbonOf(at(8)).origin, ValueOrigin::kFresh);  // 59 minutes old
  EXPECT_EQ(CarbonOf(at(8)).age, kHour - 60);
  EXPECT_TRUE(CarbonOf(at(8)).estimated);
  EXPECT_EQ(at(8).slot.index, 8);
  EXPECT_EQ(at(8).slot.time, today + 8 * kHour);
  EXPECT_EQ(CarbonOf(at(9)).origin, ValueOrigin::kHeld);
  EXPECT_EQ(at(13).slot.carbon_intensity[0], 0.5);  // 6 h less a minute
  EXPECT_EQ(CarbonOf(at(14)).origin, ValueOrigin::kPastDays);
  EXPECT_EQ(CarbonOf(at(14)).days, 2);
  EXPECT_EQ(CarbonOf(at(14)).age, 7 * kHour - 60);
  EXPECT_EQ(CarbonOf(at(14)).newest, 0.5);
  EXPECT_FALSE(CarbonOf(at(14)).estimated);
  EXPECT_DOUBLE_EQ(at(14).slot.carbon_intensity[0], 0.4);
  EXPECT_EQ(CarbonOf(at(15)).origin, ValueOrigin::kMissing);
  EXPECT_EQ(CarbonOf(at(15)).age, 8 * kHour - 60);
  EXPECT_EQ(CarbonOf(at(15)).newest, 0.5);
  EXPECT_TRUE(std::isnan(at(15).slot.carbon_intensity[0]));
  EXPECT_EQ(CarbonOf(at(15), 1).age, std::nullopt);  // of another place nothing was ever known
}

TEST(ReadingStoreTest, TheLastSevenDaysThatHaveTheHour) {
  ReadingStore store(SmallOptions());
  // Days 1 to 20 ago have 0.01 k at 3:00, but for days 2 and 5: of 1, 3, 4, 6, 7, 8, 9 the mean is 38 / 7 hundredths.
  const std::int64_t now = kStart + 3 * kHour;
  for (int day = 1; day <= 20; ++day) {
    if (day != 2 && day != 5) store.Add("s", Carbon(0.01 * day, now - day * kDay), now);
  }
  const ComposedSlot slot = store.Compose(now, now);
  EXPECT_EQ(CarbonOf(slot).days, 7);
  EXPECT_NEAR(slot.slot.carbon_intensity[0], 0.38 / 7, 1e-15);
}

TEST(ReadingStoreTest, AnHourIsItsNewestReading) {
  ReadingStore store(SmallOptions());
  for (const int minute : {55, 5, 30}) store.Add("s", Carbon(0.01 * minute, kStart + minute * 60), kStart + kHour);
  EXPECT_DOUBLE_EQ(store.Compose(kStart + kDay, kStart + kDay).slot.carbon_intensity[0], 0.55);
}

TEST(ReadingStoreTest, ReadingsInAnyOrderComposeTheSame) {
  const Reading readings[] = {Carbon(0.1, kStart), Carbon(0.2, kStart + 600), Carbon(0.3, kStart + 2400),
                              Carbon(0.4, kStart + kHour), Carbon(0.5, kStart + kHour + 60)};
  const std::int64_t now = kStart + 2 * kHour;
  int order[] = {0, 1, 2, 3, 4};
  do {
    ReadingStore store(SmallOptions());
    for (const int k : order) store.Add("s", readings[k], now);
    EXPECT_EQ(store.Compose(kStart, now).slot.carbon_intensity[0], 0.1);
    EXPECT_EQ(store.Compose(kStart + kHour, now).slot.carbon_intensity[0], 0.4);
    EXPECT_EQ(store.Compose(kStart + 2 * kHour, now).slot.carbon_intensity[0], 0.5);
    // Nothing older is known of the first slot less its exact reading, so that of ten minutes into it serves.
  } while (std::next_permutation(std::begin(order), std::end(order)));
}

TEST(ReadingStoreTest, WhoBeginsLateUsesAReadingWithinTheSlot) {
  ReadingStore store(SmallOptions());
  store.Add("s", Carbon(0.2, kStart + 900), kStart + 900);
  store.Add("s", Carbon(0.3, kStart + 1200), kStart + 1200);
  const ComposedSlot slot = store.Compose(kStart, kStart + 1200);
  EXPECT_EQ(slot.slot.carbon_intensity[0], 0.2);
  EXPECT_EQ(CarbonOf(slot).origin, ValueOrigin::kFresh);
  EXPECT_EQ(CarbonOf(slot).age, -900);
  // As of 0:09, what is said of 0:15 is more than the tolerance ahead.
  EXPECT_EQ(CarbonOf(store.Compose(kStart, kStart + 540)).origin, ValueOrigin::kMissing);
}

TEST(ReadingStoreTest, ARevisionReplacesButAnEstimateNeverWhatIsNone) {
  ReadingStore store(SmallOptions());
  const auto value = [&] { return store.Compose(kStart, kStart).slot.carbon_intensity[0]; };
  store.Add("s", Carbon(0.2, kStart, true), kStart);
  store.Add("s", Carbon(0.25, kStart, true), kStart);
  EXPECT_EQ(value(), 0.25);
  store.Add("s", Carbon(0.3, kStart), kStart);
  store.Add("s", Carbon(0.1, kStart, true), kStart);
  EXPECT_EQ(value(), 0.3);
  store.Add("s", Carbon(0.31, kStart), kStart);
  EXPECT_EQ(value(), 0.31);
}

TEST(ReadingStoreTest, CapacityOfReadingsThenOfTheConfiguration) {
  ReadingStoreOptions options = SmallOptions();
  options.time_base.slot_hours = 0.25;
  options.capacity = Vector(2);
  options.capacity << 40.0, std::nan("");
  ReadingStore store(options);
  const auto origin = [](const ComposedSlot& slot, int place) { return slot.values[1][place].origin; };
  ComposedSlot slot = store.Compose(kStart, kStart);
  EXPECT_EQ(slot.slot.capacity[0], 10.0);  // 40 MW for a quarter of an hour
  EXPECT_EQ(origin(slot, 0), ValueOrigin::kConfigured);
  EXPECT_EQ(origin(slot, 1), ValueOrigin::kMissing);
  EXPECT_FALSE(slot.AllAtLeast(ValueOrigin::kPastDays));

  store.Add("s", {LiveSignal::kCapacity, 0, 0.0, kStart}, kStart);  // down
  store.Add("s", {LiveSignal::kCapacity, 1, 8.0, kStart}, kStart);
  slot = store.Compose(kStart, kStart);
  EXPECT_EQ(slot.slot.capacity[0], 0.0);
  EXPECT_EQ(slot.slot.capacity[1], 2.0);
  // A day later: what machines there were yesterday says nothing of today's.
  slot = store.Compose(kStart + kDay, kStart + kDay);
  EXPECT_EQ(origin(slot, 0), ValueOrigin::kConfigured);
  EXPECT_EQ(origin(slot, 1), ValueOrigin::kMissing);
}

// What a recorded month says, pushed slot by slot, composes to the recorded slots, bit by bit.
TEST(ReadingStoreTest, ARecordedMonthComposesToItsSlots) {
  for (const double slot_hours : {1.0, 0.25}) {
    GeneratorOptions generator = Options(4, 3, slot_hours == 1.0 ? 744 : 2976);
    generator.slot_hours = slot_hours;
    const Trace trace = GenerateTrace(generator);
    ReadingStoreOptions options;
    options.num_gateways = 3;
    options.num_regions = 4;
    options.time_base = {trace.signals.time[0], slot_hours};
    for (ReadingLimits& limits : options.limits) limits.may_be_zero = true;
    ReadingStore store(options);
    const std::vector<LiveSignal> all = {LiveSignal::kDemand, LiveSignal::kCapacity, LiveSignal::kPrice,
                                         LiveSignal::kCarbonIntensity, LiveSignal::kWaterIntensity};
    Slot recorded;
    for (int t = 0; t < trace.signals.num_slots(); ++t) {
      const std::int64_t time = trace.signals.time[t];
      for (const Reading& reading : ReadingsOfRow(trace.signals, all, t))
        ASSERT_EQ(store.Add("replayed", reading, time - 20), std::nullopt);
      FillSlot(trace.signals, slot_hours, t, t, &recorded);
      const ComposedSlot composed = store.Compose(time, time - 20, t);
      ASSERT_TRUE(composed.AllAtLeast(ValueOrigin::kFresh));
      ASSERT_EQ(composed.slot.index, recorded.index);
      ASSERT_EQ(composed.slot.time, recorded.time);
      ASSERT_EQ(composed.slot.demand, recorded.demand);
      ASSERT_EQ(composed.slot.capacity, recorded.capacity);
      ASSERT_EQ(composed.slot.price, recorded.price);
      ASSERT_EQ(composed.slot.carbon_intensity, recorded.carbon_intensity);
      ASSERT_EQ(composed.slot.water_intensity, recorded.water_intensity);
    }
  }
}

// 35 days of hours and, of six hours and 24 slots, slots of ten seconds: 840 + 1 and 2160 + 24 + 1 entries.
TEST(ReadingStoreTest, MemoryIsBoundedWhateverComes) {
  ReadingStoreOptions options = SmallOptions();
  options.time_base.slot_hours = 10.0 / 3600.0;
  ReadingStore store(options);
  std::size_t largest = 0;
  for (std::int64_t time = kStart; time < kStart + 60 * kDay; time += 7) {
    store.Add("s", Carbon(0.3, time), time);
    largest = std::max(largest, store.size());
  }
  EXPECT_LE(largest, 841u + 2185u);
  EXPECT_GE(largest, 840u + 2184u);
}

TEST(ReadingStoreTest, OptionsThatAreNone) {
  const auto refuses = [](const std::function<void(ReadingStoreOptions*)>& spoil) {
    ReadingStoreOptions options = SmallOptions();
    spoil(&options);
    EXPECT_THROW(ReadingStore store(options), InputError);
  };
  refuses([](auto* options) { options->num_gateways = 0; });
  refuses([](auto* options) { options->capacity = Vector::Ones(3); });
  refuses([](auto* options) { options->history_days = 0; });
  refuses([](auto* options) { options->past_days = 0; });
  refuses([](auto* options) { options->future_tolerance = -1; });
  refuses([](auto* options) { options->limits[0].min = 2e9; });
  refuses([](auto* options) { options->limits[0].max = std::nan(""); });
  refuses([](auto* options) { options->limits[0].max_age = -1; });
  EXPECT_THROW(ReadingStore(SmallOptions()).Compose(kStart + 1, kStart), InternalError);
}

}  // namespace
}  // namespace evenkeel
