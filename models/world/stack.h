// Quantities per group and bucket in one row, as solvers over all groups need them:
//
//   row     L^1, L^2, ...             [buckets of all groups]
//   stack   c . x, L^1, L^2, ...      [1 + buckets of all groups]: what a decision costs and loads. Its prices, or its
//                                     gradient, are (1, gamma^1, gamma^2, ...).
#pragma once

#include "models/world/problem.h"

namespace evenkeel {

int RowSize(const Problem& problem);
inline int StackSize(const Problem& problem) { return 1 + RowSize(problem); }

/// The group's part of a row, [buckets].
template <typename Row>
auto PartOfRow(const Group& group, Row& row) {
  return row.segment(group.first_bucket, group.num_buckets());
}

/// The group's part of a stack, [buckets].
template <typename Stack>
auto PartOfStack(const Group& group, Stack& stack) {
  return stack.segment(1 + group.first_bucket, group.num_buckets());
}

/// Loads, or prices, in a row. `row` has its size.
void FillRow(const Problem& problem, const Loads& loads, Eigen::Ref<Vector> row);
/// What costs `cost` and loads `loads` as a stack. `stack` has its size.
void FillStack(const Problem& problem, double cost, const Loads& loads, Eigen::Ref<Vector> stack);
/// Back again; `loads` have their sizes.
void SplitRow(const Problem& problem, const Eigen::Ref<const Vector>& row, Loads* loads);

}  // namespace evenkeel
