// A period whose optimum is known for three norms: two regions, one gateway, two slots.
//
// Demand 1 in both slots, capacity 1, one group with h = 1 everywhere and weight 10, price 0 on r0 and 4 on r1. Let y
// in [0, 2] be the work on r1 over both slots; which slot it is in does not matter. J(y) = 4 y + 10 ||(2 - y, y)||_q.
//   q = inf: 4 y + 10 max(2 - y, y): falls by 6 per unit until y = 1, J = 4 + 10 = 14, prices (7, 3): 7 = 4 + 3 and 7 +
//   3 = 10. q = 1:   4 y + 20: y = 0, J = 20, prices (10, 10). q = 2:   with u = 1 - y the norm is s = sqrt(2 + 2 u^2)
//   and ds/du = 2 u / s, so that 4 = 20 u / s gives s = 5 u, u^2 = 2/23 and
//            J = 4 (1 - u) + 50 u = 4 + 46 sqrt(2/23), prices 10 (1 + u, 1 - u) / (5 u).
#pragma once

#include "tests/reference/play.h"

namespace evenkeel {

/// `lower` is taken off all prices: 1 makes r0's negative, J lower by 2, and the shift 2.
inline Trace TwoRegionTrace(double lower = 0.0) {
  Trace trace = PlainTrace(2, 1, 2);
  trace.signals.capacity.setOnes();
  trace.signals.carbon_intensity.setOnes();
  trace.signals.price.col(0).setConstant(0.0 - lower);
  trace.signals.price.col(1).setConstant(4.0 - lower);
  return trace;
}

}  // namespace evenkeel
