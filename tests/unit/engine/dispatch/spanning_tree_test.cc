#include "engine/dispatch/spanning_tree.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

std::vector<int> Walk(const SpanningTree& tree, int top) {
  std::vector<int> nodes;
  for (int node = top; node >= 0; node = tree.Next(node, top)) nodes.push_back(node);
  return nodes;
}

// Root 4. 0 below it, 1 below 0, 2 below 1, 3 below 1:        4 - 0 - 1 - { 3, 2 }
// Turned upside down from 2, under the root:                   4 - 2 - 1 - { 0, 3 }
TEST(SpanningTreeTest, TurnsASubtreeUpsideDown) {
  SpanningTree tree(5);
  tree.Hang(1, 0);
  tree.Hang(2, 1);
  tree.Hang(3, 1);
  for (int node = 0; node < 4; ++node) {
    tree.arc[node] = 10 + node;
    tree.flow[node] = node;
  }
  EXPECT_EQ(Walk(tree, 4), (std::vector<int>{4, 0, 1, 3, 2}));
  tree.Rehang(0, 2, 4, 99, 7.0);
  EXPECT_EQ(Walk(tree, 4), (std::vector<int>{4, 2, 1, 0, 3}));
  EXPECT_EQ(Walk(tree, 1), (std::vector<int>{1, 0, 3}));
  // The arc between 1 and 2 was 2's and is now 1's, that between 0 and 1 is now 0's; 0's own has left.
  EXPECT_EQ(tree.arc, (std::vector<int>{11, 12, 99, 13, -1}));
  EXPECT_EQ(tree.flow.head(4), Eigen::Vector4d(1.0, 2.0, 7.0, 3.0));
}

TEST(SpanningTreeTest, StaysATreeUnderRandomMoves) {
  constexpr int kNodes = 40;
  for (int seed = 1; seed <= Scaled(200); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    SpanningTree tree(kNodes);
    std::vector<std::set<int>> neighbours(kNodes);  // the same tree, without a root
    for (int node = 0; node + 1 < kNodes; ++node) {
      neighbours[node].insert(kNodes - 1);
      neighbours[kNodes - 1].insert(node);
    }
    for (int move = 0; move < 100; ++move) {
      const int top = DrawInt(&random, 0, kNodes - 2);
      const std::vector<int> below = Walk(tree, top);
      const std::set<int> inside(below.begin(), below.end());
      const int node = below[DrawInt(&random, 0, static_cast<int>(below.size()) - 1)];
      int under = kNodes - 1;
      for (int draw = 0; draw < 10 && inside.count(under) > 0; ++draw) under = DrawInt(&random, 0, kNodes - 1);
      const int cut_from = tree.parent[top];
      neighbours[top].erase(cut_from);
      neighbours[cut_from].erase(top);
      neighbours[node].insert(under);
      neighbours[under].insert(node);
      tree.Rehang(top, node, under, 0, 0.0);
      ASSERT_EQ(Walk(tree, kNodes - 1).size(), static_cast<std::size_t>(kNodes));
      for (int child = 0; child + 1 < kNodes; ++child) ASSERT_EQ(neighbours[child].count(tree.parent[child]), 1u);
    }
  }
}

}  // namespace
}  // namespace evenkeel
