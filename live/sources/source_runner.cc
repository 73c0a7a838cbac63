#include "live/sources/source_runner.h"

#include <chrono>

#include "models/base/error.h"

namespace evenkeel {

SourceRunner::SourceRunner(std::unique_ptr<Source> source, HttpLimits limits, PollPolicy policy, Clock clock,
                           Deliver deliver)
    : source_(std::move(source)),
      client_(std::move(limits)),
      policy_(policy),
      clock_(std::move(clock)),
      deliver_(std::move(deliver)) {
  CheckPollPolicy(policy_, source_->name());
}

void SourceRunner::Start() {
  EVENKEEL_CHECK(!thread_.joinable() && !stopped_);
  thread_ = std::thread([this] { Run(); });
}

void SourceRunner::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  client_.Cancel();
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SourceRunner::Wake() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

SourceState SourceRunner::state() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return state_;
}

void SourceRunner::Wait(const SourceState& state) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(state.wait);
  const bool may_wake = state.consecutive_failures == 0;
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_until(lock, std::chrono::time_point_cast<std::chrono::steady_clock::duration>(until),
                      [&] { return stopped_ || (woken_ && may_wake); });
  woken_ = false;
}

void SourceRunner::Run() {
  const Fetch fetch = [this](const HttpRequest& request) { return client_.Get(request); };
  while (!client_.cancelled()) {
    SourceReport report = {source_->name(), source_->Poll(fetch, clock_()), {}};
    const std::int64_t now = clock_();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (stopped_) return;
      state_ = AfterPoll(state_, report.result, now, policy_);
      report.state = state_;
    }
    deliver_(report);
    Wait(report.state);
  }
}

}  // namespace evenkeel
