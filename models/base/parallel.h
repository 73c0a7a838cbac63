// Work split over threads in a fixed way, so that results do not depend on how many there are.
#pragma once

#include <functional>
#include <memory>

namespace evenkeel {

/// Number of threads that `requested` stands for: itself, or one per core for 0.
int ThreadCount(int requested);

using ChunkWork = std::function<void(int chunk, int thread)>;

/// Threads that wait between uses: starting one takes longer than the small passes that it is used for.
class WorkerPool {
 public:
  /// The caller is one of the threads.
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
