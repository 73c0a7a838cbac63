#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/formats/fields.h"
#include "models/formats/readers.h"

namespace evenkeel {
namespace {

constexpr const char* kStem = "Carbon intensity gCO₂eq/kWh ";

std::vector<std::string> CarbonColumns(CarbonScope scope) {
  const std::string stem = kStem;
  if (scope == CarbonScope::kDirect) return {stem + "(direct)"};
  return {stem + "(LCA)", stem + "(Life cycle)"};
}

/// The entries of an answer: the older interface calls them history, the newer one data.
const char* EntriesOf(const Document& document) {
  if (!document.is_json || !document.json().is_object()) return nullptr;
  for (const char* name : {"history", "data"}) {
    const auto found = document.json().find(name);
    if (found != document.json().end() && found->is_array() && !found->empty() && (*found)[0].is_object() &&
        (*found)[0].contains("carbonIntensity"))
      return name;
  }
  return nullptr;
}

void CheckScope(const nlohmann::json& entry, CarbonScope scope, const std::string& where) {
  const auto type = entry.find("emissionFactorType");
  if (type == entry.end()) return;
  const char* asked = scope == CarbonScope::kDirect ? "direct" : "lifecycle";
  if (*type == asked) return;
  throw InputError("{}: \"emissionFactorType\" is {}, asked for is {}: --carbon-scope", where, type->dump(), asked);
}

}  // namespace

bool IsElectricityMapsCsv(const Document& document) {
  return !document.is_json && HasColumn(document.table, {"Datetime (UTC)"}) &&
         (HasColumn(document.table, CarbonColumns(CarbonScope::kDirect)) ||
          HasColumn(document.table, CarbonColumns(CarbonScope::kLifecycle)));
}

FileRows ReadElectricityMapsCsv(const Document& document, const FileRequest& request) {
  const CsvTable& table = document.table;
  const int time = table.ColumnAmong({"Datetime (UTC)"});
  const int column = table.ColumnAmong(CarbonColumns(request.scope));
  const int flag = FindColumn(table, {"Data estimated"}), zone = FindColumn(table, {"Zone id"});
  const std::vector<int> place_columns = zone < 0 ? std::vector<int>() : std::vector<int>{zone};
  PlaceRows place = RowsOfPlace(table, place_columns, request.place, "carbon_id");
  FileRows found;
  found.place = place.place;
  for (const int row : place.rows) {
    const double grams = NumberOrMissing(table, row, column, 0.0);
    found.rows.push_back({TimeField(table, row, time, NoOffset::kUtc), grams / kGramsPerKilogram, 0, table.lines[row]});
    if (flag >= 0 && FlagField(table, row, flag, table.rows[row][column].empty())) ++found.estimated;
  }
  return found;
}

bool IsElectricityMapsJson(const Document& document) { return EntriesOf(document) != nullptr; }

FileRows ReadElectricityMapsJson(const Document& document, const FileRequest& request) {
  const char* name = EntriesOf(document);
  const nlohmann::json& entries = JsonList(document.json(), name == nullptr ? "history" : name, document.path);
  FileRows found;
  if (document.json().contains("zone")) found.place = JsonText(document.json(), "zone", document.path);
  for (std::size_t k = 0; k < entries.size(); ++k) {
    const std::string where = fmt::format("{}, entry {}", document.path, k + 1);
    CheckScope(entries[k], request.scope, where);
    const double grams = JsonNumberOrMissing(entries[k], "carbonIntensity", 0.0, where);
    const std::int64_t time = TimeOf(JsonText(entries[k], "datetime", where), NoOffset::kError, where);
    found.rows.push_back({time, grams / kGramsPerKilogram, 0, static_cast<int>(k) + 1});
    const auto estimated = entries[k].find("isEstimated");
    if (estimated == entries[k].end() || estimated->is_null()) continue;
    if (!estimated->is_boolean())
      throw InputError("{}: \"isEstimated\" is {}, allowed are true and false", where, estimated->dump());
    found.estimated += estimated->get<bool>() ? 1 : 0;
  }
  return found;
}

}  // namespace evenkeel
