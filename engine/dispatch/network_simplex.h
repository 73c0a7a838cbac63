// Dispatch by the network simplex method, for problems in which all variants use the same resource per unit: a
// transportation problem. Several times faster than the general method of engine/dispatch/general_simplex.h on large
// networks.
//
// Nodes are gateways, regions and a root. A gateway sends its demand out; a region takes in exactly its capacity, what
// no gateway sends coming from the root (the slack); unserved workload goes to the root. The basis is a spanning tree.
// On the arc between a node and its parent, flow leaves gateways and enters regions, whichever of the two is above, so
// that the flow on the arc to the parent is simply
//
//     flow[n] = demand or capacity of n - sum of flow over the children of n.
//
// Potentials: y of gateways, the cost of a unit, and p >= 0 of regions, the price of capacity. A basic arc has
// y = cost + p, a basic slack p = 0, basic unserved workload y = shed cost. Source: Ahuja, Magnanti, Orlin, Network
// Flows (1993), chapter 11.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/dispatch/partial_pricing.h"
#include "engine/dispatch/result.h"
#include "engine/dispatch/spanning_tree.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

class NetworkSimplex {
 public:
  /// All variants use the same resource per unit.
  static bool Fits(const Problem& problem);

  explicit NetworkSimplex(const Problem& problem);
  DispatchResult Solve(const Vector& cost, const Slot& slot, Allocation* allocation, double cost_scale,
                       DispatchStart start = DispatchStart::kCold);
  const Vector& capacity_price() const { return capacity_price_; }

 private:
  /// Arcs from num_arcs_ on: one per gateway to the root (unserved workload where shedding is allowed, else artificial
  /// variables that the first phase drives out), then one per region from the root (slack).
  struct Entering {
    int arc = -1;
    int from = -1, to = -1;  // nodes; `to` may be the root
    double reduced_cost = 0.0;
  };
  struct Leaving {
    int node = -1;  // whose arc to the parent leaves
    bool of_from = false;
    double step = 0.0;
  };

  /// After a long run of degenerate pivots Bland's rule (lowest index first) takes over, which cannot cycle.
  bool UseBland() const { return degenerate_ > 2 * (num_gateways_ + num_regions_); }
  bool IsGateway(int node) const { return node < num_gateways_; }
  bool IsShed(int arc) const { return arc >= num_arcs_ && arc < num_arcs_ + num_gateways_; }
  int RootArc(int node) const { return num_arcs_ + node; }
  int NodeOfRegion(int region) const { return num_gateways_ + region; }
  double Cost(int arc) const {
    if (arc < num_arcs_) return cost_[arc];
    return IsShed(arc) ? shed_cost_ : -start_price_[arc - num_arcs_ - num_gateways_];
  }

  void Start(DispatchStart start);
  void RestartPricing(DispatchStart start);
  void StartFlat();
  void StartAtAggregatePrices();
  void PriceAggregate();
  double CostDeviation() const;
  double UnusedAtStartPrices() const;
  void StartInOrder();
  void StartFromLastBasis();
  void OrderRegions(const double* cost);
  bool CostsDifferByRegionOnly() const;
  std::size_t AssignInOrder(int gateway, std::size_t at);
  void RefreshFlows();
  void RefreshPotentials();
  /// Until no arc improves, or at most `enough` gateways have their arc to the root in the basis. False: pivot limit.
  bool Optimise(int enough = -1);
  bool FindEntering(Entering* entering);
  bool FindSlack(Entering* entering) const;
  bool FindInGateway(int gateway, Entering* entering) const;
  template <typename Consider>
  void ForEachOfCycle(const Entering& entering, const Consider& consider) const;
  Leaving FindLeaving(const Entering& entering) const;
  void Pivot(const Entering& entering, const Leaving& leaving);
  void MarkWhoWantsWhatFell();
  double ShedTotal() const;
  void Extract(Allocation* allocation) const;

  int num_arcs_, num_regions_, num_gateways_;
  bool shedding_;
  double shed_cost_per_unit_;  // as the problem says
  double resource_ = 1.0;
  std::vector<int> first_;          // [gateways + 1]
  std::vector<int> region_;         // [arcs]
  bool every_region_once_ = false;  // arcs of a gateway are the regions in order

  const double* cost_ = nullptr;  // [arcs], of the present phase
  double shed_cost_ = 0.0;        // of the present phase
  bool artificials_fixed_ = false;
  double tolerance_ = 0.0;  // on reduced costs
  Vector zero_cost_;        // [arcs]

  SpanningTree tree_;
  Vector supply_;           // [nodes], demand of gateways, capacity of regions
  Vector potential_;        // [nodes], y of gateways, p of regions
  Vector start_price_;      // [regions], what a unit of slack earns: 0 but in StartAtAggregatePrices
  Vector mean_cost_;        // [regions], scratch of it
  Vector room_;             // [regions], scratch of StartInOrder
  std::vector<int> order_;  // [regions], from the cheapest on, scratch of both
  PartialPricing<Entering> pricing_;
  /// From the last basis few gateways have something to offer, and most pivots leave the others as they are. One that
  /// had nothing is asked again when its unit cost rose, or when the price of a region fell so far that it wants it.
  bool tracks_ = false;
  std::vector<char> may_improve_;  // [gateways]
  std::vector<int> fell_;          // regions, in the present pivot
  std::vector<int> first_into_;    // [regions + 1]
  std::vector<int> arc_into_;      // [arcs], by region
  std::vector<int> gateway_of_;    // [arcs], of those
  int degenerate_ = 0;             // consecutive pivots of step zero
  int pivots_ = 0;
  bool has_basis_ = false;
  Vector capacity_price_;  // [regions]
};

}  // namespace evenkeel
