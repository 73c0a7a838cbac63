// Work split over threads in a fixed way, so that results do not depend on how many there are.
#pragma once

#include <functional>

namespace evenkeel {

/// Number of threads that `requested` stands for: itself, or one per core for 0.
int ThreadCount(int requested);

/// Calls work(chunk, thread) for every chunk in [0, chunks), each once, on up to `threads` threads. An exception of any
/// chunk is rethrown when all have stopped.
void ParallelChunks(int chunks, int threads, const std::function<void(int chunk, int thread)>& work);

}  // namespace evenkeel
