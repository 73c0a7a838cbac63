#include "live/sources/prometheus.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "models/base/error.h"
#include "models/base/numbers.h"
#include "models/base/utc_time.h"
#include "models/formats/document.h"

namespace evenkeel {
namespace {

std::string Short(const std::string& text) { return text.size() <= 100 ? text : text.substr(0, 100) + "..."; }

/// Numbers are texts, so that they can be NaN and infinite.
double SampleValue(const nlohmann::json& value, const std::string& where) {
  const std::string text = value.is_string() ? value.get<std::string>() : "";
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf" || text == "Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  if (const auto number = ParseNumber(text)) return *number;
  throw InputError("{}: the value is '{}', allowed is a number as text, NaN, +Inf or -Inf", where, Short(text));
}

PrometheusSample SampleOf(const nlohmann::json& element, const std::string& where) {
  PrometheusSample sample;
  const nlohmann::json& metric = JsonMember(element, "metric", where);
  if (!metric.is_object()) throw InputError("{}: \"metric\" is no object of labels", where);
  for (const auto& [label, value] : metric.items()) {
    if (!value.is_string()) throw InputError("{}: the label '{}' is no text", where, Short(label));
    sample.labels[label] = value.get<std::string>();
  }
  const nlohmann::json& value = JsonList(element, "value", where);
  if (value.size() != 2 || !value[0].is_number()) throw InputError("{}: \"value\" is no [time, \"value\"]", where);
  sample.time = value[0].get<double>();
  if (!(sample.time >= 0.0 && sample.time < static_cast<double>(kEndOfTime)))
    throw InputError("{}: the time is {}, allowed is [0, {}) seconds since 1970-01-01", where, sample.time, kEndOfTime);
  sample.value = SampleValue(value[1], where);
  return sample;
}

std::int64_t WholeSeconds(double time) { return static_cast<std::int64_t>(std::floor(time)); }

/// Nothing where the sample does not have the label.
const std::string* LabelOf(const PrometheusSample& sample, const std::string& label) {
  const auto found = sample.labels.find(label);
  return found == sample.labels.end() ? nullptr : &found->second;
}

std::string TextOf(const PrometheusSample& sample, const char* label) {
  const std::string* text = LabelOf(sample, label);
  return text == nullptr ? "" : *text;
}

int PlaceOf(const std::map<std::string, int>& places, const std::string& name) {
  const auto found = places.find(name);
  return found == places.end() ? -1 : found->second;
}

void CheckPrometheus(const PrometheusOptions& options, const std::string& name) {
  CheckServiceUrl(options.url, !options.token.empty(), name + ": url");
  if (!options.token.empty()) CheckHeaderValue(options.token, name + ": token");
}

/// The process that exported a series: one per scraped target.
std::string ProcessOf(const PrometheusSample& sample) {
  return TextOf(sample, "job") + "\n" + TextOf(sample, "instance");
}

std::string SeriesOf(const PrometheusSample& sample) {
  return nlohmann::json(sample.labels).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void Credit(const CounterIncrement& more, CounterIncrement* sum) {
  sum->value += more.value;
  sum->from = std::min(sum->from, more.from);
  sum->until = std::max(sum->until, more.until);
  sum->reset = sum->reset || more.reset;
  sum->gap = sum->gap || more.gap;
}

}  // namespace

HttpRequest PrometheusRequest(const PrometheusOptions& options, const std::string& query,
                              std::optional<std::int64_t> time) {
  HttpRequest request;
  request.url = options.url + "/api/v1/query?query=" + PercentEncode(query);
  if (time) request.url += fmt::format("&time={}", *time);
  if (!options.token.empty()) request.headers.push_back({"Authorization", "Bearer " + options.token});
  return request;
}

std::vector<PrometheusSample> ParsePrometheusAnswer(const std::string& body, const std::string& where) {
  const nlohmann::json answer = nlohmann::json::parse(body, nullptr, false);
  if (!answer.is_object()) throw InputError("{}: the answer is no object of JSON", where);
  const std::string status = JsonText(answer, "status", where);
  if (status != "success") {
    throw InputError("{}: \"status\" is '{}': {}", where, Short(status),
                     answer.contains("error") ? Short(JsonText(answer, "error", where)) : "no \"error\"");
  }
  const nlohmann::json& data = JsonMember(answer, "data", where);
  const std::string type = JsonText(data, "resultType", where);
  if (type != "vector") throw InputError("{}: the result is a {}, allowed is a vector", where, Short(type));
  std::vector<PrometheusSample> samples;
  for (const nlohmann::json& element : JsonList(data, "result", where))
    samples.push_back(SampleOf(element, fmt::format("{}, element {}", where, samples.size() + 1)));
  return samples;
}

Answer ReadingsOfSamples(const std::vector<PrometheusSample>& samples, const PrometheusQuery& query,
                         const std::string& where) {
  std::map<int, int> uses;
  for (const PrometheusSample& sample : samples) ++uses[PlaceOf(query.places, TextOf(sample, query.label.c_str()))];
  Answer answer;
  const auto refuse = [&](RejectReason reason, const std::string& said) {
    answer.refused.push_back({reason, where + ": " + said});
  };
  for (const PrometheusSample& sample : samples) {
    const std::string* name = LabelOf(sample, query.label);
    if (name == nullptr) {
      refuse(RejectReason::kMissingLabel, fmt::format("an element without the label '{}'", query.label));
      continue;
    }
    const int place = PlaceOf(query.places, *name);
    const double value = sample.value * query.factor;
    if (place < 0) {
      refuse(RejectReason::kUnknownPlace, fmt::format("{}='{}' is no place", query.label, Short(*name)));
    } else if (uses[place] > 1) {
      refuse(RejectReason::kDuplicate,
             fmt::format("{}='{}' has {} elements, allowed is one", query.label, Short(*name), uses[place]));
    } else if (!std::isfinite(value)) {
      refuse(RejectReason::kNotFinite, fmt::format("{}='{}' has the value {}", query.label, Short(*name), value));
    } else {
      answer.readings.push_back({query.signal, place, value, WholeSeconds(sample.time) - query.shift, false});
    }
  }
  return answer;
}

PrometheusSource::PrometheusSource(std::string source_name, PrometheusOptions options,
                                   std::vector<PrometheusQuery> queries, std::optional<CarbonKind> carbon)
    : Source(std::move(source_name)), options_(std::move(options)), queries_(std::move(queries)), carbon_(carbon) {
  CheckPrometheus(options_, name());
  if (queries_.empty()) throw InputError("{}: no queries, allowed is at least one", name());
  bool gives_carbon = false;
  for (const PrometheusQuery& query : queries_) {
    if (query.query.empty() || query.label.empty() || query.places.empty() || !std::isfinite(query.factor))
      throw InputError("{}: a query of {} lacks its text, label, places or a finite factor", name(),
                       Name(query.signal));
    gives_carbon = gives_carbon || query.signal == LiveSignal::kCarbonIntensity;
  }
  if (gives_carbon != carbon_.has_value())
    throw InputError("{}: average or marginal is to be said if, and only if, a query gives carbon intensities", name());
}

PollResult PrometheusSource::DoPoll(const Fetch& fetch, std::int64_t now) {
  return round_.Run(static_cast<int>(queries_.size()), [&](int k, PollResult* result) {
    const PrometheusQuery& query = queries_[k];
    const std::string where = fmt::format("{}, query of {} by {}", name(), Name(query.signal), query.label);
    const auto at = query.align > 0 ? std::optional(now / query.align * query.align) : std::nullopt;
    const HttpResult answer = fetch(PrometheusRequest(options_, query.query, at));
    // Errors of a query come with status 400 or 422, and the reason in the body.
    auto failure = FailureOf(answer, where);
    if (failure && failure->reason == PollFailure::kRefused) ParsePrometheusAnswer(answer.body, where);
    if (failure) return failure;
    const auto samples = ParsePrometheusAnswer(answer.body, where);
    if (samples.empty()) failure = Failure{PollFailure::kNothing, where + ": the result is empty"};
    result->Take(ReadingsOfSamples(samples, query, where));
    return failure;
  });
}

std::string ServedQuery(const ServedOptions& options) {
  const std::string more = options.matchers.empty() ? "" : "," + options.matchers;
  return "{__name__=~\"haproxy_server_http_responses_total|haproxy_process_start_time_seconds\"" + more + "}";
}

std::vector<ServedIncrement> ServedBetween(const std::vector<PrometheusSample>& samples, const ServedOptions& options,
                                           CounterTracker* tracker) {
  std::map<std::string, double> starts;
  for (const PrometheusSample& sample : samples) {
    if (TextOf(sample, "__name__") == "haproxy_process_start_time_seconds") starts[ProcessOf(sample)] = sample.value;
  }
  std::map<std::pair<int, int>, CounterIncrement> sums;
  for (const PrometheusSample& sample : samples) {
    if (TextOf(sample, "__name__") != "haproxy_server_http_responses_total" || TextOf(sample, "code") == "5xx")
      continue;
    const int gateway = PlaceOf(options.gateways, TextOf(sample, "proxy"));
    const int region = PlaceOf(options.regions, TextOf(sample, "server"));
    if (gateway < 0 || region < 0) continue;
    const auto start = starts.find(ProcessOf(sample));
    const auto increment = tracker->Update(SeriesOf(sample), sample.value, WholeSeconds(sample.time),
                                           start == starts.end() ? std::nullopt : std::optional<double>(start->second));
    if (!increment) continue;
    const auto [sum, is_first] = sums.try_emplace({gateway, region}, *increment);
    if (!is_first) Credit(*increment, &sum->second);
  }
  constexpr std::int64_t kDay = 86400;
  if (!samples.empty()) tracker->ForgetBefore(WholeSeconds(samples.front().time) - kDay);
  std::vector<ServedIncrement> served;
  for (const auto& [arc, increment] : sums) served.push_back({arc.first, arc.second, increment});
  return served;
}

ServedSource::ServedSource(std::string source_name, ServedOptions options)
    : Source(std::move(source_name)), options_(std::move(options)), tracker_(options_.longest_gap) {
  CheckPrometheus(options_.prometheus, name());
  if (options_.gateways.empty() || options_.regions.empty())
    throw InputError("{}: no proxies or no servers, allowed is at least one of each", name());
}

PollResult ServedSource::DoPoll(const Fetch& fetch, std::int64_t) {
  PollResult result;
  const std::string where = name() + ", counters";
  const HttpResult answer = fetch(PrometheusRequest(options_.prometheus, ServedQuery(options_)));
  result.failure = FailureOf(answer, where);
  if (result.failure) return result;
  const auto samples = ParsePrometheusAnswer(answer.body, where);
  result.served = ServedBetween(samples, options_, &tracker_);
  result.complete = !samples.empty();
  if (samples.empty()) result.failure = Failure{PollFailure::kNothing, where + ": the result is empty"};
  return result;
}

}  // namespace evenkeel
