// Prometheus: instant queries as readings, and the balancer's raw counters as requests served.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "live/sources/counters.h"
#include "live/sources/source.h"

namespace evenkeel {

/// An element of an instant vector.
struct PrometheusSample {
  std::map<std::string, std::string> labels;  ///< __name__ among them
  double time = 0.0;                          ///< of the evaluation, seconds since 1970-01-01 00:00:00 UTC
  double value = 0.0;                         ///< may be NaN or infinite
};

struct PrometheusOptions {
  std::string url = "http://127.0.0.1:9090";
  std::string token = {};  ///< sent as "Authorization: Bearer TOKEN" if not empty
};

/// GET /api/v1/query, evaluated at `time`, or at the server's own.
HttpRequest PrometheusRequest(const PrometheusOptions& options, const std::string& query,
                              std::optional<std::int64_t> time = std::nullopt);

/// The instant vector in an answer; may be empty. Throws InputError that begins with `where`, for answers that are
/// none, errors of the query, with their reason, and results that are no vector.
std::vector<PrometheusSample> ParsePrometheusAnswer(const std::string& body, const std::string& where);

struct PrometheusQuery {
  std::string query;
  LiveSignal signal = LiveSignal::kDemand;
  std::string label;                  ///< whose value is the place
  std::map<std::string, int> places;  ///< value of the label: index of the gateway or region
  double factor = 1.0;                ///< from the query's unit to the signal's
  std::int64_t shift = 0;             ///< seconds before the evaluation that the values are of, such as a rate's window
  std::int64_t align = 0;  ///< seconds: evaluated at the last whole multiple of them; 0: at the server's time
};

/// Readings (value times factor, of the evaluation's time less the shift, in whole seconds), and refusals of NaN and
/// infinite values, of elements without the label, of places that are unknown, and of all elements for a place that has
/// several.
Answer ReadingsOfSamples(const std::vector<PrometheusSample>& samples, const PrometheusQuery& query,
                         const std::string& where);

class PrometheusSource : public Source {
 public:
  /// `carbon` is the kind of the carbon intensities, if a query gives any. Throws InputError for options that are none.
  PrometheusSource(std::string name, PrometheusOptions options, std::vector<PrometheusQuery> queries,
                   std::optional<CarbonKind> carbon = std::nullopt);

  std::optional<CarbonKind> carbon_kind() const override { return carbon_; }

 protected:
  PollResult DoPoll(const Fetch& fetch, std::int64_t now) override;
  std::vector<std::string> secrets() const override { return {options_.token}; }

 private:
  PrometheusOptions options_;
  std::vector<PrometheusQuery> queries_;
  std::optional<CarbonKind> carbon_;
  PlaceRound round_;
};

/// HAProxy's counters in Prometheus: a proxy (backend) per gateway, a server or several per region.
struct ServedOptions {
  PrometheusOptions prometheus;
  std::string matchers = {};            ///< of the series, such as job="haproxy"; all when empty
  std::map<std::string, int> gateways;  ///< by the label `proxy`
  std::map<std::string, int> regions;   ///< by the label `server`
  std::int64_t longest_gap = 120;       ///< seconds between reads that are still credited to their slots
};

/// One query for the counters and the start of their processes, so that both are of one scrape:
/// {__name__=~"haproxy_server_http_responses_total|haproxy_process_start_time_seconds"}.
std::string ServedQuery(const ServedOptions& options);

/// What the counters gained per gateway and region since the last call; several servers, instances and codes of one
/// gateway and region are added up, reset and gap if any of them is. code="5xx" was not served, and is left out, as are
/// proxies and servers that are not in the options. Times are whole seconds of the evaluation.
std::vector<ServedIncrement> ServedBetween(const std::vector<PrometheusSample>& samples, const ServedOptions& options,
                                           CounterTracker* tracker);

/// Requests served, from HAProxy's counters.
class ServedSource : public Source {
 public:
  /// Throws InputError for options that are none.
  ServedSource(std::string name, ServedOptions options);

 protected:
  PollResult DoPoll(const Fetch& fetch, std::int64_t now) override;
  std::vector<std::string> secrets() const override { return {options_.prometheus.token}; }

 private:
  ServedOptions options_;
  CounterTracker tracker_;
};

}  // namespace evenkeel
