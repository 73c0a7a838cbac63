#include "models/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace evenkeel {
namespace {

TEST(ParallelTest, EveryChunkOnce) {
  for (int threads : {1, 2, 3, 8}) {
    for (int chunks : {0, 1, 2, 7, 1000}) {
      SCOPED_TRACE(testing::Message() << chunks << " chunks on " << threads << " threads");
      std::vector<std::atomic<int>> calls(chunks);
      std::atomic<bool> known_thread{true};
      ParallelChunks(chunks, threads, [&](int chunk, int thread) {
        ++calls[chunk];
        if (thread < 0 || thread >= threads) known_thread = false;
      });
      for (const std::atomic<int>& count : calls) EXPECT_EQ(count, 1);
      EXPECT_TRUE(known_thread);
    }
  }
}

TEST(ParallelTest, APoolServesManyRunsAndSurvivesFailures) {
  WorkerPool pool(3);
  for (int run = 0; run < 2000; ++run) {
    std::vector<int> calls(run % 7, 0);
    pool.Run(static_cast<int>(calls.size()), [&](int chunk, int) { ++calls[chunk]; });
    for (int count : calls) ASSERT_EQ(count, 1) << "run " << run;
    if (run % 100 == 0) {
      EXPECT_THROW(pool.Run(5, [](int, int) { throw std::runtime_error("chunk"); }), std::runtime_error);
    }
  }
}

TEST(ParallelTest, NoTwoChunksOfOneThreadAtATime) {
  std::vector<std::atomic<int>> busy(4);
  std::atomic<bool> shared{false};
  ParallelChunks(5000, 4, [&](int, int thread) {
    if (++busy[thread] != 1) shared = true;
    --busy[thread];
  });
  EXPECT_FALSE(shared) << "two chunks used the work space of one thread together";
}

TEST(ParallelTest, FailuresComeBackWhenAllHaveStopped) {
  for (int threads : {1, 4}) {
    std::atomic<int> running{0};
    try {
      ParallelChunks(100, threads, [&](int chunk, int) {
        ++running;
        if (chunk == 3) {
          --running;
          throw std::runtime_error("chunk 3");
        }
        --running;
      });
      FAIL() << "swallowed an exception";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "chunk 3");
      EXPECT_EQ(running, 0);
    }
  }
}

TEST(ParallelTest, ThreadCounts) {
  EXPECT_EQ(ThreadCount(3), 3);
  EXPECT_EQ(ThreadCount(1), 1);
  EXPECT_GE(ThreadCount(0), 1);
}

}  // namespace
}  // namespace evenkeel
