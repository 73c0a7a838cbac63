// What all sources have in common: a poll, what comes of it, and what may fail.
//
// A source is a pure parser of answers, a builder of requests, and this thin shell around them, which is handed the
// network as a function. Who runs it in a thread is SourceRunner.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "live/engine/reading.h"
#include "live/engine/reading_store.h"
#include "live/sources/counters.h"
#include "live/sources/http_client.h"

namespace evenkeel {

/// Why a poll gave nothing, or not all.
enum class PollFailure {
  kConnect,
  kTls,
  kTimeout,
  kTooLarge,
  kRedirect,      ///< 3xx: followed nowhere, as the token would go along
  kUnauthorized,  ///< 401
  kForbidden,     ///< 403
  kRateLimited,   ///< 429
  kServerError,   ///< 5xx
  kRefused,       ///< any other status but 200
  kBadAnswer,     ///< 200, and not what the service is known to say
  kNothing,       ///< a good answer without a single value
  kCancelled,
  kInternal,
};
inline constexpr int kNumPollFailures = 14;
inline constexpr const char* kPollFailureNames[kNumPollFailures] = {
    "connect",      "tls",          "timeout", "too_large",  "redirect", "unauthorized", "forbidden",
    "rate_limited", "server_error", "refused", "bad_answer", "nothing",  "cancelled",    "internal"};
inline const char* Name(PollFailure failure) { return kPollFailureNames[static_cast<int>(failure)]; }

/// Whether requests for other places would fail alike: no connection, no time, 401, 429, 5xx.
bool ConcernsAllPlaces(PollFailure reason);

struct Failure {
  PollFailure reason = PollFailure::kInternal;
  std::string message;   ///< names source, place, field, value and what is allowed, and no secret
  long retry_after = 0;  ///< seconds that the service asks to wait for; 0: it doesn't
};

/// A value in an answer that is missing all the same.
struct Refusal {
  RejectReason reason = RejectReason::kNull;
  std::string message;
};

/// What a parser makes of an answer.
struct Answer {
  std::vector<Reading> readings;
  std::vector<Refusal> refused;
};

struct PollResult {
  std::vector<Reading> readings;
  std::vector<Refusal> refused;
  std::vector<ServedIncrement> served;  ///< of sources that read the balancer's counters
  bool complete = false;                ///< counters were read, even if nothing can be said of them yet
  std::optional<Failure> failure;       ///< the first of a poll of several requests; the rest may have given readings

  void Take(Answer answer);
};

/// Emissions per kWh of all plants, or of the plant that would run for one kWh more. Their values differ several times
/// over, so a period has one kind.
enum class CarbonKind { kAverage, kMarginal };
inline const char* Name(CarbonKind kind) { return kind == CarbonKind::kAverage ? "average" : "marginal"; }

using Fetch = std::function<HttpResult(const HttpRequest&)>;

/// Nothing for an answer with status 200; else what failed. The message begins with `where`.
std::optional<Failure> FailureOf(const HttpResult& result, const std::string& where);

/// `text` with every secret in it, as it is or as JSON writes it, replaced by ***.
std::string Redact(std::string text, const std::vector<std::string>& secrets);

class Source {
 public:
  explicit Source(std::string name) : name_(std::move(name)) {}
  virtual ~Source() = default;

  const std::string& name() const { return name_; }
  /// Of the carbon intensities it gives; nothing if it gives none.
  virtual std::optional<CarbonKind> carbon_kind() const { return std::nullopt; }

  /// Asks once. `now` is in seconds since 1970-01-01 00:00:00 UTC. Throws nothing; no message has a secret in it, even
  /// if the service says it back.
  PollResult Poll(const Fetch& fetch, std::int64_t now);

 protected:
  virtual PollResult DoPoll(const Fetch& fetch, std::int64_t now) = 0;
  /// What must never be said: tokens and passwords.
  virtual std::vector<std::string> secrets() const { return {}; }

 private:
  std::string name_;
};

/// Throws InputError naming two sources that give carbon intensities of different kinds.
void CheckCarbonKinds(const std::vector<const Source*>& sources);

/// A poll of several places, one request each. What fails for one place (a status, an answer) leaves the others; what
/// ConcernsAllPlaces ends the poll, and the next one begins with the place after, so that one that always fails doesn't
/// hide the rest.
class PlaceRound {
 public:
  using Ask = std::function<std::optional<Failure>(int place, PollResult* result)>;
  PollResult Run(int num_places, const Ask& ask);

 private:
  int first_ = 0;
};

}  // namespace evenkeel
