// Dispatch by a primal simplex method with generalised upper bounds (Dantzig and Van Slyke 1967), for variants that use
// different amounts of resource.
//
// Every gateway's row sum_a x[a] = d[j] has one basic arc, its key, whose flow is what the others leave over.
// Substituting the keys out leaves one row per region, r x + slack = capacity. The working basis W has one column per
// region: at position p either the slack of region p or a further basic arc b of some gateway j, in coordinates
// relative to j's key:
//
//     w_b = r_b e_{region(b)} - r_key e_{region(key)},        reduced cost  c_b - c_key - lambda . w_b
//
// with multipliers lambda <= 0 (minus the capacity prices). The inverse of W is kept explicitly and updated by a
// rank-one step per pivot; in a network its rows and columns are sparse, and zeros are skipped.
#pragma once

#include <vector>

#include "engine/dispatch/partial_pricing.h"
#include "engine/dispatch/result.h"
#include "models/world/ledger.h"
#include "models/world/problem.h"
#include "models/world/slot.h"

namespace evenkeel {

class GeneralSimplex {
 public:
  explicit GeneralSimplex(const Problem& problem);
  DispatchResult Solve(const Vector& cost, const Slot& slot, Allocation* allocation, double cost_scale,
                       DispatchStart start = DispatchStart::kCold);
  const Vector& capacity_price() const { return capacity_price_; }

 private:
  /// Arc indices at and above num_arcs_ are the gateways' shed arcs, in no region: unserved workload where shedding is
  /// allowed, else artificial variables that the first phase drives out.
  static constexpr int kSlack = -1;
  struct Column {      // a candidate to enter the basis
    int arc = kSlack;  // kSlack: the slack of `region`
    int gateway = -1;
    int region = -1;
    double reduced_cost = 0.0;
  };
  struct Leaving {      // what blocks the entering variable
    int position = -1;  // of the working basis, or
    int gateway = -1;   // the gateway whose key blocks
    double step = 0.0;
    double pivot = 0.0;
  };

  /// After a long run of degenerate pivots Bland's rule (lowest index first) takes over, which cannot cycle.
  bool UseBland() const { return degenerate_ > 2 * (num_gateways_ + num_regions_); }
  int ShedArc(int gateway) const { return num_arcs_ + gateway; }
  bool IsShed(int arc) const { return arc >= num_arcs_; }
  double Cost(int arc) const { return arc < num_arcs_ ? cost_[arc] : shed_cost_; }
  int RegionOf(int arc) const { return arc < num_arcs_ ? region_[arc] : -1; }
  double ResourceOf(int arc) const { return arc < num_arcs_ ? resource_[arc] : 0.0; }

  bool StartFromLastBasis(const Slot& slot);
  void StartGreedily(const Slot& slot);
  void AssignGreedily(int gateway, double demand);
  void SaturateInto(int gateway);
  void RefreshMultipliers();
  void RefreshValues(const Slot& slot);
  bool Optimise();
  bool FindEntering(Column* entering);
  bool FindSlack(Column* entering) const;
  bool FindInGateway(int gateway, Column* entering) const;
  double KeyCost(int gateway) const;
  void ComputeDirection(const Column& entering);
  void ComputeKeyRates(int entering_gateway);
  bool FindLeaving(Leaving* leaving) const;
  void Pivot(const Column& entering, const Leaving& leaving);
  int FindPositionOf(int gateway) const;
  void PromoteToKey(int gateway, int position);
  void UpdateInverse(int position);
  void SwapPositions(int p, int q);
  double ShedTotal() const;
  void Extract(Allocation* allocation) const;

  int num_arcs_, num_regions_, num_gateways_;
  bool shedding_;
  std::vector<int> first_;        // [gateways + 1]
  std::vector<int> region_;       // [arcs]
  std::vector<double> resource_;  // [arcs]
  double shed_cost_per_unit_;     // as the problem says
  double shed_cost_value_ = 0.0;  // as it counts in this solve

  const double* cost_ = nullptr;  // [arcs], of the present phase
  double shed_cost_ = 0.0;        // of the present phase
  bool artificials_fixed_ = false;
  double tolerance_ = 0.0;  // on reduced costs
  Vector zero_cost_;        // [arcs]

  Eigen::MatrixXd inverse_;      // W^-1, [positions x regions], column-major
  Vector lambda_;                // [regions]
  Vector value_;                 // [positions], value of the basic variable
  std::vector<int> basic_;       // [positions], arc or kSlack
  std::vector<int> gateway_at_;  // [positions], gateway of that arc, -1 for a slack
  std::vector<int> key_;         // [gateways], arc
  Vector key_value_;             // [gateways]

  Vector direction_;            // W^-1 w of the entering column, [positions]
  std::vector<int> support_;    // positions where direction_ is not zero
  Vector key_rate_;             // decrease of every key per unit of the entering variable, [gateways]
  std::vector<int> touched_;    // gateways whose key rate is set
  std::vector<int> saturated_;  // scratch of the greedy start: arcs that filled their region
  Vector room_;                 // [regions], scratch of the greedy start
  Vector row_;                  // [regions], pivot row
  PartialPricing<Column> pricing_;
  int degenerate_ = 0;  // consecutive pivots of step zero
  int pivots_ = 0;
  int pivots_of_basis_ = -1;  // since its cold start; -1: there is none
  Vector capacity_price_;     // [regions]
};

}  // namespace evenkeel
