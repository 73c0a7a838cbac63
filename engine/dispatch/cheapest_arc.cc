// Compiled once for every instruction set that Highway knows on this architecture; the best one is chosen at run time.
#include "engine/dispatch/cheapest_arc.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/dispatch/cheapest_arc.cc"
#include <hwy/foreach_target.h>
// Must follow.
#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace evenkeel {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<double>;
using V = hn::Vec<Lanes>;
constexpr Lanes kLanes;

/// Most gateways have no arc to offer: the least is found first, two vectors at a time, and then where it is.
CheapestArc FindInRow(const double* HWY_RESTRICT cost, const double* HWY_RESTRICT price, int arcs, double below) {
  const int width = static_cast<int>(hn::Lanes(kLanes));
  const auto lanes = [&](int a) { return hn::Add(hn::LoadU(kLanes, cost + a), hn::LoadU(kLanes, price + a)); };
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
  for (; a < arcs; ++a) least = std::min(least, cost[a] + price[a]);
  if (!(least < below)) return {};
  const V wanted = hn::Set(kLanes, least);
  for (a = 0; a + width <= arcs; a += width) {
    const auto found = hn::FindFirstTrue(kLanes, hn::Eq(lanes(a), wanted));
    if (found >= 0) return {a + static_cast<int>(found), least};
  }
  while (cost[a] + price[a] != least) ++a;
  return {a, least};
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace evenkeel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace evenkeel {

constexpr int kFew = 16;  // arcs, for which the plain loop is quickest

HWY_EXPORT(FindInRow);

namespace {

template <typename UnitCost>
CheapestArc FindInFew(int arcs, double below, const UnitCost& unit_cost) {
  CheapestArc cheapest{-1, below};
  for (int a = 0; a < arcs; ++a) {
    if (unit_cost(a) < cheapest.unit_cost) cheapest = {a, unit_cost(a)};
  }
  return cheapest;
}

}  // namespace

CheapestArc FindCheapestArc(const double* cost, const double* price, int arcs, double below) {
  if (arcs >= kFew) return HWY_DYNAMIC_DISPATCH(FindInRow)(cost, price, arcs, below);
  return FindInFew(arcs, below, [&](int a) { return cost[a] + price[a]; });
}

/// Without wide vectors: gathering prices into them takes longer than four minima at a time.
CheapestArc FindCheapestArc(const double* cost, const double* price, const int* region, int arcs, double below) {
  const auto unit_cost = [&](int a) { return cost[a] + price[region[a]]; };
  if (arcs < kFew) return FindInFew(arcs, below, unit_cost);
  double least[] = {below, below, below, below};
  int a = 0;
  for (; a + 4 <= arcs; a += 4) {
    for (int k = 0; k < 4; ++k) least[k] = std::min(least[k], unit_cost(a + k));
  }
  for (; a < arcs; ++a) least[0] = std::min(least[0], unit_cost(a));
  const double least_of_all = std::min(std::min(least[0], least[1]), std::min(least[2], least[3]));
  if (!(least_of_all < below)) return {};
  for (a = 0; unit_cost(a) != least_of_all;) ++a;
  return {a, least_of_all};
}

}  // namespace evenkeel
#endif
