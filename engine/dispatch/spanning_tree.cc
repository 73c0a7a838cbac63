#include "engine/dispatch/spanning_tree.h"

#include <algorithm>

namespace evenkeel {

SpanningTree::SpanningTree(int num_nodes)
    : nodes_(num_nodes, Node{-1, -1, 0.0}),
      list_(num_nodes, Entry{-1, 0}),
      previous_(num_nodes, -1),
      first_child_(num_nodes),
      next_sibling_(num_nodes),
      previous_sibling_(num_nodes) {
  Reset();
}

void SpanningTree::Reset() {
  const int top = root();
  std::fill(first_child_.begin(), first_child_.end(), -1);
  for (int node = 0; node < top; ++node) {
    nodes_[node].parent = top;
    next_sibling_[node] = node + 1 < top ? node + 1 : -1;
    list_[node] = {next_sibling_[node], 1};
    previous_sibling_[node] = node - 1;
    previous_[node] = node > 0 ? node - 1 : top;
  }
  list_[top].next = -1;
  previous_sibling_[top] = next_sibling_[top] = -1;
  if (top == 0) return;
  Link(top, 0);
  first_child_[top] = 0;
}

void SpanningTree::Cut(int node) {
  const int next = next_sibling_[node], previous = previous_sibling_[node];
  if (next >= 0) previous_sibling_[next] = previous;
  (previous >= 0 ? next_sibling_[previous] : first_child_[nodes_[node].parent]) = next;
}

void SpanningTree::Hang(int node, int under) {
  Cut(node);
  nodes_[node].parent = under;
  const int first = first_child_[under];
  next_sibling_[node] = first;
  previous_sibling_[node] = -1;
  if (first >= 0) previous_sibling_[first] = node;
  first_child_[under] = node;
}

void SpanningTree::Thread() {
  int tail = root();
  while (true) {
    int next = first_child_[tail];
    for (int node = tail; next < 0 && node >= 0; node = nodes_[node].parent) next = next_sibling_[node];
    Link(tail, next);
    if (next < 0) return;
    list_[next].depth = list_[nodes_[next].parent].depth + 1;
    tail = next;
  }
}

}  // namespace evenkeel
