#include "predictors/torch/attention.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/torch.h>

#include <vector>

#include "predictors/torch/attention_loops.h"
#include "predictors/torch/dropout.h"

namespace evenkeel {

extern template void Attend(const AttentionSizes&, const float*, const float*, const float*, float*, float*);
extern template void AttendGradient(const AttentionSizes&, const float*, const float*, const float*, const float*,
                                    const float*, float*, float*, float*);

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

const float* Data(const Tensor& tensor) { return tensor.numel() > 0 ? tensor.data_ptr<float>() : nullptr; }

AttentionSizes SizesOf(const Tensor& queries, const Tensor& keys, std::int64_t heads) {
  return {queries.size(0), queries.size(1), keys.size(1), heads, queries.size(2) / heads};
}

class AttentionFunction : public torch::autograd::Function<AttentionFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& queries, const Tensor& keys, const Tensor& kept,
                        std::int64_t heads) {
    const Tensor q = queries.contiguous(), k = keys.contiguous();
    const AttentionSizes sizes = SizesOf(q, k, heads);
    const Tensor weights = torch::empty({sizes.rows, heads, sizes.asked, sizes.tokens}, q.options());
    const Tensor seen = torch::empty(q.sizes(), q.options());
    Attend(sizes, Data(q), Data(k), Data(kept), weights.data_ptr<float>(), seen.data_ptr<float>());
    context->save_for_backward({q, k, kept, weights});
    context->saved_data["heads"] = heads;
    return seen;
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& outer) {
    const tensor_list saved = context->get_saved_variables();
    const Tensor &q = saved[0], &k = saved[1], &kept = saved[2], &weights = saved[3], given = outer[0].contiguous();
    const AttentionSizes sizes = SizesOf(q, k, context->saved_data["heads"].toInt());
    std::vector<float> change(static_cast<std::size_t>(sizes.tokens));
    const Tensor to_q = torch::empty(q.sizes(), q.options()), to_k = torch::empty(k.sizes(), k.options());
    AttendGradient(sizes, Data(q), Data(k), Data(kept), Data(weights), Data(given), change.data(),
                   to_q.data_ptr<float>(), to_k.data_ptr<float>());
    return {to_q, to_k, Tensor(), Tensor()};
  }
};

}  // namespace

Tensor Attended(const Tensor& queries, const Tensor& keys_values, std::int64_t heads, double share) {
  const AttentionSizes sizes = SizesOf(queries, keys_values, heads);
  const Tensor kept = DropoutFactors({sizes.asked, sizes.rows, heads, sizes.tokens}, share, queries.options());
  const Tensor none = torch::empty({0}, queries.options());  // functions take no undefined tensors
  if (queries.is_cpu()) return AttentionFunction::apply(queries, keys_values, kept.defined() ? kept : none, heads);
  const auto by_head = [&](const Tensor& x) { return x.unflatten(2, {heads, sizes.width}).transpose(1, 2); };
  const auto others = keys_values.split(sizes.hidden(), 2);
  Tensor weights = torch::matmul(by_head(queries) * sizes.scale(), by_head(others[0]).transpose(2, 3)).softmax(-1);
  if (kept.defined()) weights = weights * kept.permute({1, 2, 0, 3});
  return torch::matmul(weights, by_head(others[1])).transpose(1, 2).flatten(2);
}

}  // namespace evenkeel
