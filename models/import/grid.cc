#include "models/import/grid.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "models/base/csv.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

constexpr double kLitresPerGallon = 3.785412;
constexpr double kGramsPerKilogram = 1000.0;

const std::string& Field(const CsvTable& table, int row, int column) { return table.rows[row][column]; }

/// A column that the file itself says is UTC; an offset in a field must agree.
std::int64_t UtcOf(const CsvTable& table, int row, int column) {
  const std::string& text = Field(table, row, column);
  const auto stamp = ParseTimestamp(text);
  if (!stamp || stamp->utc_offset.value_or(0) != 0) {
    throw InputError("{}, column \"{}\": the time is '{}', allowed is a UTC time such as 2023-01-01 06:00:00",
                     table.Where(row), table.header[column], text);
  }
  return stamp->clock;
}

/// A number, or missing where the field is empty.
double NumberOrMissing(const CsvTable& table, int row, int column, double smallest) {
  if (Field(table, row, column).empty()) return kMissing;
  const double value = table.Number(row, column);
  if (value >= smallest) return value;
  throw InputError("{}, column \"{}\": the value is {}, allowed is at least {}", table.Where(row), table.header[column],
                   value, smallest);
}

CsvTable ReadRows(const std::string& path) {
  CsvTable table = ReadCsv(path, CsvHeader::kFirstRow);
  if (table.num_rows() == 0) throw InputError("{}: no rows after the header", path);
  return table;
}

int BeginFile(const std::string& path, Measurements* series) {
  series->files.push_back(path);
  return static_cast<int>(series->files.size()) - 1;
}

/// The factor of every column, none for the time and for the intensity that some files bring along.
std::vector<std::optional<FuelFactor>> FactorsOfColumns(const CsvTable& table, const std::vector<FuelFactor>& factors) {
  std::vector<std::optional<FuelFactor>> of_column;
  for (const std::string& name : table.header) {
    const auto found =
        std::find_if(factors.begin(), factors.end(), [&](const FuelFactor& factor) { return factor.fuel == name; });
    if (found != factors.end()) {
      of_column.emplace_back(*found);
    } else if (name == "timestamp" || name == "avg_CI") {
      of_column.emplace_back(std::nullopt);
    } else {
      std::vector<std::string> known;
      for (const FuelFactor& factor : factors) known.push_back(factor.fuel);
      throw InputError("{}: the fuel \"{}\" has no factor (known: {})", table.path, name, fmt::join(known, ", "));
    }
  }
  return of_column;
}

}  // namespace

int AppendElectricityMaps(const std::string& path, CarbonScope scope, Measurements* series) {
  const CsvTable table = ReadRows(path);
  const std::string stem = "Carbon intensity gCO₂eq/kWh ";
  const int time_column = table.ColumnAmong({"Datetime (UTC)"});
  const int column = scope == CarbonScope::kDirect ? table.ColumnAmong({stem + "(direct)"})
                                                   : table.ColumnAmong({stem + "(LCA)", stem + "(Life cycle)"});
  const int estimated_column = table.ColumnAmong({"Data estimated"});
  const int file = BeginFile(path, series);
  int estimated = 0;
  for (int row = 0; row < table.num_rows(); ++row) {
    const double grams = NumberOrMissing(table, row, column, 0.0);
    series->entries.push_back({UtcOf(table, row, time_column), grams / kGramsPerKilogram, file, table.lines[row]});
    estimated += Field(table, row, estimated_column) == "true" ? 1 : 0;
  }
  return estimated;
}

void AppendPrices(const std::string& path, Measurements* series) {
  const CsvTable table = ReadRows(path);
  const int time_column = table.ColumnAmong({"Datetime (UTC)"});
  const int column = table.ColumnAmong({"Price (USD/MWh)"});
  const int file = BeginFile(path, series);
  for (int row = 0; row < table.num_rows(); ++row) {
    const double price = NumberOrMissing(table, row, column, std::numeric_limits<double>::lowest());
    series->entries.push_back({UtcOf(table, row, time_column), price, file, table.lines[row]});
  }
}

std::vector<FuelFactor> ReadFuelFactors(const std::string& path) {
  const CsvTable table = ReadRows(path);
  const int fuel = table.Column("fuel"), carbon = table.Column("carbon (kg/kWh)"), source = table.Column("source");
  const int water = table.ColumnAmong({"water (gal/kWh)", "water (L/kWh)"});
  const bool gallons = table.header[water].find("gal") != std::string::npos;
  std::vector<FuelFactor> factors;
  for (int row = 0; row < table.num_rows(); ++row) {
    FuelFactor factor{Field(table, row, fuel), NumberOrMissing(table, row, carbon, 0.0),
                      NumberOrMissing(table, row, water, 0.0) * (gallons ? kLitresPerGallon : 1.0),
                      Field(table, row, source)};
    if (!(factor.carbon >= 0.0 && factor.water >= 0.0))
      throw InputError("{}: a factor of the fuel \"{}\" is missing", table.Where(row), factor.fuel);
    factors.push_back(std::move(factor));
  }
  return factors;
}

void AppendFuelMix(const std::string& path, const std::vector<FuelFactor>& factors, Measurements* carbon,
                   Measurements* water) {
  const CsvTable table = ReadRows(path);
  const int time_column = table.Column("timestamp");
  const auto factor_of = FactorsOfColumns(table, factors);
  const int file = BeginFile(path, carbon);
  BeginFile(path, water);
  for (int row = 0; row < table.num_rows(); ++row) {
    double total = 0.0, emitted = 0.0, used = 0.0;
    for (std::size_t k = 0; k < factor_of.size(); ++k) {
      if (!factor_of[k]) continue;
      const double read = NumberOrMissing(table, row, static_cast<int>(k), std::numeric_limits<double>::lowest());
      const double generation = read < 0.0 ? 0.0 : read;  // leaves a missing value missing
      total += generation;
      emitted += generation * factor_of[k]->carbon;
      used += generation * factor_of[k]->water;
    }
    const int line = table.lines[row];
    const std::int64_t time = UtcOf(table, row, time_column);
    carbon->entries.push_back({time, total > 0.0 ? emitted / total : kMissing, file, line});
    water->entries.push_back({time, total > 0.0 ? used / total : kMissing, file, line});
  }
}

}  // namespace evenkeel
