#include "live/http/workers.h"

#include <utility>

namespace evenkeel {

Workers::Workers(int threads, int most_waiting) : most_waiting_(most_waiting) {
  for (int k = 0; k < threads; ++k) threads_.emplace_back([this] { Loop(); });
}

bool Workers::Run(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || static_cast<int>(waiting_.size()) >= most_waiting_) return false;
    waiting_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

void Workers::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Workers::Loop() {
  for (;;) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
      if (stopped_) return;
      job = std::move(waiting_.front());
      waiting_.pop_front();
    }
    try {
      job();
    } catch (...) {  // no memory; the connection is closed when it has waited long enough
    }
  }
}

}  // namespace evenkeel
