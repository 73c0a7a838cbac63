#include "models/generate/places.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "models/base/random.h"

namespace evenkeel {
namespace {

struct Box {
  double south, north, west, east;
};

struct RegionArchetype {
  const char* name;
  double latitude, longitude;
  double pue;
  Box box;  ///< mostly land with a similar grid and climate, where variations are placed
  GridLevels levels;
};

// Sources (docs/generator.md says how they were measured):
// - price: hourly wholesale prices of 2022 and 2023; carbon: Electricity Maps 2022/2023, life-cycle (ODbL);
//   wet bulb: Open-Meteo 2022/2023 (CC-BY 4.0), by Stull 2011.
// - off-site water: virginia, texas and california from hourly fuel mixes of 2022 with the factors of the public eGLB
// data
//   (arXiv 2307.05494); frankfurt and singapore the public eGLB data's total less on-site; the others the same factors
//   on rounded national fuel shares, an assumption.
// - PUE: assumptions between the 1.10 that the largest operators report for their fleets and the industry mean of 1.58
// (Uptime
//   Institute 2023), higher where it is hot.
// - glut: tuned until the share of negative prices resembled the measured one.
constexpr double kNoGlut = 1e9;
// clang-format off
constexpr RegionArchetype kRegions[] = {
    {"virginia",   39.0,  -77.5, 1.12, { 36.0,  41.0, -83.0, -76.5},
     { 62.5, 2.08,  0.16, kNoGlut, 0.408, -0.02, 0.052,  9.8, 10.8, 1.9, 4.6, 1.55}},
    {"texas",      32.8,  -96.8, 1.15, { 28.5,  35.5, -102.0, -95.0},
     { 60.1, 5.30, -0.33, kNoGlut, 0.390, -0.01, 0.144, 14.9,  9.3, 1.8, 4.6, 0.99}},
    {"california", 37.4, -122.0, 1.14, { 34.5,  40.0, -121.5, -117.0},
     { 75.2, 2.05,  0.22, 0.60,    0.262,  0.46, 0.098, 11.3,  4.6, 2.0, 2.1, 0.83}},
    {"ontario",    43.7,  -79.4, 1.10, { 43.3,  47.0, -81.0, -75.5},
     { 25.8, 2.08, -0.38, 0.95,    0.066, -0.36, 0.340,  6.1, 11.8, 1.8, 4.4, 1.30}},
    {"frankfurt",  50.1,    8.7, 1.20, { 47.8,  53.0,   7.5,  13.5},
     {178.1, 1.73,  0.09, 0.52,    0.422,  0.26, 0.221,  8.9,  6.9, 1.7, 3.3, 1.60}},
    {"santiago",  -33.4,  -70.6, 1.13, {-37.0, -30.0, -71.3, -70.3},
     {141.4, 3.14,  0.71, kNoGlut, 0.300,  0.58, 0.078, 11.0,  3.7, 2.6, 2.0, 0.60}},
    {"mumbai",     19.1,   72.9, 1.45, { 14.0,  24.0,  74.0,  80.0},
     { 62.8, 1.95,  0.26, kNoGlut, 0.748,  0.02, 0.009, 22.8,  3.8, 1.1, 1.6, 1.40}},
    {"singapore",   1.3,  103.9, 1.30, {  1.3,   6.0, 101.0, 103.8},
     {202.1, 2.81, -0.27, kNoGlut, 0.490,  0.04, 0.004, 24.7,  1.0, 0.6, 0.7, 1.70}},
    {"tokyo",      35.7,  139.8, 1.25, { 34.8,  38.0, 136.0, 140.5},
     {131.5, 1.81,  0.15, kNoGlut, 0.545,  0.30, 0.038, 13.1, 12.0, 1.7, 3.0, 1.20}},
    {"sydney",    -33.8,  151.2, 1.18, {-36.0, -29.0, 144.0, 150.5},
     {139.4, 3.58,  0.43, 0.42,    0.574,  0.45, 0.059, 13.9,  5.3, 1.8, 2.4, 1.15}},
};

struct GatewayArchetype {
  const char* name;
  double latitude, longitude;
  double weight;  ///< an assumption: more where more people use such services
  Box box;
};

constexpr GatewayArchetype kGateways[] = {
    {"new-york",    40.7,  -74.0, 1.3, { 36.0,  43.0, -83.0, -74.0}},
    {"dallas",      32.8,  -96.8, 0.9, { 29.0,  42.0, -102.0, -85.0}},
    {"los-angeles", 34.1, -118.2, 1.1, { 33.5,  47.0, -122.0, -111.0}},
    {"toronto",     43.7,  -79.4, 0.6, { 43.3,  47.0, -81.0, -73.0}},
    {"london",      51.5,   -0.1, 1.4, { 42.0,  53.0,   0.0,  20.0}},
    {"sao-paulo",  -23.5,  -46.6, 0.9, {-34.0,  -8.0, -60.0, -44.0}},
    {"mumbai",      19.1,   72.9, 1.2, { 13.0,  28.0,  74.0,  82.0}},
    {"jakarta",     -6.2,  106.8, 0.8, { -8.0,  -6.5, 106.5, 113.0}},
    {"tokyo",       35.7,  139.8, 1.2, { 33.5,  38.0, 131.5, 140.5}},
    {"sydney",     -33.9,  151.2, 0.6, {-38.0, -27.0, 143.0, 152.0}},
};
// clang-format on

constexpr int kNumRegions = static_cast<int>(std::size(kRegions));
constexpr int kNumGateways = static_cast<int>(std::size(kGateways));

double Between(double low, double high, double u) { return low + (high - low) * u; }

/// "texas", "texas-2", "texas-3", ..: unique because archetypes are taken in turn.
std::string NumberedName(const char* name, int round) {
  return round == 0 ? std::string(name) : std::string(name) + "-" + std::to_string(round + 1);
}

GeneratedRegion VaryRegion(const RegionArchetype& base, const RandomStream& draws, int round) {
  GeneratedRegion place;
  const double latitude = Between(base.box.south, base.box.north, Uniform(draws, 0));
  const double longitude = Between(base.box.west, base.box.east, Uniform(draws, 1));
  const double pue = Between(1.08, 1.5, Uniform(draws, 2));
  place.region = {NumberedName(base.name, round), pue, latitude, longitude};
  GridLevels& levels = place.levels;
  levels = base.levels;
  levels.price *= std::exp(0.20 * Normal(draws, 3));
  levels.carbon = std::min(0.95, levels.carbon * std::exp(0.20 * Normal(draws, 4)));
  levels.offsite_water *= std::exp(0.15 * Normal(draws, 5));
  // Roughly 0.6 degrees colder for every degree towards the pole.
  const double poleward = std::abs(latitude) - std::abs(base.latitude);
  levels.wet_bulb = std::min(26.0, levels.wet_bulb - 0.6 * poleward + 0.7 * Normal(draws, 6));
  return place;
}

}  // namespace

std::vector<GeneratedRegion> PlaceRegions(std::uint64_t seed, int count) {
  std::vector<GeneratedRegion> places;
  for (int i = 0; i < count; ++i) {
    const RegionArchetype& base = kRegions[i % kNumRegions];
    const int round = i / kNumRegions;
    if (round == 0) {
      places.push_back({{base.name, base.pue, base.latitude, base.longitude}, base.levels});
    } else {
      places.push_back(VaryRegion(base, {seed, RandomPurpose::kRegionPlace, static_cast<std::uint32_t>(i)}, round));
    }
  }
  return places;
}

std::vector<GeneratedGateway> PlaceGateways(std::uint64_t seed, int count) {
  std::vector<GeneratedGateway> places;
  for (int j = 0; j < count; ++j) {
    const GatewayArchetype& base = kGateways[j % kNumGateways];
    const int round = j / kNumGateways;
    const RandomStream draws = {seed, RandomPurpose::kGatewayPlace, static_cast<std::uint32_t>(j)};
    GeneratedGateway place;
    place.gateway = {NumberedName(base.name, round), base.latitude, base.longitude};
    place.weight = base.weight;
    if (round > 0) {
      place.gateway.latitude = Between(base.box.south, base.box.north, Uniform(draws, 0));
      place.gateway.longitude = Between(base.box.west, base.box.east, Uniform(draws, 1));
      place.weight *= std::exp(0.4 * std::clamp(Normal(draws, 2), -2.5, 2.5));
    }
    place.peak_hour = Between(13.5, 16.5, Uniform(draws, 3));
    place.swing = Between(0.30, 0.45, Uniform(draws, 4));
    places.push_back(place);
  }
  return places;
}

}  // namespace evenkeel
