#include "predictors/torch/recurrence.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/torch.h>

#include <vector>

namespace evenkeel {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

class RecurrentFunction : public torch::autograd::Function<RecurrentFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& w, const Tensor& u, const Tensor& b,
                        const Tensor& c, bool has_gradient) {
    const auto slots = x.size(0), batch = x.size(1), hidden = u.size(1), kept = has_gradient ? slots : 1;
    const auto buffer = [&](std::int64_t length, std::int64_t width) {
      return torch::empty({length, batch, width}, x.options());
    };
    const auto by_slot = [&](const Tensor& tensor) {
      std::vector<Tensor> views = tensor.unbind(0);
      views.resize(static_cast<std::size_t>(slots), views.back());  // every slot takes the same place if one is kept
      return views;
    };
    const Tensor of_x = torch::addmm(b, x.flatten(0, 1), w.t()).view({slots, batch, 3 * hidden});
    const Tensor of_h = buffer(kept, 3 * hidden), gates = buffer(kept, 2 * hidden), candidates = buffer(kept, hidden);
    const Tensor states = buffer(slots + 1, hidden);
    states.select(0, 0).zero_();
    const Tensor from_h = u.t().contiguous();  // which products pack faster
    const auto state = states.unbind(0), h_parts = by_slot(of_h), rz = by_slot(gates), n = by_slot(candidates);
    const auto h_gates = by_slot(of_h.narrow(2, 0, 2 * hidden)), h_new = by_slot(of_h.narrow(2, 2 * hidden, hidden));
    const auto x_gates = by_slot(of_x.narrow(2, 0, 2 * hidden)), x_new = by_slot(of_x.narrow(2, 2 * hidden, hidden));
    const auto r = by_slot(gates.narrow(2, 0, hidden)), z = by_slot(gates.narrow(2, hidden, hidden));
    for (std::size_t t = 0; t < static_cast<std::size_t>(slots); ++t) {
      Tensor to_h = h_parts[t], to_rz = rz[t], to_n = n[t], next = state[t + 1];
      torch::addmm_out(to_h, c, state[t], from_h);
      torch::add_out(to_rz, x_gates[t], h_gates[t]).sigmoid_();
      torch::addcmul_out(to_n, x_new[t], r[t], h_new[t]).tanh_();
      torch::lerp_out(next, to_n, state[t], z[t]);
    }
    context->save_for_backward({x, w, u, of_h, gates, candidates, states});
    context->saved_data["gradient of x"] = x.requires_grad();
    return states.narrow(0, 1, slots).clone();
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& outer) {
    const tensor_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &w = saved[1], &u = saved[2], &of_h = saved[3], &gates = saved[4], &n = saved[5];
    const auto slots = x.size(0), hidden = u.size(1);
    const Tensor before = saved[6].narrow(0, 0, slots);
    const Tensor r = gates.narrow(2, 0, hidden), z = gates.narrow(2, hidden, hidden);
    // What a change of h' does to the sums in the gates and in the candidate: all that does not depend on the change.
    const Tensor to_n = (1.0 - z) * (1.0 - n * n), to_r = to_n * of_h.narrow(2, 2 * hidden, hidden) * r * (1.0 - r);
    const Tensor factors = torch::cat({to_r, (before - n) * z * (1.0 - z), to_n * r}, 2);
    Tensor changes = torch::empty_like(before), of_sums = torch::empty_like(factors);
    const auto change = changes.unbind(0), sums = of_sums.unbind(0), given = outer[0].unbind(0), keep = z.unbind(0);
    const auto factor = factors.unflatten(2, {3, hidden}).unbind(0), sum3 = of_sums.unflatten(2, {3, hidden}).unbind(0);
    Tensor carried = torch::zeros_like(given[0]);
    for (auto t = static_cast<std::size_t>(slots); t-- > 0;) {
      Tensor now = change[t], to_sums = sum3[t];
      torch::add_out(now, given[t], carried);
      torch::mul_out(to_sums, factor[t], now.unsqueeze(1));
      carried = torch::addmm(now * keep[t], sums[t], u);
    }
    Tensor of_inputs = of_sums.clone();
    of_inputs.narrow(2, 2 * hidden, hidden).copy_(changes * to_n);
    const Tensor rows = of_sums.flatten(0, 1), input_rows = of_inputs.flatten(0, 1);
    const Tensor to_x =
        context->saved_data["gradient of x"].toBool() ? torch::matmul(input_rows, w).view_as(x) : Tensor();
    return {to_x,
            torch::matmul(input_rows.t(), x.flatten(0, 1)),
            torch::matmul(rows.t(), before.flatten(0, 1)),
            input_rows.sum(0),
            rows.sum(0),
            Tensor()};
  }
};

}  // namespace

Tensor RecurrentStates(const Tensor& x, const RecurrentWeights& weights) {
  return RecurrentFunction::apply(x, weights.input, weights.state, weights.input_bias, weights.state_bias,
                                  torch::GradMode::is_enabled());
}

}  // namespace evenkeel
