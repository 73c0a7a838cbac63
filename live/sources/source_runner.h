// One source in a thread of its own, so that a silent one holds up nobody.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "live/sources/back_off.h"
#include "live/sources/http_client.h"
#include "live/sources/source.h"

namespace evenkeel {

/// What a poll gave, with the state after it.
struct SourceReport {
  std::string source;
  PollResult result;
  SourceState state;
};

/// Polls a source from Start to Stop. Its thread waits for the service and for nothing else.
class SourceRunner {
 public:
  using Clock = std::function<std::int64_t()>;  ///< seconds since 1970-01-01 00:00:00 UTC; called by the thread
  /// Called by the thread after each poll: short, thread-safe, and without throwing.
  using Deliver = std::function<void(const SourceReport&)>;

  /// Throws InputError for a policy that is none.
  SourceRunner(std::unique_ptr<Source> source, HttpLimits limits, PollPolicy policy, Clock clock, Deliver deliver);
  ~SourceRunner() { Stop(); }
  SourceRunner(const SourceRunner&) = delete;
  SourceRunner& operator=(const SourceRunner&) = delete;

  /// Begins with a poll at once. Only once.
  void Start();
  /// Ends a request that runs, within about a second, and the thread. Nothing is delivered afterwards, and what ended
  /// so is not delivered. By the owner, once or more often.
  void Stop();
  /// The next poll is now, or, if one runs, directly after it; unless the source backs off.
  void Wake();

  const Source& source() const { return *source_; }
  SourceState state() const;

 private:
  void Run();
  void Wait(const SourceState& state);

  std::unique_ptr<Source> source_;
  HttpClient client_;
  PollPolicy policy_;
  Clock clock_;
  Deliver deliver_;
  mutable std::mutex mutex_;  ///< of what follows
  std::condition_variable changed_;
  bool stopped_ = false;
  bool woken_ = false;
  SourceState state_;
  std::thread thread_;
};

}  // namespace evenkeel
