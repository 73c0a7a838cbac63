// A thread that does one thing again and again.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace evenkeel {

/// Calls `step`, which returns the seconds to the next call, until this object ends. `step` must not throw.
class Repeat {
 public:
  explicit Repeat(std::function<double()> step);
  /// Waits for a call that is under way.
  ~Repeat();
  Repeat(const Repeat&) = delete;
  Repeat& operator=(const Repeat&) = delete;

  /// The next call is now, or as soon as the one under way is done.
  void Wake();

 private:
  void Run();

  const std::function<double()> step_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false, woken_ = false;
  std::thread thread_;
};

}  // namespace evenkeel
