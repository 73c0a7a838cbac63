#include "live/sources/counters.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "live/sources/prometheus.h"

namespace evenkeel {
namespace {

TEST(CounterTrackerTest, DifferencesAndNothingOfTheFirstRead) {
  CounterTracker tracker(60);
  EXPECT_EQ(tracker.Update("a", 100.0, 1000), std::nullopt);
  const auto increment = tracker.Update("a", 107.0, 1015);
  ASSERT_TRUE(increment);
  EXPECT_EQ(increment->value, 7.0);
  EXPECT_EQ(increment->from, 1000);
  EXPECT_EQ(increment->until, 1015);
  EXPECT_FALSE(increment->reset || increment->gap);
  EXPECT_EQ(tracker.Update("a", 107.0, 1030)->value, 0.0);
  EXPECT_EQ(tracker.Update("b", 5.0, 1030), std::nullopt);  // another series
  EXPECT_EQ(tracker.size(), 2u);
}

TEST(CounterTrackerTest, ALowerValueBeganAnew) {
  CounterTracker tracker(60);
  tracker.Update("a", 100.0, 1000);
  const auto increment = tracker.Update("a", 30.0, 1015);
  EXPECT_EQ(increment->value, 30.0);
  EXPECT_TRUE(increment->reset);
  EXPECT_EQ(tracker.Update("a", 31.0, 1030)->value, 1.0);
  EXPECT_FALSE(tracker.Update("a", 31.0, 1045)->reset);
}

TEST(CounterTrackerTest, AnotherProcessBeganAnewEvenIfItHasCountedMore) {
  CounterTracker tracker(60);
  tracker.Update("a", 100.0, 1000, 500.0);
  EXPECT_EQ(tracker.Update("a", 110.0, 1015, 500.0)->value, 10.0);
  const auto increment = tracker.Update("a", 130.0, 1030, 1016.0);
  EXPECT_EQ(increment->value, 130.0);
  EXPECT_TRUE(increment->reset);
  // A read that lacks the start says nothing of it, and the next one is compared with what was known.
  EXPECT_EQ(tracker.Update("a", 131.0, 1045)->value, 1.0);
  EXPECT_EQ(tracker.Update("a", 133.0, 1060, 1016.0)->value, 2.0);
  EXPECT_TRUE(tracker.Update("a", 140.0, 1075, 1061.0)->reset);
}

TEST(CounterTrackerTest, GapsAreMarkedAndCounted) {
  CounterTracker tracker(60);
  tracker.Update("a", 1.0, 1000);
  EXPECT_FALSE(tracker.Update("a", 2.0, 1060)->gap);
  const auto increment = tracker.Update("a", 52.0, 1121);
  EXPECT_TRUE(increment->gap);
  EXPECT_EQ(increment->value, 50.0);
}

TEST(CounterTrackerTest, WhatIsNoCountOrNotLaterLeavesTheLastRead) {
  CounterTracker tracker(60);
  tracker.Update("a", 10.0, 1000);
  EXPECT_EQ(tracker.Update("a", std::nan(""), 1015), std::nullopt);
  EXPECT_EQ(tracker.Update("a", std::numeric_limits<double>::infinity(), 1015), std::nullopt);
  EXPECT_EQ(tracker.Update("a", -1.0, 1015), std::nullopt);
  EXPECT_EQ(tracker.Update("a", 11.0, 1000), std::nullopt);
  EXPECT_EQ(tracker.Update("a", 11.0, 985), std::nullopt);
  EXPECT_EQ(tracker.Update("a", 14.0, 1030)->value, 4.0);
  EXPECT_EQ(tracker.Update("a", 14.0, 1030), std::nullopt);
  EXPECT_EQ(tracker.Update("new", std::nan(""), 1030), std::nullopt);
  EXPECT_EQ(tracker.size(), 1u);  // what is no count begins no series
}

TEST(CounterTrackerTest, SeriesThatAreGoneAreForgotten) {
  CounterTracker tracker(60);
  tracker.Update("a", 1.0, 1000);
  tracker.Update("b", 1.0, 1010);
  tracker.ForgetBefore(1010);
  EXPECT_EQ(tracker.size(), 1u);
  EXPECT_EQ(tracker.Update("a", 5.0, 1020), std::nullopt);
  EXPECT_EQ(tracker.Update("b", 5.0, 1020)->value, 4.0);
}

PrometheusSample Count(const std::string& proxy, const std::string& server, const std::string& code, double value,
                       double time, const std::string& instance = "a:1") {
  return {{{"__name__", "haproxy_server_http_responses_total"},
           {"proxy", proxy},
           {"server", server},
           {"code", code},
           {"instance", instance},
           {"job", "haproxy"}},
          time,
          value};
}

PrometheusSample Start(double value, double time, const std::string& instance = "a:1") {
  return {
      {{"__name__", "haproxy_process_start_time_seconds"}, {"instance", instance}, {"job", "haproxy"}}, time, value};
}

ServedOptions TwoByTwo() {
  ServedOptions options;
  options.gateways = {{"eu", 0}, {"us", 1}};
  options.regions = {{"north", 0}, {"south", 1}, {"south2", 1}};
  return options;
}

TEST(ServedBetweenTest, CodesAndServersAddUpAndErrorsAreNotServed) {
  CounterTracker tracker(60);
  const ServedOptions options = TwoByTwo();
  EXPECT_TRUE(ServedBetween({Count("eu", "north", "2xx", 10, 1000.2), Count("eu", "north", "4xx", 1, 1000.2),
                             Count("eu", "north", "5xx", 3, 1000.2), Count("us", "south", "2xx", 7, 1000.2),
                             Count("us", "south2", "2xx", 0, 1000.2), Count("stats", "north", "2xx", 0, 1000.2)},
                            options, &tracker)
                  .empty());
  const auto served =
      ServedBetween({Count("eu", "north", "2xx", 30, 1015.9), Count("eu", "north", "4xx", 2, 1015.9),
                     Count("eu", "north", "5xx", 90, 1015.9), Count("us", "south", "2xx", 8, 1015.9),
                     Count("us", "south2", "2xx", 5, 1015.9), Count("stats", "north", "2xx", 50, 1015.9)},
                    options, &tracker);
  ASSERT_EQ(served.size(), 2u);
  EXPECT_EQ(served[0].gateway, 0);
  EXPECT_EQ(served[0].region, 0);
  EXPECT_EQ(served[0].increment.value, 21.0);  // 20 of 2xx and 1 of 4xx
  EXPECT_EQ(served[0].increment.from, 1000);
  EXPECT_EQ(served[0].increment.until, 1015);
  EXPECT_EQ(served[1].gateway, 1);
  EXPECT_EQ(served[1].region, 1);
  EXPECT_EQ(served[1].increment.value, 6.0);  // 1 of south, 5 of south2
  EXPECT_FALSE(served[1].increment.reset);
}

TEST(ServedBetweenTest, OneOfTwoBalancersStartedAnew) {
  CounterTracker tracker(60);
  const ServedOptions options = TwoByTwo();
  ServedBetween({Start(500, 1000, "a:1"), Start(500, 1000, "b:1"), Count("eu", "north", "2xx", 10, 1000, "a:1"),
                 Count("eu", "north", "2xx", 100, 1000, "b:1")},
                options, &tracker);
  // a went on to 14; b started anew and has served 120 since: 4 + 120.
  const auto served =
      ServedBetween({Count("eu", "north", "2xx", 14, 1015, "a:1"), Count("eu", "north", "2xx", 120, 1015, "b:1"),
                     Start(500, 1015, "a:1"), Start(1003, 1015, "b:1")},
                    options, &tracker);
  ASSERT_EQ(served.size(), 1u);
  EXPECT_EQ(served[0].increment.value, 124.0);
  EXPECT_TRUE(served[0].increment.reset);
}

}  // namespace
}  // namespace evenkeel
