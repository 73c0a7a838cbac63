#include "live/outputs/agent_weights.h"

#include <gmock/gmock.h>

namespace evenkeel {
namespace {

BalancerMap Map() { return {{"g"}, {"A", "B"}, {{0, "g", {{"a", 0, 1.0}, {"b", 1, 1.0}}}}}; }

WantedShares Wanted(const RowMatrix& share, std::vector<RegionOrder> orders = {}) {
  WantedShares wanted;
  wanted.shares.share = share;
  wanted.regions = std::move(orders);
  return wanted;
}

TEST(AgentWeightsTest, RaisesBeforeItLowers) {
  AgentWeights weights(Map(), {6.0});
  bool known = true;
  EXPECT_EQ(weights.Answer("g/a", 0.0, &known), std::nullopt) << "nothing is wanted yet";
  EXPECT_TRUE(known);
  EXPECT_EQ(weights.Answer("g/x", 0.0, &known), std::nullopt);
  EXPECT_FALSE(known);

  weights.Want(Wanted(RowMatrix{{0.8, 0.2}}), 10.0);
  EXPECT_EQ(weights.Answer("g/a", 10.0), "256%");
  EXPECT_EQ(weights.Answer("g/b", 10.0), "64%");
  weights.Want(Wanted(RowMatrix{{0.2, 0.8}}), 100.0);
  EXPECT_EQ(weights.Answer("g/a", 105.9), "256%") << "b may not have been raised yet";
  EXPECT_EQ(weights.Answer("g/b", 100.0), "256%");
  EXPECT_EQ(weights.Answer("g/a", 106.0), "64%");
  EXPECT_EQ(weights.Answer("g/b", 106.0), "256%");
}

TEST(AgentWeightsTest, ChangesWithinAChange) {
  AgentWeights weights(Map(), {6.0});
  weights.Want(Wanted(RowMatrix{{1.0, 0.5}}), 0.0);
  weights.Want(Wanted(RowMatrix{{0.5, 1.0}}), 10.0);
  weights.Want(Wanted(RowMatrix{{0.25, 1.0}}), 13.0);
  EXPECT_EQ(weights.Answer("g/a", 16.5), "256%") << "what it was told, until 6 s after the last change";
  EXPECT_EQ(weights.Answer("g/a", 19.0), "64%");
  weights.Want(Wanted(RowMatrix{{0.25, 1.0}}), 20.0);
  EXPECT_EQ(weights.Answer("g/a", 20.0), "64%") << "the same again is no change";
  weights.Want(Wanted(RowMatrix{{0.0, 0.0}}), 30.0);
  EXPECT_EQ(weights.Answer("g/a", 40.0), "64%") << "nothing can be served: as it was";
}

TEST(AgentWeightsTest, AfterAStartNothingIsLoweredTo0AtOnce) {
  // HAProxy may have 0 for a and all for b, and asks for b first.
  AgentWeights weights(Map(), {6.0});
  weights.Want(Wanted(RowMatrix{{1.0, 0.0}}), 10.0);
  EXPECT_EQ(weights.Answer("g/b", 10.0), std::nullopt);
  EXPECT_EQ(weights.Answer("g/a", 10.0), "256%");
  EXPECT_EQ(weights.Answer("g/b", 16.0), "0%");
}

TEST(AgentWeightsTest, Orders) {
  using Order = RegionOrder;
  AgentWeights weights(Map(), {0.0});
  weights.Want(Wanted(RowMatrix{{1.0, 0.5}}, {Order::kUp, Order::kDrain}), 0.0);
  EXPECT_EQ(weights.Answer("g/a", 1.0), "ready up 256%");
  EXPECT_EQ(weights.Answer("g/b", 1.0), "drain up 128%");
  weights.Want(Wanted(RowMatrix{{1.0, 0.5}}, {Order::kUp, Order::kDown}), 2.0);
  EXPECT_EQ(weights.Answer("g/b", 3.0), "maint");
  weights.Want(Wanted(RowMatrix{{1.0, 0.5}}), 4.0);
  EXPECT_EQ(weights.Answer("g/b", 5.0), "128%");
}

}  // namespace
}  // namespace evenkeel
