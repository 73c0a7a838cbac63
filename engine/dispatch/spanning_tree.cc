#include "engine/dispatch/spanning_tree.h"

#include <algorithm>
#include <utility>

namespace evenkeel {

SpanningTree::SpanningTree(int num_nodes)
    : parent(num_nodes),
      arc(num_nodes, -1),
      depth(num_nodes),
      flow(Vector::Zero(num_nodes)),
      first_child_(num_nodes),
      next_sibling_(num_nodes),
      previous_sibling_(num_nodes) {
  Reset();
}

void SpanningTree::Reset() {
  const int top = root();
  std::fill(first_child_.begin(), first_child_.end(), -1);
  std::fill(depth.begin(), depth.end(), 1);
  for (int node = 0; node < top; ++node) {
    parent[node] = top;
    previous_sibling_[node] = node - 1;
    next_sibling_[node] = node + 1 < top ? node + 1 : -1;
  }
  if (top > 0) first_child_[top] = 0;
  parent[top] = next_sibling_[top] = previous_sibling_[top] = -1;
  depth[top] = 0;
}

void SpanningTree::Cut(int node) {
  const int next = next_sibling_[node], previous = previous_sibling_[node];
  if (next >= 0) previous_sibling_[next] = previous;
  (previous >= 0 ? next_sibling_[previous] : first_child_[parent[node]]) = next;
}

void SpanningTree::Hang(int node, int under) {
  Cut(node);
  parent[node] = under;
  const int first = first_child_[under];
  next_sibling_[node] = first;
  previous_sibling_[node] = -1;
  if (first >= 0) previous_sibling_[first] = node;
  first_child_[under] = node;
}

void SpanningTree::Rehang(int top, int node, int under, int new_arc, double new_flow) {
  int below = under;
  while (true) {
    const int above = parent[node];
    Hang(node, below);
    std::swap(arc[node], new_arc);
    std::swap(flow[node], new_flow);
    if (node == top) return;
    below = node;
    node = above;
  }
}

int SpanningTree::Next(int node, int top) const {
  if (first_child_[node] >= 0) return first_child_[node];
  while (node != top) {
    if (next_sibling_[node] >= 0) return next_sibling_[node];
    node = parent[node];
  }
  return -1;
}

}  // namespace evenkeel
