#include "models/formats/fields.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/utc_time.h"
#include "models/series/measurements.h"

namespace evenkeel {
namespace {

std::string FieldWhere(const CsvTable& table, int row, int column) {
  return fmt::format("{}, column \"{}\"", table.Where(row), table.header[column]);
}

bool IsPlace(const CsvTable& table, int row, const std::vector<int>& columns, const std::string& wanted) {
  return std::any_of(columns.begin(), columns.end(), [&](int column) { return table.rows[row][column] == wanted; });
}

}  // namespace

std::int64_t TimeOf(std::string_view text, NoOffset rule, const std::string& where) {
  const auto stamp = ParseTimestamp(text);
  if (stamp && (stamp->utc_offset || rule == NoOffset::kUtc)) return stamp->clock - stamp->utc_offset.value_or(0);
  throw InputError("{}: the time is '{}', allowed is a {} such as 2023-01-01 06:00:00{}", where, text,
                   rule == NoOffset::kUtc ? "UTC time" : "time with its offset from UTC",
                   rule == NoOffset::kUtc ? ", with an offset or without" : "+01:00 or 2023-01-01T05:00:00Z");
}

std::int64_t TimeField(const CsvTable& table, int row, int column, NoOffset rule) {
  const std::string& text = table.rows[row][column];
  const auto stamp = ParseTimestamp(text);  // the place as text would cost more than the time
  if (stamp && (stamp->utc_offset || rule == NoOffset::kUtc)) return stamp->clock - stamp->utc_offset.value_or(0);
  return TimeOf(text, rule, FieldWhere(table, row, column));
}

double NumberOrMissing(const CsvTable& table, int row, int column, double smallest) {
  if (table.rows[row][column].empty()) return kMissingValue;
  const double value = table.Number(row, column);
  if (value >= smallest) return value;
  throw InputError("{}: the value is {}, allowed is at least {}", FieldWhere(table, row, column), value, smallest);
}

double JsonNumberOrMissing(const nlohmann::json& object, const char* name, double smallest, const std::string& where) {
  const nlohmann::json& member = JsonMember(object, name, where);
  if (member.is_null()) return kMissingValue;
  if (member.is_number() && member.get<double>() >= smallest) return member.get<double>();
  throw InputError("{}: \"{}\" is {}, allowed is null or a number of at least {}", where, name,
                   member.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).substr(0, 100), smallest);
}

bool FlagField(const CsvTable& table, int row, int column, bool may_be_empty) {
  const std::string& text = table.rows[row][column];
  const std::string word = LowerCase(text);
  if (word == "true" || word == "1" || word == "yes" || word == "1.0") return true;
  if (word == "false" || word == "0" || word == "no" || word == "0.0") return false;
  if (word.empty() && may_be_empty) return false;
  throw InputError("{}: the value is '{}', allowed are true, yes and 1, false, no and 0, in any letters",
                   FieldWhere(table, row, column), text);
}

int FindColumn(const CsvTable& table, const std::vector<std::string>& names) {
  return HasColumn(table, names) ? table.ColumnAmong(names) : -1;
}

bool HasColumn(const CsvTable& table, const std::vector<std::string>& names) {
  return std::any_of(table.header.begin(), table.header.end(), [&](const std::string& given) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return LowerCase(name) == LowerCase(given); });
  });
}

PlaceRows RowsOfPlace(const CsvTable& table, const std::vector<int>& columns, const std::string& wanted,
                      const std::string& key) {
  PlaceRows found;
  if (columns.empty()) {
    found.rows.resize(table.rows.size());
    std::iota(found.rows.begin(), found.rows.end(), 0);
    return found;
  }
  for (int row = 0; row < table.num_rows(); ++row) {
    if (IsPlace(table, row, columns, wanted)) found.rows.push_back(row);
  }
  found.place = wanted;
  if (!found.rows.empty()) return found;
  constexpr std::size_t kMostListed = 12;
  std::vector<std::string> places;
  for (int row = 0; row < table.num_rows() && places.size() <= kMostListed; ++row) {
    const std::string& place = table.rows[row][columns[0]];
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
  }
  if (places.size() > 1) {
    if (places.size() > kMostListed) places.back() = "..";
    throw InputError("{}: its rows are of several places, none of them {}; choose one by {}=: {}", table.path, wanted,
                     key, fmt::join(places, ", "));
  }
  found = RowsOfPlace(table, {}, "", key);
  found.place = places[0];
  return found;
}

}  // namespace evenkeel
