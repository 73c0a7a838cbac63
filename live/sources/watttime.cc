#include "live/sources/watttime.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/base/utc_time.h"
#include "models/formats/registry.h"

namespace evenkeel {

HttpRequest WattTimeLoginRequest(const WattTimeOptions& options) {
  return {options.url + "/login", {{"Authorization", BasicAuthorization(options.user, options.password)}}};
}

HttpRequest WattTimeForecastRequest(const WattTimeOptions& options, const std::string& region,
                                    const std::string& token) {
  return {fmt::format("{}/v3/forecast?region={}&signal_type=co2_moer", options.url, PercentEncode(region)),
          {{"Authorization", "Bearer " + token}}};
}

std::string ParseWattTimeLogin(const std::string& body, const std::string& where) {
  const nlohmann::json answer = nlohmann::json::parse(body, nullptr, false);
  const auto token = answer.is_object() ? answer.find("token") : answer.end();
  if (!answer.is_object() || token == answer.end() || !token->is_string())
    throw InputError("{}: no text \"token\" in the answer", where);
  CheckHeaderValue(token->get_ref<const std::string&>(), where + ": \"token\"");
  return token->get<std::string>();
}

Answer ParseWattTimeAnswer(const std::string& body, const WattTimeOptions::GridRegion& region, std::int64_t last_time,
                           const std::string& where) {
  const FileRows rows = ReadRows(ParseDocument(body, where), SignalKind::kCarbon, "watttime", {region.name});
  if (rows.place != region.name) {
    throw InputError("{}: \"region\" is '{}', asked for is '{}'", where, rows.place.substr(0, 100), region.name);
  }
  if (!rows.marginal) throw InputError("{}: the signal type is co2_aoer, asked for is co2_moer", where);
  Answer answer;
  for (const Measurement& row : rows.rows) {
    if (row.time > last_time) continue;
    if (std::isnan(row.value)) {
      answer.refused.push_back(
          {RejectReason::kNull, fmt::format("{}, {}: \"value\" is null", where, FormatUtc(row.time))});
    } else {
      answer.readings.push_back({LiveSignal::kCarbonIntensity, region.region, row.value, row.time, true});
    }
  }
  return answer;
}

WattTimeSource::WattTimeSource(std::string source_name, WattTimeOptions options)
    : Source(std::move(source_name)), options_(std::move(options)) {
  CheckServiceUrl(options_.url, true, name() + ": url");
  CheckHeaderValue(options_.user, name() + ": user");
  if (options_.password.empty()) throw InputError("{}: the password is empty", name());
  if (options_.user.find(':') != std::string::npos) throw InputError("{}: a user's name has no ':' in it", name());
  if (options_.regions.empty()) throw InputError("{}: no regions, allowed is at least one", name());
}

std::vector<std::string> WattTimeSource::secrets() const {
  return {options_.password, BasicAuthorization(options_.user, options_.password).substr(6), token_};
}

std::optional<Failure> WattTimeSource::Login(const Fetch& fetch, std::int64_t now) {
  const std::string where = name() + ", login";
  token_until_ = 0;  // the old one stays a secret, though
  const HttpResult answer = fetch(WattTimeLoginRequest(options_));
  if (auto failure = FailureOf(answer, where)) return failure;
  token_ = ParseWattTimeLogin(answer.body, where);
  constexpr std::int64_t kBefore = 60;
  token_until_ = now + options_.token_seconds - kBefore;
  return std::nullopt;
}

std::optional<Failure> WattTimeSource::Forecast(const Fetch& fetch, std::int64_t now, const std::string& region,
                                                const std::string& where, HttpResult* answer) {
  const bool is_new = now >= token_until_;
  if (is_new) {
    if (auto failure = Login(fetch, now)) return failure;
  }
  *answer = fetch(WattTimeForecastRequest(options_, region, token_));
  auto failure = FailureOf(*answer, where);
  if (is_new || !failure || failure->reason != PollFailure::kUnauthorized) return failure;
  if (auto refused = Login(fetch, now)) return refused;
  *answer = fetch(WattTimeForecastRequest(options_, region, token_));
  return FailureOf(*answer, where);
}

PollResult WattTimeSource::DoPoll(const Fetch& fetch, std::int64_t now) {
  return round_.Run(static_cast<int>(options_.regions.size()), [&](int k, PollResult* result) {
    const WattTimeOptions::GridRegion& region = options_.regions[k];
    const std::string where = fmt::format("{}, region {}", name(), region.name);
    HttpResult answer;
    auto failure = Forecast(fetch, now, region.name, where, &answer);
    if (!failure) result->Take(ParseWattTimeAnswer(answer.body, region, now + options_.lead, where));
    return failure;
  });
}

}  // namespace evenkeel
