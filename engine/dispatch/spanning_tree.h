// A rooted spanning tree whose subtrees can be hung elsewhere: the basis of a network simplex method.
//
// Every node but the root has a parent and an arc to it, with a number for the arc and its flow. Children are in linked
// lists, so that cutting and hanging take constant time and walking a subtree takes time in its size.
#pragma once

#include <vector>

#include "models/base/linear_algebra.h"

namespace evenkeel {

struct SpanningTree {
  explicit SpanningTree(int num_nodes);  ///< node num_nodes - 1 is the root

  int root() const { return static_cast<int>(parent.size()) - 1; }

  /// Makes all nodes children of the root.
  void Reset();
  /// Hangs `node`, with the subtree below it, under `under`.
  void Hang(int node, int under);
  /// Turns the subtree below `top` upside down, so that `node` of it becomes its top, and hangs it under `under`. Arcs
  /// and flows stay with the pairs of nodes that they join; `node` gets `new_arc` with `new_flow`.
  void Rehang(int top, int node, int under, int new_arc, double new_flow);
  /// The next node after `node` in the walk over the subtree of `top`, parents first; -1 at its end.
  int Next(int node, int top) const;

  std::vector<int> parent;  ///< [nodes], -1 for the root
  std::vector<int> arc;     ///< [nodes], the arc to the parent
  std::vector<int> depth;   ///< [nodes], 0 for the root; left to the caller, who walks what it hung anyway
  Vector flow;              ///< [nodes], on that arc

 private:
  void Cut(int node);

  std::vector<int> first_child_, next_sibling_, previous_sibling_;  // -1: none
};

}  // namespace evenkeel
