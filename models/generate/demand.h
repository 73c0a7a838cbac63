// Demand of generated gateways, and the reachability and limits under which every slot can be served.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/linear_algebra.h"
#include "models/generate/places.h"
#include "models/generate/weather.h"

namespace evenkeel {

/// Share of a region's capacity that the routing which proves a slot servable may use.
inline constexpr double kServableShare = 0.98;

/// Which regions each gateway reaches, [gateways x regions]: the nearest `reach` of them by `distance` [gateways x
/// regions], and more of the nearest where the expected demand, `demand` [gateways] with capacity 1 in every region,
/// could not be served with room for peaks.
FlagMatrix ReachNearest(const RowMatrix& distance, const Vector& demand, double reach);

/// Lowers demand until it can be served with capacity 1 in every region, and keeps it positive.
///
/// Why the result is servable: the limiter writes down a routing. Gateway j sends the share a_i / sum_{i' reachable}
/// a_i' to a region i it reaches, for multipliers a > 0 that balance the loads D_i. A gateway's demand is then scaled
/// by
///     min(1, min_{i reachable} kServableShare / D_i),
/// and with the same shares region i carries at most D_i * kServableShare / D_i = kServableShare, because each of its
/// gateways was scaled by that factor or a smaller one. With full reach the shares are equal and this is total demand
/// <= kServableShare * total capacity.
class DemandLimiter {
 public:
  /// `demand` [gateways] is the expected one; the multipliers that balance it are where every slot starts.
  DemandLimiter(const FlagMatrix& reachable, const Vector& demand);

  /// Limits the demand of one slot, [gateways], in units of one region's capacity. Depends on nothing but this slot.
  void Limit(Vector* demand) const;

  /// Largest load of a region when the expected demand is balanced.
  double expected_load() const { return expected_load_.maxCoeff(); }
  /// The loads themselves, [regions].
  const Vector& expected_loads() const { return expected_load_; }

 private:
  void Loads(const Vector& demand, const Vector& multipliers, Vector* loads) const;
  void Balance(const Vector& demand, int rounds, Vector* multipliers, Vector* loads) const;

  std::vector<std::vector<int>> reached_;  ///< regions of each gateway
  bool everyone_reaches_all_ = true;
  Vector multipliers_;    ///< [regions]
  Vector expected_load_;  ///< [regions]
};

/// Demand of every gateway in MW before limiting, slot by slot: expected demand times habits, weekend, and noise.
class GatewayDemand {
 public:
  GatewayDemand(std::uint64_t seed, const std::vector<GeneratedGateway>& gateways, const Vector& expected,
                double slot_hours);

  /// Call with t = 0, 1, 2, ..
  void Fill(int t, const Clock& clock, Vector* demand);

 private:
  std::uint64_t seed_;
  std::vector<GeneratedGateway> gateways_;
  Vector expected_;
  Memory memory_;
  std::vector<double> noise_;
  WeatherField activity_;
};

/// Expected demand in MW: the gateways' weights, scaled to a total.
Vector ExpectedDemand(const std::vector<GeneratedGateway>& gateways, double total);

}  // namespace evenkeel
