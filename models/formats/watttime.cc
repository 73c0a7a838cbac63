#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/formats/fields.h"
#include "models/formats/json_integer.h"
#include "models/formats/readers.h"

namespace evenkeel {
namespace {

constexpr double kKilogramsPerPound = 0.45359237;
constexpr double kKilowattHoursPerMegawattHour = 1000.0;

/// Whether the signal is that of the next plant; an error for those that are no emissions.
bool IsMarginal(const nlohmann::json& meta, const std::string& path) {
  const std::string type = JsonText(meta, "signal_type", path), units = JsonText(meta, "units", path);
  if (type != "co2_moer" && type != "co2_aoer")
    throw InputError("{}: the signal type is \"{}\", allowed are co2_moer (marginal) and co2_aoer (average)", path,
                     type);
  if (units != "lbs_co2_per_mwh") throw InputError("{}: the unit is \"{}\", allowed is lbs_co2_per_mwh", path, units);
  return type == "co2_moer";
}

std::int64_t SecondsOf(const nlohmann::json& meta, const std::string& path) {
  const auto seconds = meta.find("data_point_period_seconds");
  if (seconds == meta.end()) return 0;
  constexpr std::int64_t kDay = 86400;
  if (const auto integer = JsonInteger(*seconds, 1, kDay)) return *integer;
  throw InputError("{}: \"data_point_period_seconds\" is {}, allowed is an integer in [1, {}]", path, seconds->dump(),
                   kDay);
}

}  // namespace

bool IsWattTime(const Document& document) {
  if (!document.is_json || !document.json().is_object()) return false;
  const auto meta = document.json().find("meta");
  return meta != document.json().end() && meta->is_object() && meta->contains("signal_type");
}

FileRows ReadWattTime(const Document& document, const FileRequest&) {
  const std::string& path = document.path;
  const nlohmann::json& meta = JsonMember(document.json(), "meta", path);
  FileRows found;
  found.marginal = IsMarginal(meta, path);
  found.place = JsonText(meta, "region", path);
  found.scope_said = "direct";  // at the plants' stacks
  const std::int64_t seconds = SecondsOf(meta, path);
  const nlohmann::json& data = JsonList(document.json(), "data", path);
  for (std::size_t k = 0; k < data.size(); ++k) {
    const std::string where = fmt::format("{}, entry {}", path, k + 1);
    const double pounds = JsonNumberOrMissing(data[k], "value", 0.0, where);
    const std::int64_t time = TimeOf(JsonText(data[k], "point_time", where), NoOffset::kError, where);
    found.rows.push_back(
        {time, pounds * kKilogramsPerPound / kKilowattHoursPerMegawattHour, 0, static_cast<int>(k) + 1, 1.0, seconds});
  }
  return found;
}

}  // namespace evenkeel
