// The way back along the segment from the advice to the expert's decision.
#pragma once

#include "robustifiers/budget.h"

namespace evenkeel {

/// The smallest alpha in [0, 1] for which (1 - alpha) advice + alpha expert is safe, 1 when only the expert's decision
/// is. Newton's method from the left on a concave function: exact up to rounding, after finitely many steps for the
/// norms 1 and inf. Where the budget stops rising short of zero by `rounding`, USD, or less, that is the answer: it is
/// as safe as the expert's decision, whose budget is no larger.
double SmallestSafeAlpha(const SlotBudget& budget, const Increment& advice, const Increment& expert,
                         double rounding = 0.0);

/// result = (1 - alpha) a + alpha b. The ends are copied to the bit.
void Mix(const Allocation& a, const Allocation& b, double alpha, Allocation* result);

}  // namespace evenkeel
