#include "engine/slot_minimum.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace evenkeel {
namespace {

/// Where work is left undone: a last region, which classes alone reach.
std::unique_ptr<const Problem> WithUndoneWork(const Problem& problem) {
  if (problem.num_classes() == 0) return nullptr;
  Problem relaxed = problem;
  const int undone = problem.network.num_regions();
  const double resource = problem.arcs.arcs.front().resource;  // as elsewhere, if it is the same everywhere
  relaxed.network.regions.push_back({"undone work"});
  relaxed.arcs = {};
  for (int j = 0; j < problem.network.num_gateways(); ++j) {
    relaxed.arcs.first_of_gateway.push_back(relaxed.arcs.size());
    for (int a = problem.arcs.first_of_gateway[j]; a < problem.arcs.first_of_gateway[j + 1]; ++a)
      relaxed.arcs.arcs.push_back(problem.arcs.arcs[a]);
    if (j >= problem.network.num_firm()) relaxed.arcs.arcs.push_back({j, undone, 0, 0.0, resource, 0.0});
  }
  relaxed.arcs.first_of_gateway.push_back(relaxed.arcs.size());
  return std::make_unique<const Problem>(std::move(relaxed));
}

}  // namespace

double CheapestUnit(const Problem& problem, const Vector& cost, const VectorRef& capacity_price, int gateway) {
  double cheapest = problem.shed_cost.value_or(kInfinity);
  for (int a = problem.arcs.first_of_gateway[gateway]; a < problem.arcs.first_of_gateway[gateway + 1]; ++a) {
    const Arc& arc = problem.arcs.arcs[a];
    cheapest = std::min(cheapest, cost[a] + arc.resource * capacity_price[arc.region]);
  }
  return cheapest;
}

SlotMinimum::SlotMinimum(const Problem& problem)
    : problem_(problem),
      relaxed_(WithUndoneWork(problem)),
      dispatcher_(relaxed_ ? *relaxed_ : problem),
      allocation_(MakeAllocation(relaxed_ ? *relaxed_ : problem)),
      cost_(relaxed_ ? relaxed_->num_arcs() : 0) {}

const Vector& SlotMinimum::CapacityPrices(const Vector& cost, const Slot& slot, const VectorRef& deferral_price,
                                          const VectorRef& most) {
  const int classes = problem_.num_classes(), firm = problem_.network.num_firm();
  if (classes == 0) {
    DispatchOrThrow(problem_, cost, slot, &dispatcher_, &allocation_);
    return dispatcher_.capacity_price();
  }
  slot_.index = slot.index;
  slot_.demand = slot.demand;
  slot_.demand.tail(classes) = most;
  slot_.capacity.resize(slot.capacity.size() + 1);
  slot_.capacity << slot.capacity, 2.0 * (most.sum() + 1.0) * problem_.arcs.arcs.front().resource;
  for (int j = 0; j < firm + classes; ++j) {
    const int first = problem_.arcs.first_of_gateway[j], count = problem_.arcs.first_of_gateway[j + 1] - first;
    const int relaxed = relaxed_->arcs.first_of_gateway[j];
    cost_.segment(relaxed, count) = cost.segment(first, count);
    // Undone work costs what it is worth: y - y x for every unit, and the y is the caller's.
    if (j >= firm) cost_[relaxed + count] = deferral_price[j - firm];
  }
  DispatchOrThrow(*relaxed_, cost_, slot_, &dispatcher_, &allocation_);
  capacity_price_ = dispatcher_.capacity_price().head(slot.capacity.size());
  return capacity_price_;
}

}  // namespace evenkeel
