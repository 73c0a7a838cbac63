// A rooted spanning tree whose subtrees can be hung elsewhere: the basis of a network simplex method.
//
// Every node but the root has a parent and an arc to it, with a number for the arc and its flow. The nodes are in one
// list, every subtree in one piece of it with its top first (the thread of Glover, Karney and Klingman 1972): walking a
// subtree follows one link per node, without a branch that depends on the tree's shape.
#pragma once

#include <utility>
#include <vector>

namespace evenkeel {

class SpanningTree {
 public:
  struct Node {
    int parent;   ///< -1 for the root
    int arc;      ///< the arc to the parent; -1 for the root
    double flow;  ///< on that arc
  };

  explicit SpanningTree(int num_nodes);  ///< node num_nodes - 1 is the root

  int root() const { return static_cast<int>(nodes_.size()) - 1; }
  Node& operator[](int node) { return nodes_[node]; }
  const Node& operator[](int node) const { return nodes_[node]; }
  int depth(int node) const { return list_[node].depth; }   ///< 0 for the root
  int next(int node) const { return list_[node].next; }     ///< in the list; -1 behind the last
  int previous(int node) const { return previous_[node]; }  ///< in the list; -1 for the root

  /// Makes all nodes children of the root, in order. Arcs and flows stay.
  void Reset();
  /// Hangs `node`, with the subtree below it, under `under`, as its first child. For building a tree after Reset; takes
  /// constant time, and leaves the list and the depths to Thread.
  void Hang(int node, int under);
  void Thread();
  /// Turns the subtree below `top` upside down, so that `node` of it becomes its top, and hangs it under `under`, as
  /// its first child. Arcs and flows stay with the pairs of nodes that they join; `node` gets `new_arc` with
  /// `new_flow`.
  /// visit(n) is called for every node that moved.
  template <typename Visit>
  void Rehang(int top, int node, int under, int new_arc, double new_flow, const Visit& visit);

 private:
  struct Entry {  // apart from Node: what a walk over a subtree touches should fit into the nearest cache
    int next;
    int depth;
  };

  void Link(int node, int next) {
    list_[node].next = next;
    if (next >= 0) previous_[next] = node;
  }
  void Cut(int node);

  std::vector<Node> nodes_;
  std::vector<Entry> list_;
  std::vector<int> previous_;
  std::vector<int> first_child_, next_sibling_, previous_sibling_;  // while a tree is built; -1: none
};

template <typename Visit>
void SpanningTree::Rehang(int top, int node, int under, int new_arc, double new_flow, const Visit& visit) {
  const int before = previous_[top];
  const int behind = list_[under].next;
  int stem = node;   // of the way from `node` up to `top`, which turns round
  int below = -1;    // the stem before, now the parent
  int tail = under;  // the last node of the new list so far
  int after = -1;    // what followed the subtree of `below`
  int depth = list_[under].depth;
  while (true) {
    const int old_depth = list_[stem].depth;
    const int deeper = ++depth - old_depth;
    const int above = nodes_[stem].parent;
    Link(tail, stem);
    nodes_[stem].parent = below < 0 ? under : below;
    std::swap(nodes_[stem].arc, new_arc);
    std::swap(nodes_[stem].flow, new_flow);
    list_[stem].depth = depth;
    visit(stem);
    tail = stem;
    int next = list_[stem].next;
    const auto walk_to = [&](int end) {  // or to the end of the stem's subtree
      while (next != end && list_[next].depth > old_depth) {
        list_[next].depth += deeper;
        visit(next);
        tail = next;
        next = list_[next].next;
      }
    };
    if (below >= 0) {  // the subtree of `below` is in the stem's, and has moved already
      walk_to(below);
      next = after;
      Link(tail, next);
    }
    walk_to(-1);
    after = next;
    if (stem == top) break;
    below = stem;
    stem = above;
  }
  Link(tail, before == under ? after : behind);
  if (before != under) Link(before, after);
}

}  // namespace evenkeel
