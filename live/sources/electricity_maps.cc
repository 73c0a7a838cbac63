#include "live/sources/electricity_maps.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/formats/document.h"
#include "models/formats/fields.h"
#include "models/formats/readers.h"

namespace evenkeel {
namespace {

const char* ScopeText(CarbonScope scope) { return scope == CarbonScope::kDirect ? "direct" : "lifecycle"; }

void CheckAskedFor(const nlohmann::json& answer, const char* field, const std::string& asked,
                   const std::string& where) {
  const std::string said = JsonText(answer, field, where);
  if (said != asked)
    throw InputError("{}: \"{}\" is '{}', asked for is '{}'", where, field, said.substr(0, 100), asked);
}

}  // namespace

HttpRequest ElectricityMapsRequest(const ElectricityMapsOptions& options, const std::string& zone) {
  return {fmt::format("{}/v3/carbon-intensity/latest?zone={}&emissionFactorType={}&shouldUseFallbackCallerLookup=false",
                      options.url, PercentEncode(zone), ScopeText(options.scope)),
          {{"auth-token", options.token}}};
}

Answer ParseElectricityMapsAnswer(const std::string& body, const ElectricityMapsOptions::Zone& zone, CarbonScope scope,
                                  const std::string& where) {
  const Document document = ParseDocument(body, where);
  const nlohmann::json& json = document.json();
  CheckAskedFor(json, "zone", zone.name, where);
  if (json.contains("emissionFactorType")) CheckAskedFor(json, "emissionFactorType", ScopeText(scope), where);
  Reading reading;
  reading.signal = LiveSignal::kCarbonIntensity;
  reading.place = zone.region;
  reading.time = TimeOf(JsonText(json, "datetime", where), NoOffset::kError, where);
  const auto estimated = json.find("isEstimated");
  if (estimated != json.end() && !estimated->is_null()) {
    if (!estimated->is_boolean()) throw InputError("{}: \"isEstimated\" is neither true nor false", where);
    reading.estimated = estimated->get<bool>();
  }
  const double grams = JsonNumberOrMissing(json, "carbonIntensity", std::numeric_limits<double>::lowest(), where);
  if (std::isnan(grams)) return {{}, {{RejectReason::kNull, where + ": \"carbonIntensity\" is null"}}};
  reading.value = grams / kGramsPerKilogram;
  return {{reading}, {}};
}

ElectricityMapsSource::ElectricityMapsSource(std::string source_name, ElectricityMapsOptions options)
    : Source(std::move(source_name)), options_(std::move(options)) {
  CheckServiceUrl(options_.url, true, name() + ": url");
  CheckHeaderValue(options_.token, name() + ": token");
  if (options_.zones.empty()) throw InputError("{}: no zones, allowed is at least one", name());
}

PollResult ElectricityMapsSource::DoPoll(const Fetch& fetch, std::int64_t) {
  return round_.Run(static_cast<int>(options_.zones.size()), [&](int k, PollResult* result) {
    const ElectricityMapsOptions::Zone& zone = options_.zones[k];
    const std::string where = fmt::format("{}, zone {}", name(), zone.name);
    const HttpResult answer = fetch(ElectricityMapsRequest(options_, zone.name));
    auto failure = FailureOf(answer, where);
    if (!failure) result->Take(ParseElectricityMapsAnswer(answer.body, zone, options_.scope, where));
    return failure;
  });
}

}  // namespace evenkeel
