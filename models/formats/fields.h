// Fields of published files: times with and without offset, numbers with gaps, flags, the rows of one place.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/csv.h"
#include "models/formats/document.h"

namespace evenkeel {

/// What a time without an offset means.
enum class NoOffset {
  kUtc,    ///< the file says elsewhere that it is UTC
  kError,  ///< it would have to be guessed
};

/// A time as seconds since 1970-01-01 00:00:00 UTC, moved by its offset where it has one. Throws InputError that begins
/// with `where`.
std::int64_t TimeOf(std::string_view text, NoOffset rule, const std::string& where);
std::int64_t TimeField(const CsvTable& table, int row, int column, NoOffset rule);

/// A number of at least `smallest`, or kMissingValue where the field is empty. Throws InputError.
double NumberOrMissing(const CsvTable& table, int row, int column,
                       double smallest = std::numeric_limits<double>::lowest());
/// The same for a member of an object of JSON, null being missing; `where` names file and entry.
double JsonNumberOrMissing(const nlohmann::json& object, const char* name, double smallest, const std::string& where);

/// Yes or no: true, yes, 1 or 1.0, and false, no, 0 or 0.0, letters in either case. An empty field is a no where
/// `may_be_empty`. Throws InputError for any other word.
bool FlagField(const CsvTable& table, int row, int column, bool may_be_empty);

/// Index of the one column with any of the names, letters A to Z in either case; -1: none.
int FindColumn(const CsvTable& table, const std::vector<std::string>& names);
bool HasColumn(const CsvTable& table, const std::vector<std::string>& names);

/// The rows of one place in a table that may hold several.
struct PlaceRows {
  std::string place;      ///< as the rows call it
  std::vector<int> rows;  ///< in the file's order
};

/// Those whose field in any of `columns` is `wanted` and, where there are none, all if they are of one place. Throws
/// InputError for several other places, listing some and naming `key`, which chooses one.
PlaceRows RowsOfPlace(const CsvTable& table, const std::vector<int>& columns, const std::string& wanted,
                      const std::string& key);

}  // namespace evenkeel
