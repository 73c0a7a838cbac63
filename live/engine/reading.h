// What a data service or an operator says of one signal at one place.
#pragma once

#include <cstdint>

namespace evenkeel {

/// Signals of a slot that somebody has to say, in the units of a trace: workload per slot, MW, USD/MWh, kg/kWh, L/kWh.
enum class LiveSignal { kDemand, kCapacity, kPrice, kCarbonIntensity, kWaterIntensity };
inline constexpr int kNumLiveSignals = 5;
inline constexpr const char* kLiveSignalNames[kNumLiveSignals] = {"demand", "capacity", "price", "carbon_intensity",
                                                                  "water_intensity"};
inline const char* Name(LiveSignal signal) { return kLiveSignalNames[static_cast<int>(signal)]; }

/// One value; what is missing is no reading.
struct Reading {
  LiveSignal signal = LiveSignal::kDemand;
  /// Index of the gateway for demand, of the region for the rest. The demand of a class of work that can wait is what
  /// has arrived in the slot that `time` is in, up to then (live/engine/work_arrivals.h).
  int place = 0;
  double value = 0.0;      ///< finite
  std::int64_t time = 0;   ///< that the value is of, seconds since 1970-01-01 00:00:00 UTC
  bool estimated = false;  ///< the service says that it is its own estimate
};

}  // namespace evenkeel
