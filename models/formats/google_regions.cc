#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/formats/fields.h"
#include "models/formats/readers.h"

namespace evenkeel {
namespace {

const std::vector<std::string>& RegionColumn() {
  static const std::vector<std::string> names = {"Google Cloud Region"};
  return names;
}
const std::vector<std::string>& IntensityColumn() {
  static const std::vector<std::string> names = {"Grid carbon intensity (gCO2eq / kWh)",
                                                 "Grid carbon intensity (gCO2eq/kWh)"};
  return names;
}

std::int64_t StartOf(int year) { return ParseUtc(fmt::format("{:04}-01-01", year)).value_or(0); }

}  // namespace

bool IsGoogleRegions(const Document& document) {
  return !document.is_json && HasColumn(document.table, RegionColumn()) && HasColumn(document.table, IntensityColumn());
}

FileRows ReadGoogleRegions(const Document& document, const FileRequest& request) {
  const CsvTable& table = document.table;
  const int region = table.ColumnAmong(RegionColumn()), column = table.ColumnAmong(IntensityColumn());
  const PlaceRows place = RowsOfPlace(table, {region}, request.place, "carbon_id");
  if (place.rows.size() != 1) {
    throw InputError("{}: {} rows for the region {}, expected one; carbon_id= chooses it", document.path,
                     place.rows.size(), place.place);
  }
  FileRows found;
  found.place = place.place;
  found.scope_said = "direct";  // operational emissions
  const std::int64_t start = StartOf(request.year);
  const int row = place.rows[0];
  found.rows.push_back({start, NumberOrMissing(table, row, column, 0.0) / kGramsPerKilogram, 0, table.lines[row], 1.0,
                        StartOf(request.year + 1) - start});
  return found;
}

}  // namespace evenkeel
