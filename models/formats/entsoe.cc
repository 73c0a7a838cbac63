#include <algorithm>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/formats/fields.h"
#include "models/formats/readers.h"

namespace evenkeel {
namespace {

constexpr const char* kGenerated = "Actual Aggregated";
constexpr const char* kConsumed = "Actual Consumption";

/// Frames with columns of two levels begin with a second header row, and may have an empty third.
bool IsSecondHeader(const CsvTable& table, int row) {
  const auto& fields = table.rows[row];
  return std::any_of(fields.begin(), fields.end(),
                     [](const std::string& f) { return f == kGenerated || f == kConsumed; });
}

bool HasOffset(const std::string& text) {
  const auto stamp = ParseTimestamp(text);
  return stamp && stamp->utc_offset;
}

}  // namespace

bool IsEntsoePrices(const Document& document) {
  const CsvTable& table = document.table;
  return !document.is_json && table.header.size() == 2 && HasOffset(table.rows[0][0]);
}

FileRows ReadEntsoePrices(const Document& document, const FileRequest&) {
  const CsvTable& table = document.table;
  if (table.header.size() != 2) {
    throw InputError("{}: {} columns, expected two: times with offset and prices, as a series of pandas is saved",
                     document.path, table.header.size());
  }
  FileRows found;
  for (int row = 0; row < table.num_rows(); ++row) {
    found.rows.push_back(
        {TimeField(table, row, 0, NoOffset::kError), NumberOrMissing(table, row, 1), 0, table.lines[row]});
  }
  return found;
}

bool IsEntsoeMix(const Document& document) {
  const CsvTable& table = document.table;
  if (document.is_json || table.header.size() < 2) return false;
  if (IsSecondHeader(table, 0)) return true;
  return table.header[0].empty() && HasOffset(table.rows[0][0]);
}

FileRows ReadEntsoeMix(const Document& document, const FileRequest&) {
  const CsvTable& table = document.table;
  if (table.header.empty()) throw InputError("{}: no columns", document.path);
  FileRows found;
  const bool two_levels = IsSecondHeader(table, 0);
  std::vector<int> columns;
  for (int k = 1; k < static_cast<int>(table.header.size()); ++k) {
    // What pumps take is not generated.
    if (two_levels && table.rows[0][k] == kConsumed) continue;
    columns.push_back(k);
    found.fuels.push_back(table.header[k]);
  }
  for (int row = two_levels ? 1 : 0; row < table.num_rows(); ++row) {
    if (two_levels && row == 1 && table.rows[row][0].empty()) continue;
    found.rows.push_back({TimeField(table, row, 0, NoOffset::kError), 0.0, 0, table.lines[row]});
    std::vector<double>& generation = found.generation.emplace_back();
    for (const int column : columns) generation.push_back(NumberOrMissing(table, row, column));
  }
  return found;
}

}  // namespace evenkeel
