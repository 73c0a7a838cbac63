#include "predictors/torch/line_twin.h"

#include <torch/autograd.h>
#include <torch/utils.h>

#include <cmath>

namespace evenkeel {
namespace {

using torch::Tensor;

constexpr int kMaxSteps = 100;
constexpr double kRounding = 1e-14;  // of the sums that a budget is the difference of

/// R_q over the last dimension.
Tensor Reserve(const Tensor& difference, double q) {
  if (std::isinf(q)) return difference.amax(-1);
  if (q == 1.0) return difference.sum(-1);
  return TwinNorm(difference.clamp_min(0.0), q);
}

Tensor Budget(const PriceShape& shape, const LineTensors& s, const Tensor& alpha) {
  const Tensor increment = s.advice + alpha.unsqueeze(-1) * (s.expert - s.advice);
  Tensor value = s.room - increment.select(-1, 0);
  const Tensor load = s.difference + increment.narrow(-1, 1, shape.num_buckets());
  int first = 0;
  for (std::size_t k = 0; k < shape.buckets.size(); ++k) {
    value = value - shape.weight[k] * Reserve(load.narrow(-1, first, shape.buckets[k]), shape.norm[k]);
    first += shape.buckets[k];
  }
  return value;
}

struct Root {
  Tensor alpha, slope;
};

/// Newton's method from the left on a concave function, all slots in step.
Root FindRoot(const PriceShape& shape, const LineTensors& s) {
  Tensor alpha = torch::zeros_like(s.room), slope = torch::ones_like(s.room);
  const Tensor tolerance = kRounding * (s.room.abs() + s.advice.select(-1, 0).abs() + s.expert.select(-1, 0).abs());
  for (int step = 0; step < kMaxSteps; ++step) {
    const torch::AutoGradMode gradients(true);
    const Tensor at = alpha.detach().requires_grad_(true);
    const Tensor value = Budget(shape, s, at);
    const Tensor done = (value.detach() >= -tolerance).logical_or(alpha >= 1.0);
    const Tensor here = torch::autograd::grad({value.sum()}, {at})[0];
    slope = torch::where(here > 0.0, here, torch::ones_like(here));
    if (done.all().item<bool>()) break;
    // Concave and not rising: no safe point further on, but the expert's.
    const Tensor next = torch::where(here > 0.0, alpha - value.detach() / slope, torch::ones_like(alpha));
    alpha = torch::where(done, alpha, next.clamp(0.0, 1.0));
  }
  return {alpha, slope};
}

Tensor Row(const std::vector<double>& values) { return torch::tensor(values, torch::kFloat64).unsqueeze(0); }

}  // namespace

Tensor TwinNorm(const Tensor& v, double q) {
  if (std::isinf(q)) return v.amax(-1);
  if (q == 1.0) return v.sum(-1);
  constexpr double kTiny = 1e-200;  // in place of 0, whose root has no slope
  const Tensor largest = v.detach().amax(-1, true).clamp_min(kTiny);
  return largest.squeeze(-1) * (v / largest).pow(q).sum(-1).clamp_min(kTiny).pow(1.0 / q);
}

Tensor TwinAlpha(const PriceShape& shape, const LineTensors& s) {
  const Root root = FindRoot(shape, {s.room.detach(), s.difference.detach(), s.advice.detach(), s.expert.detach()});
  const Tensor inside = (root.alpha > 0.0).logical_and(root.alpha < 1.0);
  const Tensor value = Budget(shape, s, root.alpha);
  const Tensor moves = (value - value.detach()) / root.slope;  // 0, with the root's gradient
  return root.alpha - torch::where(inside, moves, torch::zeros_like(moves));
}

LineAlpha TwinOfLine(const PriceShape& shape, const LineSlot& slot) {
  LineTensors s{torch::tensor({slot.room}, torch::kFloat64), Row(slot.difference), Row(slot.advice), Row(slot.expert)};
  const std::vector<Tensor> inputs = {s.room.requires_grad_(true), s.difference.requires_grad_(true),
                                      s.advice.requires_grad_(true), s.expert.requires_grad_(true)};
  const Tensor alpha = TwinAlpha(shape, s);
  alpha.sum().backward();
  LineAlpha result{alpha.item<double>(), {}};
  for (const Tensor& input : inputs) {
    const Tensor gradient = (input.grad().defined() ? input.grad() : torch::zeros_like(input)).contiguous();
    result.gradient.insert(result.gradient.end(), gradient.data_ptr<double>(),
                           gradient.data_ptr<double>() + gradient.numel());
  }
  return result;
}

}  // namespace evenkeel
