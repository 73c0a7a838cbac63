#include "robustifiers/line.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace evenkeel {

double SmallestSafeAlpha(const SlotBudget& budget, const Increment& advice, const Increment& expert, double rounding) {
  constexpr int kMaxSteps = 100;
  constexpr double kLastBit = std::numeric_limits<double>::epsilon();
  double alpha = 0.0, last_value = -std::numeric_limits<double>::infinity(), stalled = 0.0;
  for (int step = 0; step < kMaxSteps; ++step) {
    const SlotBudget::OnSegment at = budget.ValueOnSegment(advice, expert, alpha);
    if (at.value >= 0.0) return alpha;
    // Concave and not rising: no point further on has a larger budget, not even the expert's decision, which is safe
    // by theorem 4 but for rounding.
    if (!(at.slope > 0.0)) return at.value >= -rounding ? alpha : 1.0;
    // The tangent lies above the budget, so that its root is never beyond the smallest safe alpha; the last bit goes
    // up. Where loads that nearly cancel hide so short a step in their rounding, steps grow until the budget shows one.
    if (!(at.value > last_value)) stalled = std::max(4.0 * stalled, kLastBit * alpha);
    last_value = at.value;
    const double next = alpha - at.value / at.slope;
    alpha = std::max(next > alpha ? next : std::nextafter(alpha, 2.0) + kLastBit * alpha, alpha + stalled);
    if (!(alpha < 1.0)) return 1.0;
  }
  return 1.0;
}

void Mix(const Allocation& a, const Allocation& b, double alpha, Allocation* result) {
  if (alpha == 0.0 || alpha == 1.0) {
    *result = alpha == 0.0 ? a : b;
    return;
  }
  result->flow = (1.0 - alpha) * a.flow + alpha * b.flow;
  result->shed = (1.0 - alpha) * a.shed + alpha * b.shed;
}

}  // namespace evenkeel
