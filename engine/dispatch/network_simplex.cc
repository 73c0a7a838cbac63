#include "engine/dispatch/network_simplex.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/dispatch/cheapest_arc.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr double kArtificialCost = 10.0;     // of a unit of demand at the root, relative to the largest cost
constexpr double kPhaseOneTolerance = 1e-9;  // reduced costs are whole numbers there
constexpr int kFewOfAll = 4;                 // one arc in so many is looked at, before all gateways are asked again

}  // namespace

bool NetworkSimplex::Fits(const Problem& problem) {
  const std::vector<Arc>& arcs = problem.arcs.arcs;
  return std::all_of(arcs.begin(), arcs.end(), [&](const Arc& arc) { return arc.resource == arcs.front().resource; });
}

NetworkSimplex::NetworkSimplex(const Problem& problem)
    : num_arcs_(problem.num_arcs()),
      num_regions_(problem.network.num_regions()),
      num_gateways_(problem.network.num_gateways()),
      shedding_(problem.shed_cost.has_value()),
      shed_cost_per_unit_(problem.shed_cost.value_or(0.0)),
      resource_(problem.arcs.arcs.front().resource),
      first_(problem.arcs.first_of_gateway),
      tree_(num_gateways_ + num_regions_ + 1),
      pricing_(num_gateways_, std::max(4, num_gateways_ / 8)) {
  for (const Arc& arc : problem.arcs.arcs) region_.push_back(arc.region);
  every_region_once_ = problem.network.num_variants() == 1 && num_arcs_ == num_regions_ * num_gateways_;
  zero_cost_ = Vector::Zero(num_arcs_);
  supply_ = potential_ = Vector::Zero(num_gateways_ + num_regions_ + 1);
  start_price_ = mean_cost_ = room_ = capacity_price_ = Vector::Zero(num_regions_);
  order_.resize(num_regions_);
  may_improve_.resize(num_gateways_);
  fell_.reserve(num_regions_);
  first_into_.resize(num_regions_ + 1);
  for (const int region : region_) ++first_into_[region + 1];
  std::partial_sum(first_into_.begin(), first_into_.end(), first_into_.begin());
  arc_into_.resize(num_arcs_);
  gateway_of_.resize(num_arcs_);
  std::vector<int> next = first_into_;
  for (int a = 0; a < num_arcs_; ++a) {
    const int at = next[region_[a]]++;
    arc_into_[at] = a;
    gateway_of_[at] = problem.arcs.arcs[a].gateway;
  }
}

DispatchResult NetworkSimplex::Solve(const Vector& cost, const Slot& slot, Allocation* allocation, double cost_scale,
                                     DispatchStart start) {
  EVENKEEL_CHECK_EQ(cost.size(), num_arcs_);
  EVENKEEL_CHECK(cost.allFinite());
  pivots_ = 0;
  cost_ = cost.data();
  shed_cost_ = cost_scale * shed_cost_per_unit_;
  artificials_fixed_ = false;
  double scale = shedding_ ? std::abs(shed_cost_) : 0.0;
  if (num_arcs_ > 0) scale = std::max(scale, cost.cwiseAbs().maxCoeff());
  supply_.head(num_gateways_) = slot.demand;
  supply_.segment(num_gateways_, num_regions_) = slot.capacity / resource_;
  if (!shedding_) shed_cost_ = kArtificialCost * scale;
  tolerance_ = kRelativeOptimality * scale;
  Start(start);
  DispatchResult result;
  const double total = slot.demand.sum();
  if (!shedding_ && !Optimise()) result.status = DispatchStatus::kNotConverged;
  if (!shedding_ && ShedTotal() > 1e-12 * total) {  // the artificial cost was too low, or nothing can serve the rest
    cost_ = zero_cost_.data();
    shed_cost_ = 1.0;
    tolerance_ = kPhaseOneTolerance;
    if (!Optimise()) {
      result.status = DispatchStatus::kNotConverged;
    } else if (ShedTotal() > 1e-9 * total) {
      result.status = DispatchStatus::kInfeasible;
    }
    cost_ = cost.data();
  }
  if (!shedding_) {
    shed_cost_ = 0.0;
    artificials_fixed_ = true;
  }
  tolerance_ = kRelativeOptimality * scale;
  if (result.status == DispatchStatus::kOptimal && !Optimise()) result.status = DispatchStatus::kNotConverged;
  RefreshFlows();
  RefreshPotentials();
  capacity_price_ = potential_.segment(num_gateways_, num_regions_).cwiseMax(0.0) / resource_;
  Extract(allocation);
  result.pivots = pivots_;
  result.cost = cost.dot(allocation->flow);
  if (shedding_) result.cost += shed_cost_ * allocation->shed.sum();
  return result;
}

void NetworkSimplex::RefreshFlows() {
  int last = tree_.root();
  for (int node = tree_.next(last); node >= 0; node = tree_.next(node)) {
    tree_[node].flow = supply_[node];
    last = node;
  }
  for (int node = last; node != tree_.root(); node = tree_.previous(node))
    tree_[tree_[node].parent].flow -= tree_[node].flow;
}

void NetworkSimplex::RefreshPotentials() {
  potential_[tree_.root()] = 0.0;
  for (int node = tree_.next(tree_.root()); node >= 0; node = tree_.next(node)) {
    const double cost = Cost(tree_[node].arc);
    potential_[node] = potential_[tree_[node].parent] + (IsGateway(node) ? cost : -cost);
  }
}

bool NetworkSimplex::Optimise(int enough) {
  RefreshPotentials();
  pricing_.Clear();
  const auto one_if_shed = [this](int arc) { return IsShed(arc) ? 1 : 0; };
  int unserved = 0;
  for (int j = 0; j < num_gateways_ && enough >= 0; ++j) unserved += one_if_shed(tree_[j].arc);
  std::fill(may_improve_.begin(), may_improve_.end(), 1);
  const int limit = 1000 + 50 * (num_gateways_ + num_regions_);
  Entering entering;
  for (int i = 0; i < limit; ++i) {
    if (unserved <= enough || !FindEntering(&entering)) return true;
    const Leaving leaving = FindLeaving(entering);
    if (leaving.node < 0) return false;  // every flow is bounded by a demand: only rounding leads here
    if (enough >= 0) unserved += one_if_shed(entering.arc) - one_if_shed(tree_[leaving.node].arc);
    Pivot(entering, leaving);
    ++pivots_;
  }
  return false;
}

/// Partial pricing; under Bland's rule simply the first improving arc.
bool NetworkSimplex::FindEntering(Entering* entering) {
  if (UseBland()) {
    pricing_.Clear();
    for (int j = 0; j < num_gateways_; ++j) {
      if (FindInGateway(j, entering)) return true;
    }
    return FindSlack(entering);
  }
  const auto find_in_gateway = [this](int j, Entering* found) {
    if (tracks_ && !may_improve_[j]) return false;
    const bool improves = FindInGateway(j, found);
    may_improve_[j] = improves;
    return improves;
  };
  const auto reduced_cost = [this](const Entering& candidate) {
    return Cost(candidate.arc) - potential_[candidate.from] + potential_[candidate.to];
  };
  return pricing_.Find(tolerance_, find_in_gateway, reduced_cost, entering) || FindSlack(entering);
}

bool NetworkSimplex::FindSlack(Entering* entering) const {
  for (int i = 0; i < num_regions_; ++i) {
    const int node = NodeOfRegion(i);
    const double reduced_cost = potential_[node] - start_price_[i];
    if (reduced_cost >= -tolerance_) continue;
    *entering = {RootArc(node), node, tree_.root(), reduced_cost};
    return true;
  }
  return false;
}

/// The arc with the lowest cost per unit at the regions' prices, if that is below what the gateway pays now; under
/// Bland's rule the first such arc.
bool NetworkSimplex::FindInGateway(int gateway, Entering* entering) const {
  const bool bland = UseBland();
  const int begin = first_[gateway], end = first_[gateway + 1];
  const double* price = potential_.data() + num_gateways_;
  double best = potential_[gateway] - tolerance_;
  int arc = -1;
  if (bland) {
    for (int a = begin; a < end && arc < 0; ++a) {
      if (cost_[a] + price[region_[a]] < best) arc = a;
    }
    if (arc >= 0) best = cost_[arc] + price[region_[arc]];
  } else {
    const CheapestArc cheapest = every_region_once_
                                     ? FindCheapestArc(cost_ + begin, price, end - begin, best)
                                     : FindCheapestArc(cost_ + begin, price, region_.data() + begin, end - begin, best);
    if (cheapest.arc >= 0) {
      best = cheapest.unit_cost;
      arc = begin + cheapest.arc;
    }
  }
  int to = arc < 0 ? tree_.root() : NodeOfRegion(region_[arc]);
  if (!artificials_fixed_ && shed_cost_ < best && !(bland && arc >= 0)) {
    best = shed_cost_;
    arc = RootArc(gateway);
    to = tree_.root();
  }
  if (arc < 0) return false;
  *entering = {arc, gateway, to, best - potential_[gateway]};
  return true;
}

/// consider(node, falls, of_from) for the arcs that the entering arc closes a cycle with, from its two ends up to where
/// the ways meet, the deeper end first.
template <typename Consider>
void NetworkSimplex::ForEachOfCycle(const Entering& entering, const Consider& consider) const {
  int a = entering.from, b = entering.to;
  bool a_falls = true, b_falls = true;
  const auto rise = [&](int* node, bool* falls, bool of_from) {
    const int parent = tree_[*node].parent;
    consider(*node, *falls, of_from);
    *node = parent;
    *falls = !*falls;
  };
  int above = tree_.depth(a) - tree_.depth(b);
  for (; above > 0; --above) rise(&a, &a_falls, true);
  for (; above < 0; ++above) rise(&b, &b_falls, false);
  while (a != b) {
    rise(&a, &a_falls, true);
    rise(&b, &b_falls, false);
  }
}

/// On the way from either end of the entering arc up to where the two ways meet, flows fall and rise in turn. Among
/// equal steps the first found leaves; under Bland's rule the lowest index.
NetworkSimplex::Leaving NetworkSimplex::FindLeaving(const Entering& entering) const {
  const bool bland = UseBland();
  Leaving leaving;
  leaving.step = kInfinity;
  const auto consider = [&](int at, bool falls, bool of_from) {
    const SpanningTree::Node& node = tree_[at];
    const bool fixed = artificials_fixed_ && IsShed(node.arc);
    if (!falls && !fixed) return;
    const double step = fixed ? 0.0 : std::max(0.0, node.flow);
    if (step > leaving.step || (step == leaving.step && (!bland || node.arc > tree_[leaving.node].arc))) return;
    leaving = {at, of_from, step};
  };
  ForEachOfCycle(entering, consider);
  return leaving;
}

void NetworkSimplex::Pivot(const Entering& entering, const Leaving& leaving) {
  degenerate_ = leaving.step > 0.0 ? 0 : degenerate_ + 1;
  if (leaving.step > 0.0) {
    ForEachOfCycle(entering,
                   [&](int node, bool falls, bool) { tree_[node].flow += falls ? -leaving.step : leaving.step; });
  }
  const int moved = leaving.of_from ? entering.from : entering.to;
  const int under = leaving.of_from ? entering.to : entering.from;
  // The entering arc's reduced cost becomes zero; within what moved, potentials keep their differences.
  const double change = IsGateway(moved) ? entering.reduced_cost : -entering.reduced_cost;
  if (!tracks_) {
    tree_.Rehang(leaving.node, moved, under, entering.arc, leaving.step, [&](int node) { potential_[node] += change; });
    return;
  }
  fell_.clear();
  tree_.Rehang(leaving.node, moved, under, entering.arc, leaving.step, [&](int node) {
    potential_[node] += change;
    if (IsGateway(node)) {
      if (change > 0.0) may_improve_[node] = 1;
    } else if (change < 0.0) {
      fell_.push_back(node - num_gateways_);
    }
  });
  MarkWhoWantsWhatFell();
}

void NetworkSimplex::MarkWhoWantsWhatFell() {
  int arcs = 0;
  for (const int region : fell_) arcs += first_into_[region + 1] - first_into_[region];
  if (arcs > num_arcs_ / kFewOfAll) {
    std::fill(may_improve_.begin(), may_improve_.end(), 1);
    return;
  }
  for (const int region : fell_) {
    const double price = potential_[NodeOfRegion(region)];
    for (int at = first_into_[region]; at < first_into_[region + 1]; ++at) {
      const int gateway = gateway_of_[at];
      if (cost_[arc_into_[at]] + price < potential_[gateway] - tolerance_) may_improve_[gateway] = 1;
    }
  }
}

double NetworkSimplex::ShedTotal() const {
  double total = 0.0;
  for (int j = 0; j < num_gateways_; ++j) {
    if (IsShed(tree_[j].arc)) total += std::max(0.0, tree_[j].flow);
  }
  return total;
}

void NetworkSimplex::Extract(Allocation* allocation) const {
  allocation->flow.setZero(num_arcs_);
  allocation->shed.setZero(num_gateways_);
  for (int node = 0; node < tree_.root(); ++node) {
    const int arc = tree_[node].arc;
    const double flow = tree_[node].flow;
    if (flow <= 0.0) continue;  // rounding only: basic flows are non-negative
    if (arc < num_arcs_) {
      allocation->flow[arc] = flow;
    } else if (IsShed(arc)) {
      allocation->shed[arc - num_arcs_] = flow;
    }
  }
}

}  // namespace evenkeel
