// Random, degenerate and adversarial instances for property tests. Everything follows from the seed, which failing
// tests print.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "models/world/objective.h"
#include "models/world/problem.h"
#include "models/world/slot.h"
#include "models/world/trace.h"

namespace evenkeel {

struct InstanceOptions {
  int max_regions = 6;
  int max_gateways = 6;
  int max_variants = 3;
  int max_slots = 8;
  double min_reach = 0.3;  ///< smallest share of regions that a gateway reaches
  bool negative_prices = true;
  bool ties = true;     ///< sometimes draw prices and intensities from {1, 2, 3}, demand and capacity from integers
  bool outages = true;  ///< sometimes a region has no capacity in a slot
  bool network_cost = true;
  bool bucket_weights = true;
  bool performance_group = true;            ///< sometimes a third group, with gateways as buckets
  std::vector<double> norms = {kInfinity};  ///< norms to draw from, per group
};

struct Instance {
  Trace trace;
  Objective objective;
  Problem problem;
};

/// A random instance in which every slot can be served.
Instance MakeRandomInstance(std::uint64_t seed, const InstanceOptions& options);

/// A number in [low, high).
double Draw(std::mt19937_64* random, double low, double high);
/// An integer in [low, high].
int DrawInt(std::mt19937_64* random, int low, int high);

/// Scale of property tests, 1 by default: EVENKEEL_TEST_SCALE multiplies how many instances they try (sanitizer runs
/// lower it).
int Scaled(int count);

}  // namespace evenkeel
