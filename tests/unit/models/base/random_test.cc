#include "models/base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace evenkeel {
namespace {

using Words = std::array<std::uint32_t, 4>;

// The philox4x32 10 lines of tests/kat_vectors in the Random123 distribution.
TEST(Random, PhiloxGivesThePublishedVectors) {
  EXPECT_EQ(Philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, StreamsAreLaidOutAsDocumented) {
  // The third published vector once more, through the stream: position, index and purpose are the counter, the seed is
  // the key.
  const RandomStream stream = {0x299f31d0a4093822u, static_cast<RandomPurpose>(0x03707344u), 0x13198a2eu};
  const std::uint64_t bits = RandomBits(stream, 0x85a308d3243f6a88u);
  EXPECT_EQ(bits, 0x94fdccebd16cfe09u);
  EXPECT_EQ(Uniform(stream, 0x85a308d3243f6a88u), (static_cast<double>(bits >> 12) + 0.5) / 4503599627370496.0);
}

TEST(Random, EveryPartOfTheKeyMatters) {
  const RandomStream stream = {7, RandomPurpose::kWind, 3};
  const std::uint64_t here = RandomBits(stream, 5);
  EXPECT_EQ(here, RandomBits(stream, 5));
  EXPECT_NE(here, RandomBits(stream, 6));
  EXPECT_NE(here, RandomBits(stream, 5 + (std::uint64_t{1} << 32)));
  EXPECT_NE(here, RandomBits({8, RandomPurpose::kWind, 3}, 5));
  EXPECT_NE(here, RandomBits({7 + (std::uint64_t{1} << 32), RandomPurpose::kWind, 3}, 5));
  EXPECT_NE(here, RandomBits({7, RandomPurpose::kCloud, 3}, 5));
  EXPECT_NE(here, RandomBits({7, RandomPurpose::kWind, 4}, 5));
}

TEST(Random, NormalQuantileInvertsTheDistributionFunction) {
  for (const double p :
       {1e-300, 1e-100, 1e-16, 1e-9, 1e-5, 0.01, 0.07499, 0.07501, 0.3, 0.5, 0.7, 0.93, 0.99, 0.99999}) {
    const double x = NormalQuantile(p);
    EXPECT_NEAR(0.5 * std::erfc(-x / std::sqrt(2.0)) / p, 1.0, 1e-12) << p;
  }
  EXPECT_EQ(NormalQuantile(0.5), 0.0);
  EXPECT_NEAR(NormalQuantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(NormalQuantile(1e-20), -9.262340089798408, 1e-13);
}

TEST(Random, UniformsFillTheInterval) {
  constexpr int kDraws = 200000;
  std::vector<int> bins(20, 0);
  double sum = 0.0;
  for (int n = 0; n < kDraws; ++n) {
    const double u = Uniform({1, RandomPurpose::kErrorInjection, 0}, static_cast<std::uint64_t>(n));
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    ++bins[static_cast<int>(u * 20.0)];
    sum += u;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 5.0 * std::sqrt(1.0 / 12.0 / kDraws));
  double chi_square = 0.0;
  for (const int count : bins) chi_square += (count - kDraws / 20.0) * (count - kDraws / 20.0) / (kDraws / 20.0);
  EXPECT_LT(chi_square, 50.0);  // 19 degrees of freedom: exceeded once in 8,000 seeds
}

TEST(Random, NormalsHaveTheRightMomentsAndNeighboursAreUncorrelated) {
  constexpr int kDraws = 200000;
  double sum = 0.0, squares = 0.0, fourth = 0.0, next_position = 0.0, next_index = 0.0;
  for (int n = 0; n < kDraws; ++n) {
    const auto position = static_cast<std::uint64_t>(n);
    const double x = Normal({1, RandomPurpose::kWind, 0}, position);
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
    next_position += x * Normal({1, RandomPurpose::kWind, 0}, position + 1);
    next_index += x * Normal({1, RandomPurpose::kWind, 1}, position);
  }
  const double standard_error = 1.0 / std::sqrt(kDraws);
  EXPECT_NEAR(sum / kDraws, 0.0, 5.0 * standard_error);
  EXPECT_NEAR(squares / kDraws, 1.0, 5.0 * std::sqrt(2.0) * standard_error);
  EXPECT_NEAR(fourth / kDraws, 3.0, 5.0 * std::sqrt(96.0) * standard_error);
  EXPECT_NEAR(next_position / kDraws, 0.0, 5.0 * standard_error);
  EXPECT_NEAR(next_index / kDraws, 0.0, 5.0 * standard_error);
}

}  // namespace
}  // namespace evenkeel
