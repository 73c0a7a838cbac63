// The arc of a gateway on which a unit costs least at the regions' prices of capacity: the inner loop of pricing, for
// rows in the widest vectors that the machine has. It is the same arc in all of them: the first of the least sums.
#pragma once

namespace evenkeel {

struct CheapestArc {
  int arc = -1;  ///< among the gateway's; -1: none costs less than `below`
  double unit_cost = 0.0;
};

/// The least of cost[a] + price[a], if that is less than `below`.
CheapestArc FindCheapestArc(const double* cost, const double* price, int arcs, double below);
/// The least of cost[a] + price[region[a]], if that is less than `below`.
CheapestArc FindCheapestArc(const double* cost, const double* price, const int* region, int arcs, double below);

}  // namespace evenkeel
