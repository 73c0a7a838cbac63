#include "experiments/run/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "models/base/parallel.h"

namespace evenkeel {
namespace {

using Clock = std::chrono::steady_clock;

std::string FormatDuration(double seconds) {
  const long whole = std::lround(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

std::string BarText(const std::string& label, long done, long total, double elapsed) {
  if (total <= 0 || done >= total) return fmt::format("{}: {}", label, FormatDuration(elapsed));
  constexpr int kCells = 30;
  const double share = static_cast<double>(done) / static_cast<double>(total);
  const int filled = static_cast<int>(share * kCells);
  const std::string left = done > 0 ? FormatDuration(elapsed * (1.0 - share) / share) + " left" : "";
  return fmt::format("{} [{:#<{}}{:.<{}}] {:3.0f} % {}", label, "", filled, "", kCells - filled, 100.0 * share, left);
}

}  // namespace

struct Progress::Impl {
  ProgressOptions options;
  Clock::time_point start = Clock::now();
  std::atomic<long> done{0};
  std::mutex mutex;
  std::condition_variable finished_changed;
  bool finished = false;
  std::vector<std::thread> painter;  // none, or one

  void Paint() {
    std::unique_lock<std::mutex> lock(mutex);
    auto wait = std::chrono::milliseconds(1000);
    bool painted = false;
    while (!finished_changed.wait_for(lock, wait, [this] { return finished; })) {
      const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
      fmt::print(stderr, "\r\033[K{}", BarText(options.label, done.load(), options.total, elapsed));
      std::fflush(stderr);
      painted = true;
      wait = std::chrono::milliseconds(200);
    }
    if (painted) fmt::print(stderr, "\r\033[K");
  }

  std::string Line() const {
    const nlohmann::ordered_json line = {
        {"progress", options.label},
        {"done", done.load()},
        {"total", options.total > 0 ? nlohmann::ordered_json(options.total) : nlohmann::ordered_json()}};
    return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  }

  void Write() {
    std::unique_lock<std::mutex> lock(mutex);
    std::string last;
    for (bool ends = false; !ends;) {
      const std::string line = Line();
      if (line != last) std::fputs(line.c_str(), stderr);  // in one piece: notes come between lines
      last = line;
      ends = finished;
      if (!ends) finished_changed.wait_for(lock, std::chrono::milliseconds(200), [this] { return finished; });
    }
  }
};

Progress::Progress(const ProgressOptions& options) : impl_(std::make_unique<Impl>()) {
  impl_->options = options;
  const bool writes = options.style == ProgressStyle::kJson;
  if (!writes && (options.style == ProgressStyle::kNone || isatty(STDERR_FILENO) != 1)) return;
  StartThreads(
      1, [this, writes](int) { writes ? impl_->Write() : impl_->Paint(); }, &impl_->painter);
}

Progress::~Progress() {
  if (impl_->painter.empty()) return;
  {
    const std::lock_guard<std::mutex> lock(impl_->mutex);
    impl_->finished = true;
  }
  impl_->finished_changed.notify_one();
  impl_->painter[0].join();
}

void Progress::Step() { impl_->done.fetch_add(1, std::memory_order_relaxed); }

void Progress::SetLabel(const std::string& label) {
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  impl_->options.label = label;
}

}  // namespace evenkeel
