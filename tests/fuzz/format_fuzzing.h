// What the fuzzers of published formats share: any bytes as a file of one format are read, and brought into slots, or
// refused with InputError.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/error.h"
#include "models/formats/registry.h"
#include "models/import/grid.h"
#include "models/import/requests.h"
#include "models/series/time_series.h"

namespace evenkeel {

/// Rows as hours; a file over decades of seconds is refused by SlotMeans, but would take its time.
inline void BringIntoSlots(const std::vector<Measurement>& rows) {
  constexpr std::int64_t kLongest = 30'000'000;
  if (rows.empty() || std::abs(rows.back().time - rows.front().time) > kLongest) return;
  const Measurements series{"fuzzed", 3600, {"f"}, rows};
  std::vector<std::string> notes;
  const std::int64_t start = rows.front().time / 3600 * 3600;
  for (const double value : SlotMeans(series, {start, 3600, 48}, {Fill::kHold, 2}, &notes)) {
    EVENKEEL_CHECK(!std::isnan(value));
  }
}

/// Reads the bytes as one of the formats, insisted on by name.
inline void FuzzFormats(std::string_view bytes, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    for (const Format& format : Formats()) {
      if (std::string_view(format.name) != name) continue;
      try {
        const FileRows rows = ReadRows(ParseDocument(std::string(bytes), "f"), format.signal, name, {"X"});
        for (const Measurement& row : rows.rows) EVENKEEL_CHECK(std::isfinite(row.value) || std::isnan(row.value));
        if (format.signal != SignalKind::kFuelMix) {
          BringIntoSlots(rows.rows);
        } else {
          EVENKEEL_CHECK_EQ(rows.rows.size(), rows.generation.size());
          std::vector<FuelFactor> factors;
          for (const std::string& fuel : rows.fuels) factors.push_back({fuel, 0.5, 1.0, false, ""});
          BringIntoSlots(IntensityOfMix(rows, factors, "f").carbon);
        }
      } catch (const InputError&) {
      }
    }
  }
}

/// Reads the bytes as a log of requests.
inline void FuzzRequests(std::string_view bytes, RequestFormat format) {
  const int file = memfd_create("log", 0);
  EVENKEEL_CHECK(file >= 0 && write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  try {
    const RequestLog log = ReadRequests("/proc/self/fd/" + std::to_string(file), format, {1.0, 0.1, 0.5}, 3600);
    EVENKEEL_CHECK(log.failed <= log.requests && !log.demand.entries.empty());
    for (const Measurement& entry : log.demand.entries) EVENKEEL_CHECK(entry.value >= 0.0);
  } catch (const InputError&) {
  }
  close(file);
}

}  // namespace evenkeel
