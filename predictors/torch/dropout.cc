#include "predictors/torch/dropout.h"

#include <torch/torch.h>

#include <cmath>

namespace evenkeel {

torch::Tensor DropoutFactors(torch::IntArrayRef sizes, double share, const torch::TensorOptions& options) {
  constexpr double kSteps = 32768.0;
  const double kept = std::round((1.0 - share) * kSteps);
  if (kept == kSteps) return {};
  constexpr int kPerDraw = 4;
  const std::int64_t count = c10::multiply_integers(sizes);
  const auto draws = torch::empty({(count + kPerDraw - 1) / kPerDraw}, options.dtype(torch::kInt64)).random_();
  // random_ leaves the sign of every draw 0.
  const auto bits = draws.view(torch::kInt16).narrow(0, 0, count).view(sizes).bitwise_and(0x7fff);
  return bits.lt(kept).to(torch::typeMetaToScalarType(options.dtype())).mul_(kSteps / kept);
}

torch::Tensor Dropped(const torch::Tensor& x, double share) {
  const torch::Tensor factors = DropoutFactors(x.sizes(), share, x.options());
  return factors.defined() ? x * factors : x;
}

}  // namespace evenkeel
