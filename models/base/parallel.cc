#include "models/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace evenkeel {

int ThreadCount(int requested) {
  return requested > 0 ? requested : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void StartThreads(int count, const std::function<void(int)>& work, std::vector<std::thread>* threads) {
  try {
    for (int thread = 0; thread < count; ++thread) threads->emplace_back(work, thread);
  } catch (const std::system_error&) {  // no more are to be had: those that there are do the work
  }
}

struct WorkerPool::Shared {
  void TakeChunks(int thread) {
    try {
      for (int chunk = next++; chunk < chunks; chunk = next++) (*work)(chunk, thread);
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex);
      if (!failure) failure = std::current_exception();
      next = chunks;
    }
  }

  void Serve(int thread) {
    std::unique_lock<std::mutex> lock(mutex);
    for (int served = 0;; served = run) {
      start.wait(lock, [&] { return ending || run != served; });
      if (ending) return;
      lock.unlock();
      TakeChunks(thread);
      lock.lock();
      if (--busy == 0) done.notify_one();
    }
  }

  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable start, done;
  bool ending = false;
  int run = 0, busy = 0, chunks = 0;
  std::atomic<int> next{0};
  const ChunkWork* work = nullptr;
  std::exception_ptr failure;
};

WorkerPool::WorkerPool(int threads) : shared_(std::make_unique<Shared>()) {
  StartThreads(
      threads - 1, [shared = shared_.get()](int thread) { shared->Serve(thread + 1); }, &shared_->threads);
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard<std::mutex> lock(shared_->mutex);
    shared_->ending = true;
  }
  shared_->start.notify_all();
  for (std::thread& thread : shared_->threads) thread.join();
}

void WorkerPool::Run(int chunks, const ChunkWork& work) {
  Shared& shared = *shared_;
  {
    const std::lock_guard<std::mutex> lock(shared.mutex);
    shared.work = &work;
    shared.chunks = chunks;
    shared.next = 0;
    shared.failure = nullptr;
    shared.busy = static_cast<int>(shared.threads.size());
    ++shared.run;
  }
  shared.start.notify_all();
  shared.TakeChunks(0);
  std::unique_lock<std::mutex> lock(shared.mutex);
  shared.done.wait(lock, [&] { return shared.busy == 0; });
  if (shared.failure) std::rethrow_exception(shared.failure);
}

void ParallelChunks(int chunks, int threads, const ChunkWork& work) {
  WorkerPool(std::max(1, std::min(threads, chunks))).Run(chunks, work);
}

}  // namespace evenkeel
