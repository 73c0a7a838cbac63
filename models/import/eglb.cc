#include "models/import/eglb.h"

#include <array>
#include <limits>
#include <unordered_map>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/files/variants_file.h"

namespace evenkeel {
namespace {

constexpr double kPeakWatt = 2708.0;
constexpr int kRegions = 10;
constexpr double kAnyValue = std::numeric_limits<double>::lowest();

struct Place {
  const char* file_stem;  // as published, with its spelling
  const char* name;
  double latitude;
  double longitude;
};

// The data name states and countries only; coordinates are those of the town with the region's large data centers.
constexpr std::array<Place, kRegions> kPlaces = {{
    {"Texas", "Texas", 32.48, -96.99},            // Midlothian
    {"Virginia", "Virginia", 39.04, -77.49},      // Ashburn
    {"Georgia", "Georgia", 33.77, -84.58},        // Lithia Springs
    {"Nevada", "Nevada", 36.04, -114.98},         // Henderson
    {"Germany", "Germany", 50.11, 8.68},          // Frankfurt am Main
    {"Belguim", "Belgium", 50.47, 3.87},          // Saint-Ghislain
    {"Netherlands", "Netherlands", 53.44, 6.83},  // Eemshaven
    {"Denmark", "Denmark", 55.56, 9.65},          // Fredericia
    {"Japan", "Japan", 35.83, 140.15},            // Inzai
    {"Singapore", "Singapore", 1.35, 103.71},     // Jurong West
}};

Network MakeEglbNetwork() {
  std::vector<Region> regions;
  std::vector<Gateway> gateways;
  for (const Place& place : kPlaces) {
    regions.push_back({place.name, 1.0, place.latitude, place.longitude});
    gateways.push_back({place.name, place.latitude, place.longitude});
  }
  return MakeFullNetwork(std::move(regions), std::move(gateways));
}

HourlySeries ReadSeries(const std::string& path, const std::string& header, double smallest) {
  return ReadHourlySeries(ReadCsv(path, CsvHeader::kFirstRow), header, smallest);
}

/// The period: consecutive hours, as they stand in the workload file.
HourlySeries ReadWorkload(const std::string& path) {
  HourlySeries workload = ReadSeries(path, "Power (Watt)", 0.0);
  for (std::size_t t = 1; t < workload.time.size(); ++t) {
    const std::int64_t expected = workload.time[t - 1] + 3600;
    if (workload.time[t] == expected) continue;
    throw InputError("{}: the hour {} is missing or not in order: {} follows {}", path, FormatUtc(expected),
                     FormatUtc(workload.time[t]), FormatUtc(workload.time[t - 1]));
  }
  return workload;
}

/// Fills one region's column with the values of the period's hours.
void ReadRegion(const std::string& path, const std::string& header, double smallest, int region,
                const std::vector<std::int64_t>& times, RowMatrix* values) {
  const HourlySeries series = ReadSeries(path, header, smallest);
  std::unordered_map<std::int64_t, double> by_hour;
  for (std::size_t k = 0; k < series.time.size(); ++k) by_hour.emplace(series.time[k], series.value[k]);
  for (std::size_t t = 0; t < times.size(); ++t) {
    const auto found = by_hour.find(times[t]);
    if (found == by_hour.end()) {
      throw InputError("{}: the hour {} is missing, expected are all {} hours of AI_workload.csv", path,
                       FormatUtc(times[t]), times.size());
    }
    (*values)(t, region) = found->second;
  }
}

FlagMatrix ReadReachability(const std::string& path) {
  const CsvTable table = ReadCsv(path, CsvHeader::kNone);
  if (table.num_rows() != kRegions || table.rows[0].size() != kRegions) {
    throw InputError("{}: {} rows and {} columns, expected {} rows (regions) and {} columns (gateways)", path,
                     table.num_rows(), table.rows[0].size(), kRegions, kRegions);
  }
  FlagMatrix reachable(kRegions, kRegions);
  for (int region = 0; region < kRegions; ++region) {
    for (int gateway = 0; gateway < kRegions; ++gateway) {
      const std::string& flag = table.rows[region][gateway];
      if (flag != "0" && flag != "1") {
        throw InputError("{}, column {}: the value is '{}', allowed are 0 and 1", table.Where(region), gateway + 1,
                         flag);
      }
      reachable(gateway, region) = flag == "1" ? 1 : 0;
    }
  }
  return reachable;
}

Provenance MakeProvenance(const EglbImportOptions& options) {
  Provenance origin;
  origin.title = "eGLB: ten regions, hourly, September and October 2022";
  origin.source =
      "public repository of 'Towards Environmentally Equitable AI via Geographical Load Balancing', arXiv 2307.05494";
  origin.licence = "MIT";
  origin.command = options.command;
  origin.generator = options.generator;
  // Factors times fuel mix make it an average; the files do not say what the factors cover.
  origin.carbon_signal_type = "average";
  return origin;
}

}  // namespace

HourlySeries ReadHourlySeries(const CsvTable& table, const std::string& value_header, double smallest) {
  const int time_column = table.Column("Time (UTC)");
  const int value_column = table.Column(value_header);
  if (table.num_rows() == 0) throw InputError("{}: no rows after the header", table.path);
  HourlySeries series;
  std::unordered_map<std::int64_t, int> row_of_time;
  for (int row = 0; row < table.num_rows(); ++row) {
    const std::string& text = table.rows[row][time_column];
    const auto time = ParseUtcHour(text);
    if (!time) throw InputError("{}: the time is '{}', expected an hour like 2022-09-22 13", table.Where(row), text);
    const auto [first, is_new] = row_of_time.emplace(*time, row);
    if (!is_new) {
      throw InputError("{}: the hour {} appears twice, first in line {}", table.Where(row), text,
                       table.lines[first->second]);
    }
    const double value = table.Number(row, value_column);
    if (value < smallest) {
      throw InputError("{}, column \"{}\": the value is {}, allowed is at least {}", table.Where(row), value_header,
                       value, smallest);
    }
    series.time.push_back(*time);
    series.value.push_back(value);
  }
  return series;
}

Trace ImportEglb(const EglbImportOptions& options) {
  const std::string& directory = options.directory;
  HourlySeries workload = ReadWorkload(directory + "/AI_workload.csv");
  Trace trace;
  trace.header.network = MakeEglbNetwork();
  if (!options.reachability_file.empty()) trace.header.network.reachable = ReadReachability(options.reachability_file);
  if (!options.variants_file.empty()) ReadVariants(options.variants_file, &trace.header.network);
  trace.header.provenance = MakeProvenance(options);
  Signals& signals = trace.signals;
  signals.time = std::move(workload.time);
  const int slots = signals.num_slots();
  signals.demand.resize(slots, kRegions);
  for (int t = 0; t < slots; ++t) signals.demand.row(t).setConstant(workload.value[t] / kPeakWatt);
  signals.capacity = RowMatrix::Ones(slots, kRegions);
  for (RowMatrix* values : {&signals.price, &signals.carbon_intensity, &signals.water_intensity})
    values->resize(slots, kRegions);
  for (int i = 0; i < kRegions; ++i) {
    const std::string stem = kPlaces[i].file_stem;
    const auto path = [&](const char* folder, const char* suffix) {
      return directory + "/" + folder + "/" + stem + suffix;
    };
    ReadRegion(path("price", "_Price.csv"), "Price (USD/MWh)", kAnyValue, i, signals.time, &signals.price);
    ReadRegion(path("carbon", "_carbon.csv"), "Carbon (kg/kWh)", 0.0, i, signals.time, &signals.carbon_intensity);
    ReadRegion(path("water", "_water.csv"), "WUE (L/kWh)", 0.0, i, signals.time, &signals.water_intensity);
  }
  ValidateTrace(trace, directory);
  return trace;
}

}  // namespace evenkeel
