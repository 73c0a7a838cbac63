// Products of networks' matrices, in single or mixed precision (Micikevicius and others, ICLR 2018): factors rounded to
// bfloat16, whose exponents are those of float32, so that no loss needs a scale; everything else stays in float32.
#pragma once

#include <torch/types.h>

namespace evenkeel {

/// As long as it lives, products of this thread are in mixed precision if `is_mixed`.
class ProductPrecision {
 public:
  explicit ProductPrecision(bool is_mixed);
  ~ProductPrecision();
  ProductPrecision(const ProductPrecision&) = delete;
  ProductPrecision& operator=(const ProductPrecision&) = delete;

 private:
  bool before_;
};

/// x [.. x inputs] weight^T + bias, weight [outputs x inputs]; no bias if undefined.
torch::Tensor Linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

/// start + x weight^T, start [.. x outputs], x [.. x inputs].
torch::Tensor AddLinear(const torch::Tensor& start, const torch::Tensor& x, const torch::Tensor& weight);

}  // namespace evenkeel
