#include "models/world/stack.h"

namespace evenkeel {

int RowSize(const Problem& problem) {
  if (problem.groups.empty()) return 0;
  return problem.groups.back().first_bucket + problem.groups.back().num_buckets();
}

void FillRow(const Problem& problem, const Loads& loads, Eigen::Ref<Vector> row) {
  for (int k = 0; k < problem.num_groups(); ++k) PartOfRow(problem.groups[k], row) = loads[k];
}

void FillStack(const Problem& problem, double cost, const Loads& loads, Eigen::Ref<Vector> stack) {
  stack[0] = cost;
  FillRow(problem, loads, stack.tail(RowSize(problem)));
}

void SplitRow(const Problem& problem, const Eigen::Ref<const Vector>& row, Loads* loads) {
  for (int k = 0; k < problem.num_groups(); ++k) (*loads)[k] = PartOfRow(problem.groups[k], row);
}

}  // namespace evenkeel
