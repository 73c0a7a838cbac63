#include "models/import/grid.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>

#include "models/base/csv.h"
#include "models/base/error.h"
#include "models/formats/fields.h"

namespace evenkeel {
namespace {

constexpr double kLitresPerGallon = 3.785412;

const FuelFactor* FindFactor(const std::vector<FuelFactor>& factors, const std::string& fuel) {
  for (const std::string& name : {fuel, FuelCode(fuel)}) {
    const auto found =
        std::find_if(factors.begin(), factors.end(), [&](const FuelFactor& factor) { return factor.fuel == name; });
    if (found != factors.end()) return &*found;
  }
  return nullptr;
}

std::vector<FuelFactor> FactorsOf(const std::vector<std::string>& fuels, const std::vector<FuelFactor>& factors,
                                  const std::string& path) {
  std::vector<FuelFactor> found;
  for (const std::string& fuel : fuels) {
    const FuelFactor* factor = FindFactor(factors, fuel);
    if (factor != nullptr) {
      found.push_back(*factor);
      continue;
    }
    std::vector<std::string> known;
    for (const FuelFactor& one : factors) known.push_back(one.fuel);
    throw InputError("{}: the fuel \"{}\" has no factor (known: {})", path, fuel, fmt::join(known, ", "));
  }
  return found;
}

}  // namespace

std::vector<FuelFactor> ReadFuelFactors(const std::string& path) {
  const CsvTable table = ReadCsv(path, CsvHeader::kFirstRow);
  if (table.num_rows() == 0) throw InputError("{}: no rows after the header", path);
  const int fuel = table.Column("fuel"), carbon = table.Column("carbon (kg/kWh)"), source = table.Column("source");
  const int water = table.ColumnAmong({"water (gal/kWh)", "water (L/kWh)"});
  const bool gallons = table.header[water].find("gal") != std::string::npos;
  std::vector<FuelFactor> factors;
  for (int row = 0; row < table.num_rows(); ++row) {
    const auto& fields = table.rows[row];
    FuelFactor factor{fields[fuel], 0.0, 0.0, fields[carbon] == "none" && fields[water] == "none", fields[source]};
    if (!factor.left_out) {
      factor.carbon = NumberOrMissing(table, row, carbon, 0.0);
      factor.water = NumberOrMissing(table, row, water, 0.0) * (gallons ? kLitresPerGallon : 1.0);
    }
    if (!(factor.carbon >= 0.0 && factor.water >= 0.0))
      throw InputError("{}: a factor of the fuel \"{}\" is missing", table.Where(row), factor.fuel);
    factors.push_back(std::move(factor));
  }
  return factors;
}

std::string FuelCode(const std::string& name) {
  static const std::map<std::string, std::string> codes = {
      // EIA-930's bulk files, until and since the middle of 2024.
      {"Coal", "COL"},
      {"Natural Gas", "NG"},
      {"Nuclear", "NUC"},
      {"All Petroleum Products", "OIL"},
      {"Hydropower and Pumped Storage", "WAT"},
      {"Hydropower Excluding Pumped Storage", "WAT"},
      {"Pumped Storage", "PS"},
      {"Solar", "SUN"},
      {"Solar without Integrated Battery Storage", "SUN"},
      {"Solar with Integrated Battery Storage", "SNB"},
      {"Wind", "WND"},
      {"Wind without Integrated Battery Storage", "WND"},
      {"Wind with Integrated Battery Storage", "WNB"},
      {"Battery Storage", "BAT"},
      {"Other Energy Storage", "OES"},
      {"Unknown Energy Storage", "UES"},
      {"Geothermal", "GEO"},
      {"Other Fuel Sources", "OTH"},
      {"Unknown Fuel Sources", "UNK"},
      // gridstatus.
      {"Hydro", "WAT"},
      {"Large Hydro", "WAT"},
      {"Small Hydro", "WAT"},
      {"Batteries", "BAT"},
      {"Oil", "OIL"},
      {"Other", "OTH"},
      // entsoe-py.
      {"Fossil Gas", "NG"},
      {"Fossil Hard coal", "COL"},
      {"Fossil Brown coal/Lignite", "COL"},
      {"Fossil Oil", "OIL"},
      {"Hydro Run-of-river and poundage", "WAT"},
      {"Hydro Run-of-river and pondage", "WAT"},
      {"Hydro Water Reservoir", "WAT"},
      {"Hydro Pumped Storage", "PS"},
      {"Wind Onshore", "WND"},
      {"Wind Offshore", "WND"},
      {"Energy storage", "BAT"},
  };
  const auto found = codes.find(name);
  return found == codes.end() ? name : found->second;
}

MixIntensity IntensityOfMix(const FileRows& rows, const std::vector<FuelFactor>& factors, const std::string& path) {
  const std::vector<FuelFactor> factor_of = FactorsOf(rows.fuels, factors, path);
  MixIntensity mix;
  for (std::size_t f = 0; f < factor_of.size(); ++f)
    if (factor_of[f].left_out) mix.left_out.push_back(rows.fuels[f]);
  for (std::size_t k = 0; k < rows.rows.size(); ++k) {
    double total = 0.0, emitted = 0.0, used = 0.0;
    for (std::size_t f = 0; f < factor_of.size(); ++f) {
      if (factor_of[f].left_out) continue;
      const double read = rows.generation[k][f];
      const double generation = read < 0.0 ? 0.0 : read;  // leaves a missing value missing
      total += generation;
      emitted += generation * factor_of[f].carbon;
      used += generation * factor_of[f].water;
    }
    Measurement row = rows.rows[k];
    row.weight = total > 0.0 ? total : 1.0;
    row.value = total > 0.0 ? emitted / total : kMissingValue;
    mix.carbon.push_back(row);
    row.value = total > 0.0 ? used / total : kMissingValue;
    mix.water.push_back(row);
  }
  return mix;
}

}  // namespace evenkeel
