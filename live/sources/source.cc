#include "live/sources/source.h"

#include <nlohmann/json.hpp>

#include "models/base/error.h"

namespace evenkeel {
namespace {

PollFailure ReasonOf(HttpError error) {
  switch (error) {
    case HttpError::kConnect:
      return PollFailure::kConnect;
    case HttpError::kTls:
      return PollFailure::kTls;
    case HttpError::kTimeout:
      return PollFailure::kTimeout;
    case HttpError::kTooLarge:
      return PollFailure::kTooLarge;
    case HttpError::kCancelled:
      return PollFailure::kCancelled;
    case HttpError::kNone:
    case HttpError::kOther:
      break;
  }
  return PollFailure::kInternal;
}

PollFailure ReasonOf(int status) {
  if (status >= 500) return PollFailure::kServerError;
  if (status == 401) return PollFailure::kUnauthorized;
  if (status == 403) return PollFailure::kForbidden;
  if (status == 429) return PollFailure::kRateLimited;
  return status >= 300 && status < 400 ? PollFailure::kRedirect : PollFailure::kRefused;
}

void Replace(const std::string& secret, std::string* text) {
  for (std::size_t at = text->find(secret); at != std::string::npos; at = text->find(secret, at + 3))
    text->replace(at, secret.size(), "***");
}

}  // namespace

bool ConcernsAllPlaces(PollFailure reason) {
  switch (reason) {
    case PollFailure::kForbidden:
    case PollFailure::kRefused:
    case PollFailure::kRedirect:
    case PollFailure::kBadAnswer:
    case PollFailure::kTooLarge:
    case PollFailure::kNothing:
      return false;
    default:
      return true;
  }
}

void PollResult::Take(Answer answer) {
  readings.insert(readings.end(), answer.readings.begin(), answer.readings.end());
  refused.insert(refused.end(), answer.refused.begin(), answer.refused.end());
}

std::optional<Failure> FailureOf(const HttpResult& result, const std::string& where) {
  if (result.error != HttpError::kNone) return Failure{ReasonOf(result.error), where + ": " + result.message};
  if (result.status == 200) return std::nullopt;
  // The body is not quoted: what it says of a failure is said by the status.
  return Failure{ReasonOf(result.status), fmt::format("{}: the status is {}, expected is 200", where, result.status),
                 result.retry_after};
}

std::string Redact(std::string text, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    Replace(secret, &text);
    const std::string escaped = nlohmann::json(secret).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (escaped.size() != secret.size() + 2) Replace(escaped.substr(1, escaped.size() - 2), &text);
  }
  return text;
}

PollResult Source::Poll(const Fetch& fetch, std::int64_t now) {
  PollResult result;
  try {
    // Before anybody reads an answer and perhaps quotes a part of it.
    const Fetch redacted = [&](const HttpRequest& request) {
      HttpResult answer = fetch(request);
      answer.body = Redact(std::move(answer.body), secrets());
      return answer;
    };
    result = DoPoll(redacted, now);
  } catch (const InputError& error) {
    result.failure = Failure{PollFailure::kBadAnswer, error.what()};
  } catch (const std::exception& error) {
    result.failure = Failure{PollFailure::kInternal, name_ + ": " + error.what()};
  }
  const std::vector<std::string> hidden = secrets();
  if (result.failure) result.failure->message = Redact(std::move(result.failure->message), hidden);
  for (Refusal& refusal : result.refused) refusal.message = Redact(std::move(refusal.message), hidden);
  return result;
}

void CheckCarbonKinds(const std::vector<const Source*>& sources) {
  const Source* first = nullptr;
  for (const Source* source : sources) {
    if (!source->carbon_kind()) continue;
    if (first == nullptr) first = source;
    if (*source->carbon_kind() == *first->carbon_kind()) continue;
    throw InputError(
        "sources: the carbon intensity of '{}' is {}, that of '{}' is {}; allowed is one kind, as a marginal value is "
        "not comparable with an average one",
        first->name(), Name(*first->carbon_kind()), source->name(), Name(*source->carbon_kind()));
  }
}

PollResult PlaceRound::Run(int num_places, const Ask& ask) {
  PollResult result;
  for (int k = 0; k < num_places; ++k) {
    std::optional<Failure> failure;
    try {
      failure = ask((first_ + k) % num_places, &result);
    } catch (const InputError& error) {
      failure = Failure{PollFailure::kBadAnswer, error.what()};
    }
    if (!failure) continue;
    const bool ends = ConcernsAllPlaces(failure->reason);
    if (!result.failure) result.failure = std::move(failure);
    if (!ends) continue;
    first_ = (first_ + k + 1) % num_places;
    break;
  }
  return result;
}

}  // namespace evenkeel
