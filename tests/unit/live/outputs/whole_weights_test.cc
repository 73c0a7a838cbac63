#include "live/outputs/whole_weights.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "models/base/error.h"
#include "models/base/random.h"

namespace evenkeel {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(WholeWeightsTest, LargestIs256) {
  EXPECT_THAT(WholeWeights({0.5, 0.25, 0.25}), ElementsAre(256, 128, 128));
  EXPECT_THAT(WholeWeights({1.0}), ElementsAre(256));
  EXPECT_THAT(WholeWeights({0.0, 1e-300}), ElementsAre(0, 256));
  EXPECT_THAT(WholeWeights({0.0, 0.0}), IsEmpty());
  EXPECT_THAT(WholeWeights({}), IsEmpty());
}

TEST(WholeWeightsTest, LargestRemaindersKeepTheSum) {
  // 256 * 0.3 / 0.4 = 192 each; 256 * (0.5, 0.3, 0.2) / 0.5 = 256, 153.6, 102.4: the sum 512 wants one more for 153.
  EXPECT_THAT(WholeWeights({0.4, 0.3, 0.3}), ElementsAre(256, 192, 192));
  EXPECT_THAT(WholeWeights({0.5, 0.3, 0.2}), ElementsAre(256, 154, 102));
  // 256 * 3 / 7 = 109.71 three times, 329.14 together: two of them get 110, the first two.
  EXPECT_THAT(WholeWeights({0.7, 0.3, 0.3, 0.3}), ElementsAre(256, 110, 110, 109));
}

TEST(WholeWeightsTest, SmallSharesAreKeptWhereTheBoundAllowsIt) {
  // 0.4 of a weight of 1: 1 / 257 - 0.001560 = 0.00233 more than its share, within 0.004.
  const double small = 0.4 / 256.0;
  EXPECT_THAT(WholeWeights({1.0, small}), ElementsAre(256, 1));
  // 1e-6: 1 / 257 = 0.0039 is within 0.004 as well; but two of them are not.
  EXPECT_THAT(WholeWeights({1.0, 1e-6}), ElementsAre(256, 1));
  EXPECT_THAT(WholeWeights({1.0, 1e-6, 2e-6}), ElementsAre(256, 0, 1));
  EXPECT_THAT(WholeWeights({1.0, 0.0}), ElementsAre(256, 0));
}

TEST(WholeWeightsTest, ErrorIsTotalVariation) {
  // 2 / 3 and 1 / 3 in place of 0.6 and 0.4: 0.0667.
  EXPECT_NEAR(WeightError({0.6, 0.4}, {2, 1}), 2.0 / 3.0 - 0.6, 1e-15);
  EXPECT_NEAR(WeightError({6.0, 4.0}, {2, 1}), 2.0 / 3.0 - 0.6, 1e-15);
  EXPECT_EQ(WeightError({0.6, 0.4}, {0, 0}), 1.0);
}

/// The largest error of random shares: Dirichlet's, with parameters from sparse to even, by powers of uniform numbers.
double LargestError(int regions) {
  double largest = 0.0;
  int draw = 0;
  for (const double power : {0.3, 1.0, 3.0, 10.0, 30.0}) {
    for (int i = 0; i < 20'000; ++i, ++draw) {
      std::vector<double> share(regions);
      double sum = 0.0;
      for (int r = 0; r < regions; ++r)
        sum += share[r] = std::pow(Uniform({7, RandomPurpose::kAdvice, static_cast<std::uint32_t>(draw)}, r), power);
      for (double& one : share) one /= sum;
      const std::vector<int> weight = WholeWeights(share);
      EXPECT_EQ(*std::max_element(weight.begin(), weight.end()), 256);
      largest = std::max(largest, WeightError(share, weight));
    }
  }
  return largest;
}

TEST(WholeWeightsTest, RoundingCostsLessThanItMay) {
  const double three = LargestError(3), ten = LargestError(10);
  EXPECT_LT(three, 0.004);
  EXPECT_LT(ten, 0.007);
  EXPECT_EQ(MostWeightError(3), 0.004);
  EXPECT_EQ(MostWeightError(10), 0.007);
  RecordProperty("three", std::to_string(three));
  RecordProperty("ten", std::to_string(ten));
}

TEST(WholeWeightsTest, SharesMadeForItCostMore) {
  // 256 and nine times 0.5 are 260.5, rounded 261: five get 1. 5 (1 / 261 - 0.5 / 260.5) = 0.00956 too much of these.
  std::vector<double> share(10, 0.5);
  share[0] = 256.0;
  const std::vector<int> weight = WholeWeights(share);
  EXPECT_THAT(weight, ElementsAre(256, 1, 1, 1, 1, 1, 0, 0, 0, 0));
  EXPECT_NEAR(WeightError(share, weight), 5.0 * (1.0 / 261.0 - 0.5 / 260.5), 1e-12);
}

TEST(WholeWeightsTest, ServersShareTheirRegionsPart) {
  BalancedBackend backend;
  backend.servers = {{"a1", 0, 1.0}, {"b1", 1, 1.0}, {"a2", 0, 3.0}};
  // a: 0.8, of which a1 has 0.2 and a2 0.6; b: 0.2. 256 / 0.6 * 0.2 = 85.33, twice: 426.67 together.
  EXPECT_THAT(ServerWeights(backend, RowVector{{0.8, 0.2}}), ElementsAre(86, 85, 256));
  EXPECT_THAT(ServerWeights(backend, RowVector{{0.0, 0.2}}), ElementsAre(0, 256, 0));
  EXPECT_THAT(ServerWeights(backend, RowVector{{0.0, 0.0}}), IsEmpty());
}

TEST(BalancerMapTest, RefusesWhatCannotBe) {
  const BalancerMap good = {{"g", "h"}, {"a", "b"}, {{0, "g", {{"a1", 0, 1.0}}}, {1, "h", {{"a1", 1, 2.0}}}}};
  EXPECT_NO_THROW(CheckMap(good));
  const auto refuse = [&](const std::function<void(BalancerMap*)>& change) {
    BalancerMap map = good;
    change(&map);
    try {
      CheckMap(map);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  using testing::HasSubstr;
  EXPECT_THAT(refuse([](BalancerMap* map) { map->backends[0].servers[0].name = "a1 weight 3;shutdown"; }),
              HasSubstr("is no name of a server"));
  EXPECT_THAT(refuse([](BalancerMap* map) { map->backends[0].name = "g\n"; }), HasSubstr("is no name of a backend"));
  EXPECT_THAT(refuse([](BalancerMap* map) { map->backends[0].name = ""; }), HasSubstr("is no name of a backend"));
  EXPECT_THAT(refuse([](BalancerMap* map) { map->backends[1].name = "g"; }), HasSubstr("backend g stands there twice"));
  EXPECT_THAT(refuse([](BalancerMap* map) { map->backends[1].gateway = 0; }), HasSubstr("gateway g has another"));
  EXPECT_THAT(refuse([](BalancerMap* map) { map->backends[1].gateway = 2; }), HasSubstr("no gateway 2"));
  EXPECT_THAT(refuse([](BalancerMap* map) { map->backends[0].servers[0].region = 2; }),
              HasSubstr("server g/a1: there is no region 2, only 2"));
  EXPECT_THAT(refuse([](BalancerMap* map) { map->backends[0].servers[0].factor = 0.0; }), HasSubstr("factor 0"));
  EXPECT_THAT(refuse([](BalancerMap* map) { map->backends[0].servers.clear(); }), HasSubstr("has no servers"));
  EXPECT_THAT(refuse([](BalancerMap* map) {
                map->backends[0].servers.push_back({"a1", 0, 1.0});
              }),
              HasSubstr("server g/a1 stands there twice"));
}

}  // namespace
}  // namespace evenkeel
