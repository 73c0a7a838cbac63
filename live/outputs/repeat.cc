#include "live/outputs/repeat.h"

#include <chrono>
#include <utility>

namespace evenkeel {

Repeat::Repeat(std::function<double()> step) : step_(std::move(step)), thread_([this] { Run(); }) {}

Repeat::~Repeat() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Repeat::Wake() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void Repeat::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!ending_) {
    woken_ = false;
    lock.unlock();
    const double seconds = step_();
    lock.lock();
    changed_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return ending_ || woken_; });
  }
}

}  // namespace evenkeel
