// Where the network simplex method begins: at a flat tree, at aggregate prices, in order of cost, or at the last basis.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/dispatch/network_simplex.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

// Of the start at aggregate prices.
constexpr int kFewGateways = 50;          // for which finding prices isn't worth its time
constexpr int kFewArcs = 16;              // of a gateway, for which mean costs of regions say too little
constexpr double kAggregateShare = 0.9;   // of demand: prices too high cost more pivots than prices too low
constexpr int kAskedGateways = 8;         // one in so many, for how far arcs' costs are from their regions' mean
constexpr double kLeastDeviation = 0.05;  // relative to prices; at most 1
constexpr int kMostServed = 32;           // all but one in so many: the last few are better served at true prices
constexpr double kMostUnused = 0.1;

}  // namespace

void NetworkSimplex::Start(DispatchStart start) {
  if (CostsDifferByRegionOnly()) {
    StartInOrder();
  } else if (start == DispatchStart::kLastBasis && has_basis_) {
    StartFromLastBasis();
  } else {
    StartFlat();
    if (num_gateways_ >= kFewGateways && num_arcs_ >= kFewArcs * num_gateways_) StartAtAggregatePrices();
  }
  has_basis_ = true;
  RestartPricing(start);
}

void NetworkSimplex::RestartPricing(DispatchStart start) {
  tracks_ = start == DispatchStart::kLastBasis;
  pricing_.Restart(start);
  degenerate_ = 0;
}

/// All demand unserved and all capacity slack: a flat tree, whose pivots are quick. Filling regions greedily is nearer
/// to the optimum in cost, but it makes deep trees, and takes longer over all.
void NetworkSimplex::StartFlat() {
  tree_.Reset();
  for (int node = 0; node < tree_.root(); ++node) tree_[node].arc = RootArc(node);
  RefreshFlows();
}

/// From the flat tree gateways crowd into the cheapest regions, whatever their network costs, and most pivots go to
/// sorting out who stays. With slack that earns about what capacity will be worth, they spread from the beginning.
/// Where priced capacity is left over, prices were too high, and the flat tree is better after all; so it is where
/// network costs are next to nothing, or more than the prices, which then mean little.
void NetworkSimplex::StartAtAggregatePrices() {
  PriceAggregate();
  const auto capacity = supply_.segment(num_gateways_, num_regions_);
  const double average = start_price_.dot(capacity) / supply_.head(num_gateways_).sum();
  const double deviation = CostDeviation();
  bool good = kLeastDeviation * average < deviation && deviation < average;
  if (good) {
    RestartPricing(DispatchStart::kCold);
    good = Optimise(num_gateways_ / kMostServed) && UnusedAtStartPrices() <= kMostUnused;
    if (!good) StartFlat();
  }
  start_price_.setZero();
}

/// The prices of capacity if one gateway had all demand, and regions cost the mean of their arcs.
void NetworkSimplex::PriceAggregate() {
  mean_cost_.setZero();
  for (int j = 0; j < num_gateways_; ++j) {
    if (every_region_once_) {
      mean_cost_ += Eigen::Map<const Vector>(cost_ + first_[j], num_regions_);
    } else {
      for (int a = first_[j]; a < first_[j + 1]; ++a) mean_cost_[region_[a]] += cost_[a];
    }
  }
  for (int i = 0; i < num_regions_; ++i) {
    const int arcs = first_into_[i + 1] - first_into_[i];
    mean_cost_[i] = arcs > 0 ? mean_cost_[i] / arcs : kInfinity;
  }
  OrderRegions(mean_cost_.data());
  double left = kAggregateShare * supply_.head(num_gateways_).sum(), level = -kInfinity;
  for (const int i : order_) {
    if (left <= 0.0 || mean_cost_[i] == kInfinity) break;
    left -= supply_[NodeOfRegion(i)];
    level = mean_cost_[i];
  }
  if (shedding_) level = std::min(level, shed_cost_);
  start_price_ = (level - mean_cost_.array()).max(0.0);
}

/// How far an arc's cost is from its region's mean, on average over some gateways.
double NetworkSimplex::CostDeviation() const {
  double sum = 0.0;
  int arcs = 0;
  for (int j = 0; j < num_gateways_; j += kAskedGateways) {
    for (int a = first_[j]; a < first_[j + 1]; ++a) sum += std::abs(cost_[a] - mean_cost_[region_[a]]);
    arcs += first_[j + 1] - first_[j];
  }
  return sum / arcs;
}

/// Relative to all capacity, both at the start prices.
double NetworkSimplex::UnusedAtStartPrices() const {
  double unused = 0.0;
  for (int i = 0; i < num_regions_; ++i) {
    const SpanningTree::Node& node = tree_[NodeOfRegion(i)];
    if (node.arc == RootArc(NodeOfRegion(i))) unused += start_price_[i] * node.flow;
  }
  return unused / start_price_.dot(supply_.segment(num_gateways_, num_regions_));
}

/// Where costs differ by region only, filling the regions from the cheapest on is the optimum.
void NetworkSimplex::StartInOrder() {
  tree_.Reset();
  for (int i = 0; i < num_regions_; ++i) tree_[NodeOfRegion(i)].arc = RootArc(NodeOfRegion(i));
  room_ = supply_.segment(num_gateways_, num_regions_);
  OrderRegions(cost_);
  std::size_t at = 0;
  for (int j = 0; j < num_gateways_; ++j) at = AssignInOrder(j, at);
  tree_.Thread();
  RefreshFlows();
}

/// The last tree, whose flows follow from the new demands and capacities. Where the children of a node would take more
/// than it has, they are hung under the root one by one, which makes unserved workload of their flow, or slack.
void NetworkSimplex::StartFromLastBasis() {
  const int root = tree_.root();
  const double rounding = kRelativeRounding * supply_.head(root).sum();
  int last = root;
  for (int node = root; node >= 0; node = tree_.next(node)) {
    tree_[node].flow = node == root ? 0.0 : supply_[node];
    last = node;
  }
  const int first = tree_.next(root);  // what is hung anew comes before it, and is done
  for (int node = last, before = -1; before != root; node = before) {
    before = node == first ? root : tree_.previous(node);
    const int parent = tree_[node].parent;
    const double flow = tree_[node].flow;
    if (parent == root || flow <= tree_[parent].flow + rounding) {
      tree_[parent].flow -= flow;
    } else {
      tree_.Rehang(node, node, root, RootArc(node), flow, [](int) {});
    }
  }
}

void NetworkSimplex::OrderRegions(const double* cost) {
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(),
            [cost](int i, int k) { return cost[i] < cost[k] || (cost[i] == cost[k] && i < k); });
}

bool NetworkSimplex::CostsDifferByRegionOnly() const {
  if (!every_region_once_) return false;
  using Row = Eigen::Map<const Vector>;
  for (int j = 1; j < num_gateways_; ++j) {
    if (Row(cost_ + first_[j], num_regions_) != Row(cost_, num_regions_)) return false;
  }
  return true;
}

/// Gives the gateway the cheapest regions with room left, from the one at `at` of order_ on; returns where the next
/// gateway goes on. It hangs below the region that took the rest; the regions that it filled have no slack any more and
/// hang below it.
std::size_t NetworkSimplex::AssignInOrder(int gateway, std::size_t at) {
  double left = supply_[gateway];
  for (; at < order_.size(); ++at) {
    const int region = order_[at], arc = first_[gateway] + region, node = NodeOfRegion(region);
    double& room = room_[region];
    if (room <= 0.0) continue;
    if (shedding_ && shed_cost_ < cost_[arc]) break;
    if (left <= room) {
      room -= left;
      tree_.Hang(gateway, node);
      tree_[gateway].arc = arc;
      return at;
    }
    left -= std::exchange(room, 0.0);
    tree_.Hang(node, gateway);
    tree_[node].arc = arc;
  }
  tree_[gateway].arc = RootArc(gateway);
  return at;
}

}  // namespace evenkeel
