#include "models/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace evenkeel {

int ThreadCount(int requested) {
  return requested > 0 ? requested : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void ParallelChunks(int chunks, int threads, const std::function<void(int chunk, int thread)>& work) {
  threads = std::min(threads, chunks);
  if (threads <= 1) {
    for (int chunk = 0; chunk < chunks; ++chunk) work(chunk, 0);
    return;
  }
  std::atomic<int> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto loop = [&](int thread) {
    try {
      for (int chunk = next++; chunk < chunks; chunk = next++) work(chunk, thread);
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex);
      if (!failure) failure = std::current_exception();
      next = chunks;
    }
  };
  std::vector<std::thread> pool;
  for (int thread = 1; thread < threads; ++thread) pool.emplace_back(loop, thread);
  loop(0);
  for (std::thread& one : pool) one.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace evenkeel
