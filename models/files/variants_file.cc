#include "models/files/variants_file.h"

#include <algorithm>
#include <cmath>

#include "models/base/csv.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

double Amount(const CsvTable& table, int row, const std::string& column, bool zero_allowed) {
  const double value = table.Number(row, table.Column(column));
  if (value > 0.0 || (zero_allowed && value == 0.0)) return value;
  throw InputError("{}: {} is {}, allowed: {} 0", table.Where(row), column, value, zero_allowed ? "at least" : "above");
}

const std::string& Text(const CsvTable& table, int row, const char* column) {
  return table.rows[row][table.Column(column)];
}

/// The variant's place, a new one for a name that was not there before. What was given for it before must agree.
int PlaceOf(const CsvTable& table, int row, const Variant& variant, std::vector<Variant>* variants) {
  if (variant.name.empty()) throw InputError("{}: variant has no name", table.Where(row));
  const auto found = std::find_if(variants->begin(), variants->end(),
                                  [&](const Variant& other) { return other.name == variant.name; });
  const auto place = static_cast<int>(found - variants->begin());
  if (found == variants->end()) {
    variants->push_back(variant);
  } else if (found->resource_per_unit != variant.resource_per_unit || found->quality_loss != variant.quality_loss) {
    throw InputError("{}: variant \"{}\" has another resource_per_unit or quality_loss than in a row before",
                     table.Where(row), variant.name);
  }
  return place;
}

}  // namespace

void ReadVariants(const std::string& path, Network* network) {
  const CsvTable table = ReadCsv(path, CsvHeader::kFirstRow);
  if (table.num_rows() == 0) throw InputError("{}: there is no variant in it", path);
  const bool by_region = std::count(table.header.begin(), table.header.end(), "region") > 0;
  const int regions = network->num_regions();
  std::vector<Variant> variants;
  RowMatrix energy = RowMatrix::Zero(regions, table.num_rows());  // at most a variant per row; 0: not given
  for (int row = 0; row < table.num_rows(); ++row) {
    const Variant variant = {Text(table, row, "variant"), Amount(table, row, "resource_per_unit", false),
                             Amount(table, row, "quality_loss", true)};
    const int m = PlaceOf(table, row, variant, &variants);
    int first = 0, last = regions - 1;
    if (by_region) {
      const std::string& name = Text(table, row, "region");
      const auto found = std::find_if(network->regions.begin(), network->regions.end(),
                                      [&](const Region& region) { return region.name == name; });
      if (found == network->regions.end()) throw InputError("{}: unknown region \"{}\"", table.Where(row), name);
      first = last = static_cast<int>(found - network->regions.begin());
    }
    for (int i = first; i <= last; ++i) {
      if (energy(i, m) != 0.0) {
        throw InputError("{}: variant \"{}\" is given twice{}", table.Where(row), variant.name,
                         by_region ? " for region \"" + network->regions[i].name + "\"" : "");
      }
      energy(i, m) = Amount(table, row, "energy_per_unit", false);
    }
  }
  const int count = static_cast<int>(variants.size());
  for (int i = 0; i < regions; ++i) {
    for (int m = 0; m < count; ++m) {
      if (energy(i, m) == 0.0) {
        throw InputError("{}: variant \"{}\" has no energy_per_unit for region \"{}\"", path, variants[m].name,
                         network->regions[i].name);
      }
    }
  }
  network->variants = std::move(variants);
  network->energy_per_unit = energy.leftCols(count);
}

}  // namespace evenkeel
