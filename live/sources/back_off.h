// When to ask again. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "live/sources/source.h"

namespace evenkeel {

struct PollPolicy {
  double interval = 300.0;              ///< seconds between polls that went well
  double first_back_off = 5.0;          ///< seconds after the first failure; doubled with each that follows
  double longest_back_off = 900.0;      ///< seconds; failures don't make it longer
  double longest_retry_after = 7200.0;  ///< seconds; a service's wish for more is cut to it
  double jitter = 0.2;                  ///< part by which a back-off is longer or shorter, in [0, 1)
  std::uint64_t seed = 0;               ///< of the jitter: another one for each source
};

/// Throws InputError that begins with `where`.
void CheckPollPolicy(const PollPolicy& policy, const std::string& where);

/// Seconds to wait after the `failures`-th failure in a row, at least 1:
/// max(min(first 2^(failures - 1), longest) (1 + jitter u), min(retry_after, longest_retry_after)),
/// u in (-1, 1) drawn from seed and `failures`.
double BackOffSeconds(const PollPolicy& policy, int failures, long retry_after);

/// How a source does, for metrics and people.
struct SourceState {
  std::optional<std::int64_t> last_poll;     ///< its end, seconds since 1970-01-01 00:00:00 UTC
  std::optional<std::int64_t> last_success;  ///< of the last poll that gave readings or counters
  int consecutive_failures = 0;              ///< polls since then that gave nothing or failed in part
  std::int64_t polls = 0;
  std::int64_t failures = 0;       ///< of all polls
  std::optional<Failure> failure;  ///< of the last poll
  double wait = 0.0;               ///< seconds from last_poll to the next one
};

/// The state after a poll that ended at `now`. The next is after the interval, unless there is a reason to back off:
/// a poll that gave nothing since it failed, or one that gave a part and failed for a reason that concerns all places
/// (then never sooner than the interval). Values refused (null) and results without elements are no such reason, for
/// the service answers; nor is one bad place among good ones.
SourceState AfterPoll(const SourceState& state, const PollResult& result, std::int64_t now, const PollPolicy& policy);

}  // namespace evenkeel
