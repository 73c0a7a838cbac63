#include "predictors/torch/dropout.h"

#include <torch/torch.h>

#include <cmath>

namespace evenkeel {

torch::Tensor Dropped(const torch::Tensor& x, double share) {
  constexpr double kSteps = 32768.0;
  const double kept = std::round((1.0 - share) * kSteps);
  if (kept == kSteps) return x;
  constexpr int kPerDraw = 4;
  const auto draws = torch::empty({(x.numel() + kPerDraw - 1) / kPerDraw}, x.options().dtype(torch::kInt64)).random_();
  // random_ leaves the sign of every draw 0.
  const auto bits = draws.view(torch::kInt16).narrow(0, 0, x.numel()).view(x.sizes()).bitwise_and(0x7fff);
  return x * bits.lt(kept).to(x.scalar_type()).mul_(kSteps / kept);
}

}  // namespace evenkeel
