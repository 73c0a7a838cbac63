// Work split over threads in a fixed way, so that results do not depend on how many there are.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace evenkeel {

/// Number of threads that `requested` stands for: itself, or one per core for 0.
int ThreadCount(int requested);

using ChunkWork = std::function<void(int chunk, int thread)>;

/// Starts work(0) to work(count - 1), each on a thread of its own, or as many of them as the system lets start.
void StartThreads(int count, const std::function<void(int)>& work, std::vector<std::thread>* threads);

/// Threads that wait between uses: starting one takes longer than the small passes that it is used for.
class WorkerPool {
 public:
  /// The caller is one of the threads; there may be fewer, where no more can be started.
  explicit WorkerPool(int threads);
  ~WorkerPool();

  /// Calls work(chunk, thread) for every chunk in [0, chunks), each once. An exception of any chunk is rethrown when
  /// all have stopped.
  void Run(int chunks, const ChunkWork& work);

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

/// The same with threads of its own.
void ParallelChunks(int chunks, int threads, const ChunkWork& work);

}  // namespace evenkeel
