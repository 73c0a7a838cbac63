// The online algorithm of eGLB (arXiv 2307.05494): dual mirror descent on the prices, after Balseiro, Lu and Mirrokni.
//
// With weighted footprints f_t(x) = mu_k h^k_t x (USD) and kappa the prices per USD of footprint:
//   x_t         dispatch at prices kappa
//   z_t         argmin of ||z||_q - <kappa, z> over ||z||_q <= cap * buckets^(1/q): zero when ||kappa||_{q*} <= 1
//   kappa_{t+1} = max(0, kappa_t + step (f_t(x_t) - z_t))
// cap is the largest weighted coefficient seen so far (the published code takes the whole period's, which nobody
// knows).
#pragma once

#include <memory>

#include "engine/policy.h"

namespace evenkeel {

struct DualMirrorDescentOptions {
  double step = 1e-5;  ///< 1/USD, > 0
};

std::unique_ptr<Policy> MakeDualMirrorDescent(const Problem& problem, const DualMirrorDescentOptions& options);

}  // namespace evenkeel
