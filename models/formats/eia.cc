#include <algorithm>
#include <optional>
#include <string_view>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/formats/fields.h"
#include "models/formats/readers.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::string_view kFuelStem = "Net Generation (MW) from ";
constexpr const char* kEndOfHour = "UTC Time at End of Hour";

/// "1,234.5" without its commas between thousands; as it is where they are anywhere else.
std::string WithoutThousands(const std::string& text) {
  std::string plain;
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t k = 0; k < text.size(); ++k) {
    const bool separator = text[k] == ',' && k > 0 && k < point && (point - k) % 4 == 0;
    if (!separator) plain += text[k];
  }
  return plain;
}

double GenerationField(const CsvTable& table, int row, int column) {
  const std::string& text = table.rows[row][column];
  if (text.empty()) return kMissingValue;
  const std::optional<double> value = ParseNumber(WithoutThousands(text));
  if (value) return *value;
  throw InputError("{}, column \"{}\": the value is '{}', allowed is a number such as 1,234", table.Where(row),
                   table.header[column], text);
}

/// 03/30/2024 1:00:00 AM, on a clock of twelve hours.
std::int64_t TwelveHourTime(const CsvTable& table, int row, int column) {
  const std::string& text = table.rows[row][column];
  const std::size_t blank = text.find(' '), colon = text.find(':');
  std::string padded = text;
  if (blank != std::string::npos && colon == blank + 2) padded.insert(blank + 1, "0");
  constexpr std::size_t kLength = 22;
  if (padded.size() == kLength && padded[2] == '/' && padded[5] == '/' && padded[19] == ' ' &&
      (padded.substr(20) == "AM" || padded.substr(20) == "PM")) {
    const auto time = ParseUtc(fmt::format("{}-{}-{}T{}", padded.substr(6, 4), padded.substr(0, 2), padded.substr(3, 2),
                                           padded.substr(11, 8)));
    const int hour = (padded[11] - '0') * 10 + padded[12] - '0';
    if (time && hour >= 1 && hour <= 12) return *time + ((padded[20] == 'P' ? 12 : 0) - (hour == 12 ? 12 : 0)) * kHour;
  }
  throw InputError("{}, column \"{}\": the time is '{}', allowed is a time such as 03/30/2024 1:00:00 AM",
                   table.Where(row), table.header[column], text);
}

/// The fuel of a column of generation as reported; empty: it is none, or imputed or adjusted.
std::string FuelOf(const std::string& header) {
  if (header.compare(0, kFuelStem.size(), kFuelStem) != 0) return "";
  const std::string fuel = header.substr(kFuelStem.size());
  return fuel.find('(') == std::string::npos ? fuel : "";
}

}  // namespace

bool IsEiaBulk(const Document& document) {
  return !document.is_json && HasColumn(document.table, {kEndOfHour}) &&
         HasColumn(document.table, {"Balancing Authority"});
}

FileRows ReadEiaBulk(const Document& document, const FileRequest& request) {
  const CsvTable& table = document.table;
  const int time = table.ColumnAmong({kEndOfHour});
  const PlaceRows place = RowsOfPlace(table, {table.ColumnAmong({"Balancing Authority"})}, request.place, "mix_id");
  FileRows found;
  found.place = place.place;
  found.end_of_hour = true;
  std::vector<int> columns;
  for (int k = 0; k < static_cast<int>(table.header.size()); ++k) {
    const std::string fuel = FuelOf(table.header[k]);
    // An authority's column is empty in every row where it has no such plants.
    const bool empty =
        std::all_of(place.rows.begin(), place.rows.end(), [&](int row) { return table.rows[row][k].empty(); });
    if (fuel.empty() || empty) continue;
    columns.push_back(k);
    found.fuels.push_back(fuel);
  }
  for (const int row : place.rows) {
    found.rows.push_back({TwelveHourTime(table, row, time) - kHour, 0.0, 0, table.lines[row], 1.0, kHour});
    std::vector<double>& generation = found.generation.emplace_back();
    for (const int column : columns) generation.push_back(GenerationField(table, row, column));
  }
  return found;
}

bool IsFuelTable(const Document& document) { return !document.is_json && HasColumn(document.table, {"timestamp"}); }

FileRows ReadFuelTable(const Document& document, const FileRequest&) {
  const CsvTable& table = document.table;
  const int time = table.ColumnAmong({"timestamp"});
  FileRows found;
  std::vector<int> columns;
  for (int k = 0; k < static_cast<int>(table.header.size()); ++k) {
    // Some files bring an intensity along.
    if (k == time || table.header[k] == "avg_CI") continue;
    columns.push_back(k);
    found.fuels.push_back(table.header[k]);
  }
  for (int row = 0; row < table.num_rows(); ++row) {
    found.rows.push_back({TimeField(table, row, time, NoOffset::kUtc), 0.0, 0, table.lines[row]});
    std::vector<double>& generation = found.generation.emplace_back();
    for (const int column : columns) generation.push_back(NumberOrMissing(table, row, column));
  }
  return found;
}

}  // namespace evenkeel
