#include "engine/dispatch/spanning_tree.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/reference/random_instances.h"

namespace evenkeel {
namespace {

/// The subtree of `top`, in the order of the list.
std::vector<int> Walk(const SpanningTree& tree, int top) {
  std::vector<int> nodes = {top};
  for (int node = tree.next(top); node >= 0 && tree.depth(node) > tree.depth(top); node = tree.next(node))
    nodes.push_back(node);
  return nodes;
}

// Root 4. 0 below it, 1 below 0, 2 below 1, 3 below 1:        4 - 0 - 1 - { 3, 2 }
// Turned upside down from 2, under the root:                   4 - 2 - 1 - { 3, 0 }
TEST(SpanningTreeTest, TurnsASubtreeUpsideDown) {
  SpanningTree tree(5);
  tree.Hang(1, 0);
  tree.Hang(2, 1);
  tree.Hang(3, 1);
  tree.Thread();
  for (int node = 0; node < 4; ++node) {
    tree[node].arc = 10 + node;
    tree[node].flow = node;
  }
  EXPECT_EQ(Walk(tree, 4), (std::vector<int>{4, 0, 1, 3, 2}));
  std::vector<int> moved;
  tree.Rehang(0, 2, 4, 99, 7.0, [&](int node) { moved.push_back(node); });
  EXPECT_EQ(Walk(tree, 4), (std::vector<int>{4, 2, 1, 3, 0}));
  EXPECT_EQ(Walk(tree, 1), (std::vector<int>{1, 3, 0}));
  EXPECT_EQ(moved, (std::vector<int>{2, 1, 3, 0}));
  // The arc between 1 and 2 was 2's and is now 1's, that between 0 and 1 is now 0's; 0's own has left.
  const std::vector<int> arcs = {11, 12, 99, 13, -1};
  const std::vector<double> flows = {1.0, 2.0, 7.0, 3.0, 0.0};
  for (int node = 0; node < 5; ++node) {
    EXPECT_EQ(tree[node].arc, arcs[node]) << node;
    EXPECT_EQ(tree[node].flow, flows[node]) << node;
  }
}

/// Every node once, behind the node before it, one deeper than its parent, every subtree in one piece.
void ExpectList(const SpanningTree& tree) {
  std::vector<int> way;  // from the root to the node at hand
  int count = 0, before = -1;
  for (int node = tree.root(); node >= 0; node = tree.next(node), ++count) {
    ASSERT_EQ(tree.previous(node), before);
    way.resize(tree.depth(node));
    ASSERT_EQ(tree[node].parent, way.empty() ? -1 : way.back());
    way.push_back(node);
    before = node;
  }
  ASSERT_EQ(count, tree.root() + 1);
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
      int under = top;
      while (inside.count(under) > 0) under = DrawInt(&random, 0, kNodes - 1);
      const int cut_from = tree[top].parent;
      neighbours[top].erase(cut_from);
      neighbours[cut_from].erase(top);
      neighbours[node].insert(under);
      neighbours[under].insert(node);
      std::set<int> moved;
      tree.Rehang(top, node, under, 0, 0.0, [&](int visited) { EXPECT_TRUE(moved.insert(visited).second); });
      EXPECT_EQ(moved, inside);
      ASSERT_NO_FATAL_FAILURE(ExpectList(tree));
      for (int child = 0; child + 1 < kNodes; ++child) ASSERT_EQ(neighbours[child].count(tree[child].parent), 1u);
    }
  }
}

}  // namespace
}  // namespace evenkeel
