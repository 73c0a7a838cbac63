// Seeded generator of traces: synthetic signals with daily, weekly and weather-like structure around published levels
// (docs/generator.md). Same options, same bits. A longer trace begins with the shorter one, and more regions leave the
// signals of the earlier regions as they are; only demand is rescaled to the new total capacity.
#pragma once

#include <cstdint>
#include <string>

#include "models/slots/work_share.h"
#include "models/world/trace.h"

namespace evenkeel {

struct GeneratorOptions {
  int regions = 10;   ///< 1 to 1,000; the first ten are named grids, the others variations of them
  int gateways = 10;  ///< 1 to 1,000
  int slots = 720;    ///< 1 to 1,000,000
  std::uint64_t seed = 1;
  int variants = 1;         ///< 1, or 3 model sizes
  double slot_hours = 1.0;  ///< 0.05 to 6, a whole number of seconds
  std::int64_t start_time =
      1672531200;             ///< start of the first slot, seconds since 1970 UTC, 1970 to 2100; 2023-01-01 00:00
  double utilisation = 0.65;  ///< expected total demand / total capacity, 0.01 to 0.9
  double reach = 1.0;  ///< share of the regions that a gateway reaches, in (0, 1]: its nearest ones, and more where
                       ///< these could not serve it
  double network_cost = 0.0;  ///< USD per unit of workload per 1,000 km, 0 to 1e6
  WorkShare work;             ///< part of the demand that can wait; with `home` above 0 only where reach is 1
  std::string command;        ///< kept in the provenance
};

/// A trace whose every slot can be served, work that can wait as it arrives: a routing with at most 98 % load in every
/// region exists in each, on the largest variant. Capacity is 1 MW in every region. Throws InputError that names the
/// option, its value and what is allowed.
///
/// Why work does not change that: mobile work reaches every region that its gateway does, so that the routing serves it
/// as it served the demand. Work at home fills at most 0.9 (`kMostAtHome`) of its region and, where everybody reaches
/// everything, whatever is left of the demand fits into what is left of the capacity, since the total is the same; with
/// a shorter reach it might not.
Trace GenerateTrace(const GeneratorOptions& options);

}  // namespace evenkeel
