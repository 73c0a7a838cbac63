// Work that many threads ask for and one does.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace evenkeel {

class TaskQueue {
 public:
  /// Does `task` in the thread that calls RunFor, and waits for its result, at most so long. Nothing: it was not done
  /// by then (it may be later), or the queue was closed. What it throws is thrown.
  template <typename Result>
  std::optional<Result> Ask(std::function<Result()> task, std::chrono::milliseconds patience) {
    auto promised = std::make_shared<std::packaged_task<Result()>>(std::move(task));
    std::future<Result> result = promised->get_future();
    if (!Post([promised] { (*promised)(); })) return std::nullopt;
    if (result.wait_for(patience) != std::future_status::ready) return std::nullopt;
    try {
      return result.get();
    } catch (const std::future_error&) {  // the queue was closed before its turn
      return std::nullopt;
    }
  }

  /// Without waiting. False: the queue is closed.
  bool Post(std::function<void()> task) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) return false;
    tasks_.push_back(std::move(task));
    changed_.notify_one();
    return true;
  }

  /// Does what is asked for until so much time has passed, and no longer, however much is asked. How much that was.
  int RunFor(std::chrono::milliseconds time) {
    int done = 0;
    const auto end = std::chrono::steady_clock::now() + time;
    std::unique_lock<std::mutex> lock(mutex_);
    while ((done == 0 || std::chrono::steady_clock::now() < end) &&
           changed_.wait_until(lock, end, [this] { return !tasks_.empty(); })) {
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      ++done;
      lock.lock();
    }
    return done;
  }

  /// Whoever waits gets nothing, and whoever asks later.
  void Close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    tasks_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool closed_ = false;
};

}  // namespace evenkeel
