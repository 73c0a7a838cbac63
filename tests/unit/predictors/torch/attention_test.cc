// The loops of attention: by hand, against the formula term by term, and their gradients against differences.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/base/random.h"
#include "predictors/torch/attention_loops.h"

namespace evenkeel {
namespace {

using Values = std::vector<double>;

Values Seen(const AttentionSizes& sizes, const Values& queries, const Values& keys, const Values& kept,
            Values* weights) {
  Values seen(queries.size());
  weights->resize(static_cast<std::size_t>(sizes.rows * sizes.heads * sizes.asked * sizes.tokens));
  Attend(sizes, queries.data(), keys.data(), kept.empty() ? nullptr : kept.data(), weights->data(), seen.data());
  return seen;
}

// Scores 0 and log 3, so that the weights are 1/4 and 3/4 of the values 4 and 8; then the first rests, and the second
// counts twice.
TEST(Attention, ByHand) {
  const AttentionSizes sizes{1, 1, 2, 1, 1};
  Values weights;
  EXPECT_NEAR(Seen(sizes, {2.0}, {0.0, 4.0, std::log(3.0) / 2.0, 8.0}, {}, &weights)[0], 7.0, 1e-12);
  EXPECT_NEAR(weights[0], 0.25, 1e-15);
  EXPECT_NEAR(Seen(sizes, {2.0}, {0.0, 4.0, std::log(3.0) / 2.0, 8.0}, {0.0, 2.0}, &weights)[0], 12.0, 1e-12);
  EXPECT_NEAR(weights[0], 0.25, 1e-15) << "before dropout";
}

struct Instance {
  AttentionSizes sizes;
  Values queries, keys, kept;
};

std::vector<Instance> Instances() {
  std::vector<Instance> instances;
  for (const AttentionSizes& sizes : {AttentionSizes{2, 3, 3, 2, 2}, AttentionSizes{3, 1, 7, 4, 16},
                                      AttentionSizes{1, 2, 5, 1, 11}, AttentionSizes{2, 7, 7, 3, 8}}) {
    const auto seed = static_cast<std::uint32_t>(instances.size());
    const auto draw = [&](std::int64_t count, std::uint32_t index) {
      Values values;
      for (std::int64_t i = 0; i < count; ++i)
        values.push_back(Normal({seed, RandomPurpose::kErrorInjection, index}, static_cast<std::uint64_t>(i)));
      return values;
    };
    Instance one{sizes,
                 draw(sizes.rows * sizes.asked * sizes.hidden(), 1),
                 draw(sizes.rows * sizes.tokens * 2 * sizes.hidden(), 2),
                 {}};
    instances.push_back(one);
    one.kept = draw(sizes.asked * sizes.rows * sizes.heads * sizes.tokens, 3);
    for (double& factor : one.kept) factor = factor < -1.0 ? 0.0 : 1.25;
    instances.push_back(one);
  }
  return instances;
}

/// Value d of what query i of a row and head sees.
double OneByOne(const Instance& in, std::int64_t row, std::int64_t head, std::int64_t i, std::int64_t d) {
  const auto [rows, asked, tokens, heads, width] = in.sizes;
  const auto at = [](const Values& values, std::int64_t index) { return values[static_cast<std::size_t>(index)]; };
  const auto key = [&, tokens = tokens, heads = heads, width = width](std::int64_t j, int part, std::int64_t k) {
    return at(in.keys, (((row * tokens + j) * 2 + part) * heads + head) * width + k);
  };
  double sum = 0.0, seen = 0.0;
  for (std::int64_t j = 0; j < tokens; ++j) {
    double score = 0.0;
    for (std::int64_t k = 0; k < width; ++k)
      score += at(in.queries, ((row * asked + i) * heads + head) * width + k) * key(j, 0, k);
    const double weight = std::exp(score / std::sqrt(static_cast<double>(width)));
    const double kept = in.kept.empty() ? 1.0 : at(in.kept, ((i * rows + row) * heads + head) * tokens + j);
    sum += weight;
    seen += kept * weight * key(j, 1, d);
  }
  return seen / sum;
}

TEST(Attention, IsTheFormula) {
  for (const Instance& in : Instances()) {
    Values weights;
    const Values seen = Seen(in.sizes, in.queries, in.keys, in.kept, &weights);
    for (std::int64_t row = 0; row < in.sizes.rows; ++row) {
      for (std::int64_t i = 0; i < in.sizes.asked; ++i) {
        for (std::int64_t head = 0; head < in.sizes.heads; ++head) {
          for (std::int64_t d = 0; d < in.sizes.width; ++d) {
            const std::int64_t at = ((row * in.sizes.asked + i) * in.sizes.heads + head) * in.sizes.width + d;
            ASSERT_NEAR(seen[static_cast<std::size_t>(at)], OneByOne(in, row, head, i, d), 1e-12);
          }
        }
      }
    }
  }
}

// Of the sum of what is seen, each value with a factor of its own.
TEST(Attention, GradientsAreThoseOfDifferences) {
  for (Instance in : Instances()) {
    Values weights, outer;
    for (std::size_t i = 0; i < in.queries.size(); ++i)
      outer.push_back(Normal({9, RandomPurpose::kErrorInjection, 4}, static_cast<std::uint64_t>(i)));
    const auto value = [&] {
      Values ignored;
      const Values seen = Seen(in.sizes, in.queries, in.keys, in.kept, &ignored);
      double sum = 0.0;
      for (std::size_t i = 0; i < seen.size(); ++i) sum += outer[i] * seen[i];
      return sum;
    };
    Seen(in.sizes, in.queries, in.keys, in.kept, &weights);
    Values change(static_cast<std::size_t>(in.sizes.tokens)), to_queries(in.queries.size(), 99.0);
    Values to_keys(in.keys.size(), 99.0);  // whatever was there
    AttendGradient(in.sizes, in.queries.data(), in.keys.data(), in.kept.empty() ? nullptr : in.kept.data(),
                   weights.data(), outer.data(), change.data(), to_queries.data(), to_keys.data());
    for (auto [values, gradient] : {std::pair(&in.queries, &to_queries), std::pair(&in.keys, &to_keys)}) {
      for (std::size_t i = 0; i < values->size(); ++i) {
        constexpr double kStep = 1e-5;
        const double before = (*values)[i];
        (*values)[i] = before + kStep;
        const double above = value();
        (*values)[i] = before - kStep;
        const double below = value();
        (*values)[i] = before;
        ASSERT_NEAR((*gradient)[i], (above - below) / (2.0 * kStep), 1e-8) << i;
      }
    }
  }
}

}  // namespace
}  // namespace evenkeel
