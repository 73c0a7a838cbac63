#include "models/world/metrics.h"

#include <algorithm>
#include <vector>

#include "models/base/error.h"

namespace evenkeel {

Spread ComputeSpread(const VectorRef& values) {
  EVENKEEL_CHECK_GE(values.size(), 1);
  const double n = static_cast<double>(values.size());
  Spread spread;
  spread.sum = values.sum();
  spread.mean = spread.sum / n;
  spread.max = values.maxCoeff();
  const double squares = values.squaredNorm();
  if (squares == 0.0 || spread.mean == 0.0) return spread;
  spread.par = spread.max / spread.mean;
  spread.jain = spread.sum * spread.sum / (n * squares);
  std::vector<double> sorted(values.data(), values.data() + values.size());
  std::sort(sorted.begin(), sorted.end());
  // sum_ij |v_i - v_j| = 2 sum_r (2 r - n + 1) v_(r) over the sorted values, r = 0 .. n-1.
  double weighted = 0.0;
  for (std::size_t r = 0; r < sorted.size(); ++r) weighted += (2.0 * static_cast<double>(r) - n + 1.0) * sorted[r];
  spread.gini = weighted / (n * spread.sum);
  return spread;
}

}  // namespace evenkeel
