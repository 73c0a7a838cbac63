// What a run is judged on: J(x) = sum_t c_t . x_t + sum_k mu_k || L^k ||_{q_k}, the energy cost plus a norm of every
// equity group's loads (docs/theory.md, section 1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/base/linear_algebra.h"
#include "models/base/norm.h"

namespace evenkeel {

/// What a group's loads measure. Carbon and water are summed per region, quality loss per gateway.
enum class Footprint { kCarbon, kWater, kQualityLoss };

struct EquityGroup {
  std::string name;  ///< carbon, water or performance
  Footprint footprint = Footprint::kCarbon;
  double weight = 0.0;      ///< mu, USD per unit of load (USD/t, USD/m3, USD per unit of mean quality lost), >= 0
  double norm = kInfinity;  ///< q in [1, inf]
  Vector bucket_weight;     ///< theta, one per bucket, > 0; empty means all ones
};

struct Objective {
  std::vector<EquityGroup> groups;
  std::optional<double> shed_cost;  ///< USD per unit of unserved workload, >= 0; absent: all demand must be served
};

/// Carbon at 1500 USD/t and water at 60 USD/m3, both with the norm inf: the published eGLB objective.
Objective PublishedObjective();

}  // namespace evenkeel
