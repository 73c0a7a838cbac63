#include "predictors/torch/products.h"

#include <torch/torch.h>

namespace evenkeel {
namespace {

thread_local bool is_mixed_now = false;

torch::Tensor Rounded(const torch::Tensor& x) { return x.to(torch::kBFloat16); }

}  // namespace

ProductPrecision::ProductPrecision(bool is_mixed) : before_(is_mixed_now) { is_mixed_now = is_mixed; }

ProductPrecision::~ProductPrecision() { is_mixed_now = before_; }

torch::Tensor Linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  if (!is_mixed_now) return torch::linear(x, weight, bias);
  const torch::Tensor product = torch::linear(Rounded(x), Rounded(weight)).to(torch::kFloat32);
  return bias.defined() ? product + bias : product;
}

torch::Tensor AddLinear(const torch::Tensor& start, const torch::Tensor& x, const torch::Tensor& weight) {
  if (is_mixed_now) return start + Linear(x, weight, {});
  return torch::addmm(start.flatten(0, -2), x.flatten(0, -2), weight.t()).view_as(start);
}

}  // namespace evenkeel
