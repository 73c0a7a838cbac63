#include "live/sources/back_off.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/random.h"

namespace evenkeel {

void CheckPollPolicy(const PollPolicy& policy, const std::string& where) {
  constexpr double kShortest = 1.0, kLongest = 86400.0;
  const auto check = [&](const char* what, double value, double least, double most) {
    if (!(value >= least && value <= most))
      throw InputError("{}: {} is {}, allowed is [{}, {}]", where, what, value, least, most);
  };
  check("interval", policy.interval, kShortest, kLongest);
  check("first_back_off", policy.first_back_off, kShortest, kLongest);
  check("longest_back_off", policy.longest_back_off, policy.first_back_off, kLongest);
  check("longest_retry_after", policy.longest_retry_after, kShortest, kLongest);
  check("jitter", policy.jitter, 0.0, 0.9);
}

double BackOffSeconds(const PollPolicy& policy, int failures, long retry_after) {
  constexpr int kMostDoublings = 60;
  const double doubled = std::ldexp(policy.first_back_off, std::clamp(failures - 1, 0, kMostDoublings));
  const double u = 2.0 * Uniform({policy.seed, RandomPurpose::kBackOff, 0}, failures) - 1.0;
  const double waited = std::min(doubled, policy.longest_back_off) * (1.0 + policy.jitter * u);
  return std::max({1.0, waited, std::min(static_cast<double>(retry_after), policy.longest_retry_after)});
}

SourceState AfterPoll(const SourceState& state, const PollResult& result, std::int64_t now, const PollPolicy& policy) {
  SourceState next = state;
  const bool gave = !result.readings.empty() || result.complete;
  const bool went_well = gave && !result.failure;
  next.last_poll = now;
  if (gave) next.last_success = now;
  ++next.polls;
  next.failures += went_well ? 0 : 1;
  next.consecutive_failures = went_well ? 0 : state.consecutive_failures + 1;
  next.failure = result.failure;
  if (!gave && !result.failure) {
    next.failure = Failure{PollFailure::kNothing, "no value"};
    if (!result.refused.empty()) next.failure->message = result.refused.front().message;
  }
  next.wait = policy.interval;
  if (!result.failure || result.failure->reason == PollFailure::kNothing) return next;
  if (gave && !ConcernsAllPlaces(result.failure->reason)) return next;
  const double wait = BackOffSeconds(policy, next.consecutive_failures, result.failure->retry_after);
  next.wait = gave ? std::max(wait, policy.interval) : wait;
  return next;
}

}  // namespace evenkeel
