// Compiled once for every instruction set that Highway knows on this architecture; the best one is chosen at run time.
#include "engine/dispatch/cheapest_arc.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/dispatch/cheapest_arc.cc"
#include <hwy/foreach_target.h>
// Must follow.
#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace evenkeel {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<double>;
using V = hn::Vec<Lanes>;
constexpr Lanes kLanes;

/// lanes(a) has the unit costs of arcs from a on, one(a) that of arc a. Most gateways have no arc to offer: the least
/// is found first, two vectors at a time, and then where it is.
template <typename LanesAt, typename One>
CheapestArc Find(int arcs, double below, const LanesAt& lanes, const One& one) {
  const int width = static_cast<int>(hn::Lanes(kLanes));
  double least = below;
  int a = 0;
  if (arcs >= width) {
    V even = hn::Set(kLanes, below), odd = even;
    for (; a + 2 * width <= arcs; a += 2 * width) {
      even = hn::Min(even, lanes(a));
      odd = hn::Min(odd, lanes(a + width));
    }
    if (a + width <= arcs) {
      even = hn::Min(even, lanes(a));
      a += width;
    }
    least = hn::GetLane(hn::MinOfLanes(kLanes, hn::Min(even, odd)));
  }
  for (; a < arcs; ++a) least = std::min(least, one(a));
  if (!(least < below)) return {};
  const V wanted = hn::Set(kLanes, least);
  for (a = 0; a + width <= arcs; a += width) {
    const auto found = hn::FindFirstTrue(kLanes, hn::Eq(lanes(a), wanted));
    if (found >= 0) return {a + static_cast<int>(found), least};
  }
  while (one(a) != least) ++a;
  return {a, least};
}

CheapestArc FindInRow(const double* HWY_RESTRICT cost, const double* HWY_RESTRICT price, int arcs, double below) {
  return Find(
      arcs, below, [&](int a) { return hn::Add(hn::LoadU(kLanes, cost + a), hn::LoadU(kLanes, price + a)); },
      [&](int a) { return cost[a] + price[a]; });
}

CheapestArc FindInList(const double* HWY_RESTRICT cost, const double* HWY_RESTRICT price,
                       const int* HWY_RESTRICT region, int arcs, double below) {
  const hn::Rebind<std::int32_t, Lanes> of_regions;
  const hn::Rebind<std::int64_t, Lanes> of_indices;
  return Find(
      arcs, below,
      [&](int a) {
        const auto regions = hn::PromoteTo(of_indices, hn::LoadU(of_regions, region + a));
        return hn::Add(hn::LoadU(kLanes, cost + a), hn::GatherIndex(kLanes, price, regions));
      },
      [&](int a) { return cost[a] + price[region[a]]; });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace evenkeel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace evenkeel {

constexpr int kFew = 16;  // arcs, for which the way to wide vectors is longer than the loop

HWY_EXPORT(FindInRow);
HWY_EXPORT(FindInList);

CheapestArc FindCheapestArc(const double* cost, const double* price, int arcs, double below) {
  if (arcs >= kFew) return HWY_DYNAMIC_DISPATCH(FindInRow)(cost, price, arcs, below);
  CheapestArc cheapest{-1, below};
  for (int a = 0; a < arcs; ++a) {
    if (cost[a] + price[a] < cheapest.unit_cost) cheapest = {a, cost[a] + price[a]};
  }
  return cheapest;
}

CheapestArc FindCheapestArc(const double* cost, const double* price, const int* region, int arcs, double below) {
  if (arcs >= kFew) return HWY_DYNAMIC_DISPATCH(FindInList)(cost, price, region, arcs, below);
  CheapestArc cheapest{-1, below};
  for (int a = 0; a < arcs; ++a) {
    if (cost[a] + price[region[a]] < cheapest.unit_cost) cheapest = {a, cost[a] + price[region[a]]};
  }
  return cheapest;
}

}  // namespace evenkeel
#endif
