#include "live/service/canary.h"

namespace evenkeel {

RowMatrix SharesToApply(LiveMode mode, const CanaryOptions& options, const RowMatrix& decided,
                        const RowMatrix& before) {
  if (mode == LiveMode::kActive) return decided;
  RowMatrix applied = RowMatrix::Zero(decided.rows(), decided.cols());
  if (mode == LiveMode::kShadow) return applied;
  for (const int j : options.gateways) {
    applied.row(j) = decided.row(j);
    if (before.rows() != decided.rows() || before.row(j).sum() <= 0.0 || decided.row(j).sum() <= 0.0) continue;
    const double moved = 0.5 * (decided.row(j) - before.row(j)).cwiseAbs().sum();
    if (moved > options.step)
      applied.row(j) = before.row(j) + (decided.row(j) - before.row(j)) * (options.step / moved);
  }
  return applied;
}

}  // namespace evenkeel
