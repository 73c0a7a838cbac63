#include "models/formats/registry.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/base/suggest.h"
#include "models/formats/readers.h"

namespace evenkeel {
namespace {

const char* NameOf(SignalKind signal) {
  return signal == SignalKind::kCarbon ? "carbon" : signal == SignalKind::kPrice ? "price" : "fuel mix";
}

std::vector<std::string> NamesOf(SignalKind signal) {
  std::vector<std::string> names;
  for (const Format& format : Formats()) {
    if (format.signal == signal) names.emplace_back(format.name);
  }
  return names;
}

[[noreturn]] void FailToRecognise(const Document& document, SignalKind signal) {
  std::vector<std::string> known;
  for (const Format& format : Formats()) {
    if (format.signal == signal) known.push_back(fmt::format("{} ({})", format.name, format.columns));
  }
  std::string found = "it is JSON";
  if (!document.is_json) {
    found = fmt::format("its header has \"{}\"", fmt::join(document.table.header, "\", \""));
  } else if (document.json().is_object()) {
    std::vector<std::string> members;
    for (auto member = document.json().begin(); member != document.json().end() && members.size() < 12; ++member)
      members.push_back(member.key());
    found = fmt::format("it is JSON with \"{}\"", fmt::join(members, "\", \""));
  }
  throw InputError("{}: none of the known formats of {}: {}; known are {}", document.path, NameOf(signal), found,
                   fmt::join(known, ", "));
}

}  // namespace

const std::vector<Format>& Formats() {
  static const std::vector<Format> formats = {
      {"electricity-maps-csv", "columns Datetime (UTC), Carbon intensity gCO₂eq/kWh (..)",
       "Electricity Maps (ODbL 1.0)", SignalKind::kCarbon, IsElectricityMapsCsv, ReadElectricityMapsCsv},
      {"electricity-maps-json", "JSON with history or data of datetime, carbonIntensity", "Electricity Maps (API)",
       SignalKind::kCarbon, IsElectricityMapsJson, ReadElectricityMapsJson},
      {"watttime", "JSON with data of point_time, value, and meta", "WattTime", SignalKind::kCarbon, IsWattTime,
       ReadWattTime},
      {"uk-carbon", "JSON with data of from, to, intensity", "Carbon Intensity API of Great Britain (CC-BY 4.0)",
       SignalKind::kCarbon, IsUkCarbon, ReadUkCarbon},
      {"google-regions", "columns Google Cloud Region, Grid carbon intensity (gCO2eq / kWh)",
       "Google Cloud, region-carbon-info", SignalKind::kCarbon, IsGoogleRegions, ReadGoogleRegions},
      {"ember", "columns Country, ISO3 Code, Datetime (UTC), Price (EUR/MWhe)", "Ember (CC-BY 4.0)", SignalKind::kPrice,
       IsEmber, ReadEmber},
      {"price-table", "columns Datetime (UTC), Price (USD/MWh)", "the markets", SignalKind::kPrice, IsPriceTable,
       ReadPriceTable},
      {"gridstatus", "columns Interval Start, LMP", "the operator, by gridstatus", SignalKind::kPrice,
       IsGridstatusPrices, ReadGridstatusPrices},
      {"entsoe-py", "two columns, times with offset and prices", "ENTSO-E Transparency Platform", SignalKind::kPrice,
       IsEntsoePrices, ReadEntsoePrices},
      {"eia-bulk", "columns Balancing Authority, UTC Time at End of Hour, Net Generation (MW) from ..", "EIA-930",
       SignalKind::kFuelMix, IsEiaBulk, ReadEiaBulk},
      {"fuel-table", "columns timestamp, FUEL, ..", "generation by fuel", SignalKind::kFuelMix, IsFuelTable,
       ReadFuelTable},
      {"gridstatus-mix", "columns Interval Start, Interval End, FUEL, ..", "the operator, by gridstatus",
       SignalKind::kFuelMix, IsGridstatusMix, ReadGridstatusMix},
      {"entsoe-py-mix", "times with offset and a column per fuel, Actual Aggregated", "ENTSO-E Transparency Platform",
       SignalKind::kFuelMix, IsEntsoeMix, ReadEntsoeMix},
  };
  return formats;
}

FileRows ReadRows(const Document& document, SignalKind signal, const std::string& format, const FileRequest& request) {
  for (const Format& known : Formats()) {
    if (known.signal != signal || (!format.empty() && format != known.name)) continue;
    if (format.empty() && !known.matches(document)) continue;
    FileRows rows = known.read(document, request);
    rows.source = known.source;
    return rows;
  }
  if (format.empty()) FailToRecognise(document, signal);
  const std::vector<std::string> names = NamesOf(signal);
  throw InputError("no format \"{}\" for {}{}; known are {}", format, NameOf(signal), DidYouMean(format, names),
                   fmt::join(names, ", "));
}

}  // namespace evenkeel
