// Any bytes as an answer of each data service: readings that the store takes or counts, or InputError.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "live/sources/electricity_maps.h"
#include "live/sources/prometheus.h"
#include "live/sources/watttime.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kNow = 1'717'243'200;  // 2024-06-01 12:00:00 UTC, that of the corpus

void Store(const Answer& answer) {
  ReadingStoreOptions options;
  options.num_gateways = options.num_regions = 2;
  options.time_base = {kNow, 1.0};
  ReadingStore store(options);
  for (const Refusal& refusal : answer.refused) store.CountRejected("f", refusal.reason);
  for (const Reading& reading : answer.readings) {
    EVENKEEL_CHECK(std::isfinite(reading.value) && reading.place >= 0 && reading.place < 2);
    store.Add("f", reading, kNow);
  }
  const ComposedSlot slot = store.Compose(kNow, kNow);
  for (int s = 0; s < kNumLiveSignals; ++s) {
    for (const ComposedValue& value : slot.values[s])
      EVENKEEL_CHECK(value.origin == ValueOrigin::kMissing || value.age.has_value());
  }
}

template <typename Parse>
void Try(const Parse& parse) {
  try {
    parse();
  } catch (const InputError& error) {
    EVENKEEL_CHECK_EQ(std::string(error.what()).rfind("f", 0), std::size_t{0});  // says where
  }
}

}  // namespace
}  // namespace evenkeel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel;
  const std::string body(reinterpret_cast<const char*>(data), size);
  Try([&] { Store(ParseElectricityMapsAnswer(body, {"DE", 1}, CarbonScope::kLifecycle, "f")); });
  Try([&] { Store(ParseWattTimeAnswer(body, {"DE", 1}, kNow + kFutureTolerance, "f")); });
  Try([&] { ParseWattTimeLogin(body, "f"); });
  Try([&] {
    const auto samples = ParsePrometheusAnswer(body, "f");
    Store(ReadingsOfSamples(samples, {"q", LiveSignal::kDemand, "gateway", {{"eu", 0}, {"us", 1}}, 2.0, 0}, "f"));
    ServedOptions options;
    options.gateways = {{"eu", 0}};
    options.regions = {{"north", 1}};
    CounterTracker tracker(60);
    ServedBetween(samples, options, &tracker);
    for (const ServedIncrement& served : ServedBetween(samples, options, &tracker))
      EVENKEEL_CHECK(served.increment.value >= 0.0);
  });
  return 0;
}
