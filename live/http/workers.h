// A few threads that answer requests, and a bounded queue before them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace evenkeel {

class Workers {
 public:
  Workers(int threads, int most_waiting);
  ~Workers() { Stop(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// False when so many wait already, or after Stop.
  bool Run(std::function<void()> job);
  /// Drops what waits; returns when what is running is done.
  void Stop();

 private:
  void Loop();

  const int most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace evenkeel
