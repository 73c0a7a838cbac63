#include <algorithm>
#include <array>

#include "models/base/error.h"
#include "models/formats/fields.h"
#include "models/formats/readers.h"

namespace evenkeel {
namespace {

/// Columns of the library and of the hosted service.
struct Interval {
  int begin = -1, end = -1;
  NoOffset rule = NoOffset::kError;
};

Interval IntervalOf(const CsvTable& table) {
  if (HasColumn(table, {"interval_start_utc"})) {
    return {table.ColumnAmong({"interval_start_utc"}), FindColumn(table, {"interval_end_utc"}), NoOffset::kUtc};
  }
  return {table.ColumnAmong({"Interval Start"}), FindColumn(table, {"Interval End"}), NoOffset::kError};
}

bool HasInterval(const CsvTable& table) { return HasColumn(table, {"Interval Start", "interval_start_utc"}); }

const std::vector<std::string>& PriceNames() {
  static const std::vector<std::string> names = {"LMP", "SPP", "Price"};
  return names;
}

void SetTimes(const CsvTable& table, int row, const Interval& interval, Measurement* entry) {
  entry->time = TimeField(table, row, interval.begin, interval.rule);
  entry->line = table.lines[row];
  if (interval.end < 0) return;
  entry->seconds = TimeField(table, row, interval.end, interval.rule) - entry->time;
  if (entry->seconds <= 0)
    throw InputError("{}: the interval ends at '{}', which is not behind its start", table.Where(row),
                     table.rows[row][interval.end]);
}

/// Prices of a day ahead and of the hour in one file would be two prices for one time.
void CheckOneMarket(const CsvTable& table, const std::vector<int>& rows) {
  const int market = FindColumn(table, {"Market"});
  if (market < 0 || rows.empty()) return;
  const std::string& first = table.rows[rows[0]][market];
  const auto other = std::find_if(rows.begin(), rows.end(), [&](int row) { return table.rows[row][market] != first; });
  if (other == rows.end()) return;
  throw InputError("{}: the market is {}, {} in {}; allowed is one market in a file", table.Where(*other),
                   table.rows[*other][market], first, table.Where(rows[0]));
}

/// Whether a column of get_fuel_mix is generation.
bool IsFuel(const std::string& name) {
  static const std::array<const char*, 9> others = {"Time",
                                                    "Interval Start",
                                                    "Interval End",
                                                    "Market",
                                                    "interval_start_utc",
                                                    "interval_end_utc",
                                                    "publish_time_utc",
                                                    "interval_start_local",
                                                    "interval_end_local"};
  return std::find(others.begin(), others.end(), name) == others.end();
}

}  // namespace

bool IsGridstatusPrices(const Document& document) {
  return !document.is_json && HasInterval(document.table) && HasColumn(document.table, PriceNames());
}

FileRows ReadGridstatusPrices(const Document& document, const FileRequest& request) {
  const CsvTable& table = document.table;
  const Interval interval = IntervalOf(table);
  const int column = table.ColumnAmong(PriceNames()), location = FindColumn(table, {"Location"});
  const std::vector<int> place_columns = location < 0 ? std::vector<int>() : std::vector<int>{location};
  const PlaceRows place = RowsOfPlace(table, place_columns, request.place, "price_id");
  CheckOneMarket(table, place.rows);
  FileRows found;
  found.place = place.place;
  for (const int row : place.rows) {
    Measurement entry;
    SetTimes(table, row, interval, &entry);
    entry.value = NumberOrMissing(table, row, column);
    found.rows.push_back(entry);
  }
  return found;
}

bool IsGridstatusMix(const Document& document) {
  return !document.is_json && HasInterval(document.table) && !HasColumn(document.table, PriceNames());
}

FileRows ReadGridstatusMix(const Document& document, const FileRequest&) {
  const CsvTable& table = document.table;
  const Interval interval = IntervalOf(table);
  FileRows found;
  std::vector<int> columns;
  for (std::size_t k = 0; k < table.header.size(); ++k) {
    if (!IsFuel(table.header[k])) continue;
    columns.push_back(static_cast<int>(k));
    found.fuels.push_back(table.header[k]);
  }
  for (int row = 0; row < table.num_rows(); ++row) {
    Measurement entry;
    SetTimes(table, row, interval, &entry);
    found.rows.push_back(entry);
    std::vector<double>& generation = found.generation.emplace_back();
    for (const int column : columns) generation.push_back(NumberOrMissing(table, row, column));
  }
  return found;
}

}  // namespace evenkeel
