#include "experiments/import/zone_spec.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "experiments/specs/spec.h"
#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

/// The values of `region` or `gateway`, NAME(KEY=VALUE,..), read key by key.
class Entry {
 public:
  Entry(const std::string& option, const std::string& text) : option_(option), spec_(Parse(option, text)) {}

  const std::string& name() const { return spec_.name; }

  std::string Text(const std::string& key, const std::string& standard) {
    known_.push_back(key);
    for (const auto& [given, value] : spec_.parameters) {
      if (given != key) continue;
      if (!value.parameters.empty()) Fail(key, ToString(value), "a word or number");
      return value.name;
    }
    return standard;
  }

  /// A key without a standard (NaN) must be given.
  double Number(const std::string& key, double standard, double low, double high) {
    const std::string text = Text(key, "");
    if (text.empty() && !std::isnan(standard)) return standard;
    const std::optional<double> value = ParseNumber(text);
    if (value && *value >= low && *value <= high) return *value;
    Fail(key, text.empty() ? "missing" : text, fmt::format("a number in [{}, {}]", low, high));
  }

  [[noreturn]] void Fail(const std::string& key, const std::string& value, const std::string& allowed) const {
    throw InputError("option --{} {}: \"{}\" is {}, allowed is {}", option_, spec_.name, key, value, allowed);
  }

  /// After all keys have been asked for: there are no others.
  void CheckKeys() const {
    for (const auto& [given, value] : spec_.parameters) {
      if (std::count(known_.begin(), known_.end(), given) > 0) continue;
      throw InputError("option --{} {}: unknown \"{}\"{} (known: {})", option_, spec_.name, given,
                       DidYouMean(given, known_), fmt::join(known_, ", "));
    }
  }

 private:
  static Spec Parse(const std::string& option, const std::string& text) {
    try {
      return ParseSpec(text);
    } catch (const InputError& error) {
      throw InputError("option --{}: {}", option, error.what());
    }
  }

  std::string option_;
  Spec spec_;
  std::vector<std::string> known_;
};

constexpr double kMustBeGiven = kMissingValue;

/// Format and place of a signal's files.
SignalChoice ReadChoice(Entry* entry, const std::string& signal) {
  SignalChoice choice;
  choice.format = entry->Text(signal + "_format", "");
  choice.place = entry->Text(signal + "_id", "");
  return choice;
}

/// A number that stands for every slot; NaN where it isn't given.
double Constant(Entry* entry, const std::string& key, double low, double high) {
  return entry->Text(key, "").empty() ? kMissingValue : entry->Number(key, kMustBeGiven, low, high);
}

}  // namespace

ZoneRegion ParseZoneRegion(const std::string& text) {
  Entry entry("region", text);
  ZoneRegion zone;
  zone.region.name = entry.name();
  zone.zone = entry.Text("zone", "");
  zone.timezone = entry.Text("timezone", "");
  zone.region.pue = entry.Number("pue", kMustBeGiven, 1.0, 10.0);
  zone.capacity = entry.Number("capacity", kMustBeGiven, 0.0, 1e9);
  zone.region.latitude = entry.Number("latitude", kMustBeGiven, -90.0, 90.0);
  zone.region.longitude = entry.Number("longitude", kMustBeGiven, -180.0, 180.0);
  zone.fuel_mix = entry.Text("mix", "");
  zone.price = ReadChoice(&entry, "price");
  zone.price.constant = Constant(&entry, "price", -1e6, 1e6);
  zone.price_currency = entry.Text("price_currency", "");
  zone.carbon = ReadChoice(&entry, "carbon");
  zone.mix = ReadChoice(&entry, "mix");
  const std::string carbon = entry.Text("carbon", "zone");
  zone.carbon_of_mix = carbon == "mix";
  if (carbon != "zone" && carbon != "mix") {
    if (!ParseNumber(carbon)) entry.Fail("carbon", carbon, "zone, mix or a number of kg/kWh");
    zone.carbon.constant = entry.Number("carbon", kMustBeGiven, 0.0, 1e3);
  }
  zone.onsite_water = Constant(&entry, "onsite_water", 0.0, 1e3);
  const bool water_of_mix = entry.Text("offsite_water", "") == "mix";
  zone.offsite_water = water_of_mix ? -1.0 : entry.Number("offsite_water", kMustBeGiven, 0.0, 1e3);
  if (zone.fuel_mix.empty() && (water_of_mix || zone.carbon_of_mix))
    entry.Fail("mix", "missing", "the name of the generation files");
  const bool no_files = !std::isnan(zone.price.constant) && !std::isnan(zone.onsite_water) &&
                        (zone.carbon_of_mix || !std::isnan(zone.carbon.constant));
  if (zone.zone.empty() && !no_files) entry.Fail("zone", "missing", "the folder of the zone's files");
  entry.CheckKeys();
  return zone;
}

ZoneGateway ParseZoneGateway(const std::string& text) {
  Entry entry("gateway", text);
  ZoneGateway gateway;
  gateway.gateway.name = entry.name();
  gateway.utc_offset_hours = entry.Number("utc_offset", kMustBeGiven, -14.0, 14.0);
  gateway.share = entry.Number("share", 1.0, 0.0, 1e9);
  gateway.gateway.latitude = entry.Number("latitude", kMustBeGiven, -90.0, 90.0);
  gateway.gateway.longitude = entry.Number("longitude", kMustBeGiven, -180.0, 180.0);
  entry.CheckKeys();
  return gateway;
}

}  // namespace evenkeel
