#include "models/base/error.h"
#include "models/formats/fields.h"
#include "models/formats/readers.h"

namespace evenkeel {
namespace {

/// The currency of a header such as Price (EUR/MWh), Ember's Price (EUR/MWhe) included; empty: it is none.
std::string CurrencyOf(const std::string& header) {
  const std::size_t open = header.find('('), slash = header.find("/MWh");
  if (header.compare(0, 5, "Price") != 0 && header.compare(0, 5, "price") != 0) return "";
  if (open == std::string::npos || slash == std::string::npos || slash != open + 4) return "";
  const std::string rest = header.substr(slash + 4);
  const std::string code = header.substr(open + 1, 3);
  const bool capitals = code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
  return capitals && (rest == ")" || rest == "e)") ? code : "";
}

/// The one column with a price; -1: none. Throws InputError for two.
int PriceColumn(const CsvTable& table) {
  int found = -1;
  for (std::size_t k = 0; k < table.header.size(); ++k) {
    if (CurrencyOf(table.header[k]).empty()) continue;
    if (found >= 0)
      throw InputError("{}: two columns of prices, \"{}\" and \"{}\"", table.path, table.header[found],
                       table.header[k]);
    found = static_cast<int>(k);
  }
  return found;
}

FileRows ReadPrices(const CsvTable& table, const std::vector<int>& place_columns, const FileRequest& request) {
  const int time = table.ColumnAmong({"Datetime (UTC)"}), column = PriceColumn(table);
  if (column < 0) {
    throw InputError("{}: no column \"Price (USD/MWh)\", or of another currency; the header has \"{}\"", table.path,
                     table.header.empty() ? "" : table.header.back());
  }
  const PlaceRows place = RowsOfPlace(table, place_columns, request.place, "price_id");
  FileRows found;
  found.place = place.place;
  found.currency = CurrencyOf(table.header[column]);
  for (const int row : place.rows) {
    found.rows.push_back(
        {TimeField(table, row, time, NoOffset::kUtc), NumberOrMissing(table, row, column), 0, table.lines[row]});
  }
  return found;
}

}  // namespace

bool IsEmber(const Document& document) {
  return IsPriceTable(document) && HasColumn(document.table, {"Country"}) && HasColumn(document.table, {"ISO3 Code"});
}

FileRows ReadEmber(const Document& document, const FileRequest& request) {
  const CsvTable& table = document.table;
  return ReadPrices(table, {table.ColumnAmong({"ISO3 Code"}), table.ColumnAmong({"Country"})}, request);
}

bool IsPriceTable(const Document& document) {
  return !document.is_json && HasColumn(document.table, {"Datetime (UTC)"}) && PriceColumn(document.table) >= 0;
}

FileRows ReadPriceTable(const Document& document, const FileRequest& request) {
  return ReadPrices(document.table, {}, request);
}

}  // namespace evenkeel
