#include "models/world/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "models/base/error.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;

Network TwoByTwo() {
  return MakeFullNetwork({{"north", 1.1, 60.0, 10.0}, {"south", 1.2, 40.0, 10.0}},
                         {{"users", 50.0, 0.0}, {"others", 45.0, 5.0}});
}

/// The error of a good network with one thing changed.
std::string ErrorAfter(const std::function<void(Network*)>& change) {
  Network network = TwoByTwo();
  change(&network);
  try {
    ValidateNetwork(network, "t.h5");
    return "no error";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(NetworkTest, ArcsGoByGatewayRegionVariantWhereReachabilityAllows) {
  Network network = TwoByTwo();
  network.variants = {{"large", 1.0, 0.0}, {"small", 0.5, 0.1}};
  network.reachable(0, 1) = 0;
  network.energy_per_unit = RowMatrix::Ones(2, 2);
  const ArcSet arcs = MakeArcs(network);
  const int expected[6][3] = {{0, 0, 0}, {0, 0, 1}, {1, 0, 0}, {1, 0, 1}, {1, 1, 0}, {1, 1, 1}};
  ASSERT_EQ(arcs.size(), 6);
  for (int a = 0; a < 6; ++a) {
    EXPECT_EQ(arcs.arcs[a].gateway, expected[a][0]) << a;
    EXPECT_EQ(arcs.arcs[a].region, expected[a][1]) << a;
    EXPECT_EQ(arcs.arcs[a].variant, expected[a][2]) << a;
  }
  EXPECT_THAT(arcs.first_of_gateway, testing::ElementsAre(0, 2, 6));
}

TEST(NetworkTest, FullNetworks) {
  const Network network = TwoByTwo();
  EXPECT_EQ(network.energy_per_unit, RowMatrix::Ones(2, 1));
  EXPECT_EQ(network.network_cost, RowMatrix::Zero(2, 2));
  EXPECT_EQ(MakeArcs(network).size(), 4);
  EXPECT_DOUBLE_EQ(network.distance(1, 0), GreatCircleKm(45.0, 5.0, 60.0, 10.0));
}

// A quarter of the equator is pi/2 radii; so is the way from a pole to the equator. One degree of a meridian is pi/180
// radii.
TEST(NetworkTest, GreatCircles) {
  const double radius = 6371.0, pi = std::acos(-1.0);
  EXPECT_NEAR(GreatCircleKm(0.0, 0.0, 0.0, 90.0), radius * pi / 2.0, 1e-9);
  EXPECT_NEAR(GreatCircleKm(90.0, 123.0, 0.0, -50.0), radius * pi / 2.0, 1e-9);
  EXPECT_NEAR(GreatCircleKm(10.0, 20.0, 11.0, 20.0), radius * pi / 180.0, 1e-9);
  EXPECT_NEAR(GreatCircleKm(0.0, 179.5, 0.0, -179.5), radius * pi / 180.0, 1e-9) << "across the date line";
  EXPECT_NEAR(GreatCircleKm(30.0, 40.0, -30.0, -140.0), radius * pi, 1e-4) << "antipodes";
  EXPECT_EQ(GreatCircleKm(48.0, 11.0, 48.0, 11.0), 0.0);
  EXPECT_NEAR(GreatCircleKm(51.5074, -0.1278, 48.8566, 2.3522), 343.6, 0.5) << "London to Paris";
}

TEST(NetworkTest, AGoodNetworkIsAccepted) {
  EXPECT_EQ(ErrorAfter([](Network*) {}), "no error");
}

TEST(NetworkTest, ErrorsNameFieldPlaceValueAndRange) {
  EXPECT_EQ(ErrorAfter([](Network* n) { n->regions[1].pue = 0.9; }), "t.h5: pue of south is 0.9, allowed: at least 1");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->regions[0].pue = std::nan(""); }),
            "t.h5: pue of north is nan, allowed: at least 1");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->regions[0].latitude = 90.5; }),
            "t.h5: latitude of north is 90.5, allowed: -90 to 90");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->gateways[1].longitude = -181; }),
            "t.h5: longitude of others is -181, allowed: -180 to 180");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->variants[0].resource_per_unit = 0; }),
            "t.h5: resource_per_unit of base is 0, allowed: greater than 0");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->variants[0].quality_loss = -0.1; }),
            "t.h5: quality_loss of base is -0.1, allowed: at least 0");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->energy_per_unit(1, 0) = 0; }),
            "t.h5: energy_per_unit of south/base is 0, allowed: greater than 0");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->network_cost(0, 1) = -1; }),
            "t.h5: network_cost of users to south is -1, allowed: at least 0");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->distance(1, 1) = -1; }),
            "t.h5: distance of others to south is -1, allowed: at least 0");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->reachable(0, 0) = 2; }),
            "t.h5: reachable of users to north is 2, allowed: 0 or 1");
}

TEST(NetworkTest, ErrorsNameWhoIsMissingOrTwice) {
  EXPECT_EQ(ErrorAfter([](Network* n) { n->reachable.row(1).setZero(); }), "t.h5: gateway 'others' reaches no region");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->regions[1].name = "north"; }), "t.h5: region 'north' appears twice");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->gateways[0].name = "others"; }), "t.h5: gateway 'others' appears twice");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->variants.push_back(n->variants[0]); }),
            "t.h5: variant 'base' appears twice");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->gateways[0].name = ""; }), "t.h5: a gateway has an empty name");
  EXPECT_EQ(ErrorAfter([](Network* n) { n->regions.clear(); }), "t.h5: no region: at least one is needed");
}

TEST(NetworkTest, ErrorsNameWrongShapes) {
  EXPECT_THAT(ErrorAfter([](Network* n) { n->distance.resize(2, 3); }),
              HasSubstr("distance has shape [2 x 3], expected [2 x 2]"));
  EXPECT_THAT(ErrorAfter([](Network* n) { n->energy_per_unit.resize(2, 2); }),
              HasSubstr("energy_per_unit has shape [2 x 2], expected [2 x 1]"));
  EXPECT_THAT(ErrorAfter([](Network* n) { n->reachable.resize(1, 2); }),
              HasSubstr("reachable has shape [1 x 2], expected [2 x 2]"));
}

}  // namespace
}  // namespace evenkeel
