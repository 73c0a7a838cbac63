#include "live/service/task_queue.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace evenkeel {
namespace {

using std::chrono::milliseconds;

TEST(TaskQueueTest, WhoAsksGetsWhatAnotherThreadDid) {
  TaskQueue queue;
  std::thread worker([&] {
    while (queue.RunFor(milliseconds(5)) == 0) {
    }
  });
  EXPECT_EQ(queue.Ask<int>([] { return 7; }, milliseconds(10'000)), 7);
  worker.join();
}

TEST(TaskQueueTest, WhatATaskThrowsIsThrownToWhoAsked) {
  TaskQueue queue;
  std::thread worker([&] { queue.RunFor(milliseconds(200)); });
  EXPECT_THROW(queue.Ask<int>([]() -> int { throw std::runtime_error("no"); }, milliseconds(10'000)),
               std::runtime_error);
  worker.join();
}

TEST(TaskQueueTest, NobodyWaitsForEver) {
  TaskQueue queue;
  EXPECT_EQ(queue.Ask<int>([] { return 7; }, milliseconds(1)), std::nullopt) << "nobody works";
  std::thread closer([&] { queue.Close(); });
  EXPECT_EQ(queue.Ask<int>([] { return 7; }, milliseconds(10'000)), std::nullopt);
  closer.join();
  EXPECT_FALSE(queue.Post([] {}));
}

// A task that asks for itself again keeps the queue full.
TEST(TaskQueueTest, RunForEndsHoweverMuchIsAsked) {
  TaskQueue queue;
  std::function<void()> again = [&] {
    std::this_thread::sleep_for(milliseconds(1));
    queue.Post(again);
  };
  queue.Post(again);
  EXPECT_GE(queue.RunFor(milliseconds(20)), 1);
  EXPECT_EQ(queue.RunFor(milliseconds(0)), 1) << "one at least, so that nothing waits for ever";
}

}  // namespace
}  // namespace evenkeel
