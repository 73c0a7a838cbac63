// The loops of predictors/torch/attention.h for one processor, without LibTorch, whose batched products take a call for
// each of thousands of small matrices.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace evenkeel {

/// Rows attend on their own, heads too. Arrays: queries [rows x asked x heads x width], keys and values side by side
/// [rows x tokens x 2 x heads x width], weights [rows x heads x asked x tokens], factors of dropout (`kept`)
/// [asked x rows x heads x tokens] or none; what comes out has the shape of the queries.
struct AttentionSizes {
  std::int64_t rows, asked, tokens, heads, width;

  std::int64_t hidden() const { return heads * width; }
  double scale() const { return 1.0 / std::sqrt(static_cast<double>(width)); }
  std::int64_t query(std::int64_t row, std::int64_t head, std::int64_t i) const {
    return (row * asked + i) * hidden() + head * width;
  }
  /// Its value is hidden() further on.
  std::int64_t key(std::int64_t row, std::int64_t head, std::int64_t j) const {
    return (row * tokens + j) * 2 * hidden() + head * width;
  }
  std::int64_t weight(std::int64_t row, std::int64_t head, std::int64_t i) const {
    return ((row * heads + head) * asked + i) * tokens;
  }
  std::int64_t kept(std::int64_t row, std::int64_t head, std::int64_t i) const {
    return ((i * rows + row) * heads + head) * tokens;
  }
};

/// In several sums, which the compiler may not make of one by itself.
template <typename Real>
Real DotProduct(const Real* a, const Real* b, std::int64_t size) {
  constexpr int kSums = 8;
  Real sums[kSums] = {}, sum = 0;
  std::int64_t d = 0;
  for (; d + kSums <= size; d += kSums) {
    for (int k = 0; k < kSums; ++k) sums[k] += a[d + k] * b[d + k];
  }
  for (; d < size; ++d) sum += a[d] * b[d];
  for (Real one : sums) sum += one;
  return sum;
}

template <typename Real>
void AddTimes(Real factor, const Real* x, std::int64_t size, Real* __restrict sum) {
  for (std::int64_t d = 0; d < size; ++d) sum[d] += factor * x[d];
}

template <typename Real>
void Softmax(std::int64_t size, Real* values) {
  const Real largest = *std::max_element(values, values + size);
  Real sum = 0;
  for (std::int64_t j = 0; j < size; ++j) sum += values[j] = std::exp(values[j] - largest);
  for (std::int64_t j = 0; j < size; ++j) values[j] /= sum;
}

/// Also the weights, before some of them rest, for the gradient.
template <typename Real>
void Attend(const AttentionSizes& sizes, const Real* queries, const Real* keys, const Real* kept, Real* weights,
            Real* seen) {
  const auto scale = static_cast<Real>(sizes.scale());
  for (std::int64_t row = 0; row < sizes.rows; ++row) {
    for (std::int64_t head = 0; head < sizes.heads; ++head) {
      for (std::int64_t i = 0; i < sizes.asked; ++i) {
        const Real* query = queries + sizes.query(row, head, i);
        const Real* key = keys + sizes.key(row, head, 0);
        const Real* keep = kept == nullptr ? nullptr : kept + sizes.kept(row, head, i);
        Real *weight = weights + sizes.weight(row, head, i), *out = seen + sizes.query(row, head, i);
        const std::int64_t apart = 2 * sizes.hidden();
        for (std::int64_t j = 0; j < sizes.tokens; ++j)
          weight[j] = scale * DotProduct(query, key + j * apart, sizes.width);
        Softmax(sizes.tokens, weight);
        std::fill(out, out + sizes.width, Real{0});
        for (std::int64_t j = 0; j < sizes.tokens; ++j)
          AddTimes(keep == nullptr ? weight[j] : weight[j] * keep[j], key + j * apart + sizes.hidden(), sizes.width,
                   out);
      }
    }
  }
}

/// From the gradient of what Attend has made. `change` has room for `tokens` numbers.
template <typename Real>
void AttendGradient(const AttentionSizes& sizes, const Real* queries, const Real* keys, const Real* kept,
                    const Real* weights, const Real* outer, Real* change, Real* to_queries, Real* to_keys) {
  const auto scale = static_cast<Real>(sizes.scale());
  const std::int64_t apart = 2 * sizes.hidden(), hidden = sizes.hidden(), width = sizes.width;
  std::fill(to_queries, to_queries + sizes.rows * sizes.asked * hidden, Real{0});
  std::fill(to_keys, to_keys + sizes.rows * sizes.tokens * apart, Real{0});
  for (std::int64_t row = 0; row < sizes.rows; ++row) {
    for (std::int64_t head = 0; head < sizes.heads; ++head) {
      const Real* key = keys + sizes.key(row, head, 0);
      Real* to_key = to_keys + sizes.key(row, head, 0);
      for (std::int64_t i = 0; i < sizes.asked; ++i) {
        const std::int64_t at = sizes.query(row, head, i);
        const Real* weight = weights + sizes.weight(row, head, i);
        const Real* keep = kept == nullptr ? nullptr : kept + sizes.kept(row, head, i);
        Real mean = 0;
        for (std::int64_t j = 0; j < sizes.tokens; ++j) {
          const Real share = keep == nullptr ? Real{1} : keep[j];
          change[j] = share * DotProduct(outer + at, key + j * apart + hidden, width);
          mean += weight[j] * change[j];
          AddTimes(weight[j] * share, outer + at, width, to_key + j * apart + hidden);
        }
        for (std::int64_t j = 0; j < sizes.tokens; ++j) {
          const Real to_score = scale * weight[j] * (change[j] - mean);
          AddTimes(to_score, key + j * apart, width, to_queries + at);
          AddTimes(to_score, queries + at, width, to_key + j * apart);
        }
      }
    }
  }
}

}  // namespace evenkeel
