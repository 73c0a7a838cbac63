// The published case of "Towards Environmentally Equitable AI via Geographical Load Balancing" (arXiv 2307.05494) as a
// trace: ten regions with a gateway each, hourly.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/csv.h"
#include "models/world/trace.h"

namespace evenkeel {

struct EglbImportOptions {
  std::string directory;  ///< holds AI_workload.csv, price/NAME_Price.csv, carbon/NAME_carbon.csv, water/NAME_water.csv
  std::string reachability_file;  ///< CSV of 0 and 1 without header, a row per region, a column per gateway; empty: all
                                  ///< reachable
  std::string variants_file;      ///< models/files/variants_file.h; empty: one variant
  std::string command;            ///< kept as provenance
  std::string generator;          ///< program and version, kept as provenance
};

/// Reads the files: demand of every gateway is the published power over its peak of 2708 W, capacity is 1 MW, e = 1,
/// PUE = 1, no network cost. The hours are those of AI_workload.csv; every other file must have each of them exactly
/// once, and may have more. Throws InputError.
Trace ImportEglb(const EglbImportOptions& options);

/// A column of values by hour, in the file's order.
struct HourlySeries {
  std::vector<std::int64_t> time;  ///< seconds since 1970-01-01 00:00:00 UTC, no two alike
  std::vector<double> value;
};

/// The column `value_header` beside "Time (UTC)" of a table. Throws InputError for a header, hour or number that is not
/// as expected, for a value below `smallest`, and for an hour that comes twice.
HourlySeries ReadHourlySeries(const CsvTable& table, const std::string& value_header, double smallest);

}  // namespace evenkeel
