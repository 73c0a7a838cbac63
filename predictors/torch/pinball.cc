#include "predictors/torch/pinball.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/torch.h>

#include <iterator>
#include <vector>

namespace evenkeel {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;

constexpr int kDownPlane = 0, kMedianPlane = 1, kUpPlane = 2;  // as kNeuralQuantiles

Tensor Planes(const Tensor& raw) {
  return raw.unflatten(-1, {kNumNeuralQuantiles, raw.size(-1) / kNumNeuralQuantiles});
}

Tensor Steps(const Tensor& planes) { return planes.slice(-2, kDownPlane, kNumNeuralQuantiles, kUpPlane - kDownPlane); }

/// l - 1/2 of the planes, [3 x 1].
Tensor Tilts(const Tensor& like) {
  const Tensor levels = torch::tensor(std::vector<float>(std::begin(kNeuralQuantiles), std::end(kNeuralQuantiles)));
  return (levels - 0.5).unsqueeze(1).to(like.device(), true);
}

/// log(1 + exp(x)) = max(x, 0) - log sigmoid |x|, to 1e-7 of 1: kernels for these use vectors, those for log1p don't.
Tensor Softplus(const Tensor& x) { return x.clamp_min(0.0).sub_(x.abs().sigmoid_().log_()); }

/// The gradient is made along with the loss, in a few passes over memory where automatic differentiation takes thirty.
class PinballFunction : public torch::autograd::Function<PinballFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& raw, const Tensor& target, const Tensor& weight) {
    const Tensor planes = Planes(raw), steps = Steps(planes);
    const Tensor sizes = Softplus(steps);
    Tensor errors = torch::empty(planes.sizes(), planes.options());
    Tensor median = errors.select(-2, kMedianPlane), down = errors.select(-2, kDownPlane),
           up = errors.select(-2, kUpPlane);
    torch::sub_out(median, target, planes.select(-2, kMedianPlane));
    torch::add_out(down, median, sizes.select(-2, 0));
    torch::sub_out(up, median, sizes.select(-2, 1));
    // The loss is slope times error.
    Tensor slopes = torch::add(Tilts(raw), errors.sign(), 0.5);
    slopes.mul_((weight / static_cast<double>(raw.numel())).unsqueeze(-1));
    const Tensor loss = errors.mul_(slopes).sum();
    if (raw.requires_grad()) {
      Tensor gradient = errors;  // its place
      torch::sum_out(median, slopes, std::vector<std::int64_t>{-2});
      median.neg_();
      Tensor moves = Steps(gradient);
      torch::mul_out(moves, Steps(slopes), torch::sigmoid(steps));
      up.neg_();
      context->save_for_backward({gradient.flatten(-2)});
    }
    return loss;
  }

  static torch::autograd::tensor_list backward(AutogradContext* context, const torch::autograd::tensor_list& outer) {
    return {context->get_saved_variables()[0] * outer[0], Tensor(), Tensor()};
  }
};

}  // namespace

Tensor InPlanes(const Tensor& parameter, PlaneRange planes) {
  return parameter.unflatten(0, {parameter.size(0) / kNumNeuralQuantiles, kNumNeuralQuantiles})
      .narrow(1, planes.first, planes.count)
      .transpose(0, 1)
      .flatten(0, 1);
}

Tensor QuantilesOf(const Tensor& raw) {
  const Tensor planes = Planes(raw), median = planes.select(-2, kMedianPlane);
  return torch::stack({median - torch::softplus(planes.select(-2, kDownPlane)), median,
                       median + torch::softplus(planes.select(-2, kUpPlane))},
                      -1);
}

Tensor PinballLoss(const Tensor& raw, const Tensor& target, const Tensor& weight) {
  return PinballFunction::apply(raw, target, weight);
}

}  // namespace evenkeel
