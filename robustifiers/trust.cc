#include "robustifiers/trust.h"

#include <algorithm>

#include "engine/smoothed_prices.h"

namespace evenkeel {

Trust::Trust(const Problem& problem, const Spending& spending, const TrustOptions& options)
    : problem_(problem), spending_(spending), options_(options), prices_(ZeroPrices(problem)) {}

double Trust::AllowanceAt(double expert_objective, double credit) const {
  const double whole = Allowance(spending_, expert_objective);
  if (!options_.adaptive) return whole;
  const double margin = whole - spending_.bonus;
  return std::min(margin, options_.floor * margin + options_.gain * credit) + spending_.bonus;
}

double Trust::PricedShiftedCost(const Coefficients& metered, const Allocation& allocation) const {
  const double shed_cost = problem_.shed_cost.value_or(0.0);
  const int classes = problem_.num_classes();
  double cost = cost_.dot(allocation.flow) + metered.shift * allocation.flow.head(problem_.first_class_arc()).sum() +
                (shed_cost + metered.shift) * allocation.shed.head(problem_.network.num_firm()).sum() +
                shed_cost * allocation.shed.tail(classes).sum();
  for (int k = 0; k < classes; ++k) cost += WorkShift(problem_, k, Released(problem_, allocation, k));
  return cost;
}

double Trust::PricedAdvice(const Coefficients& metered, const Allocation& advice, const Allocation& expert) const {
  const double cost = PricedShiftedCost(metered, advice);
  if (problem_.num_classes() == 0) return cost;
  const double advised = advice.flow.sum() + advice.shed.sum();
  return advised > 0.0 ? cost * ((expert.flow.sum() + expert.shed.sum()) / advised) : kInfinity;
}

void Trust::Observe(const Coefficients& metered, const Ledger& expert_ledger, const Allocation& advice,
                    const Allocation& expert) {
  if (!options_.adaptive) return;
  SmoothedPrices(problem_, expert_ledger.load, &prices_);
  PricedCost(problem_, metered, 1.0, prices_, &cost_);
  const double expert_value = PricedShiftedCost(metered, expert);
  const double headroom = options_.tolerance * expert_value;
  const double advised = PricedAdvice(metered, advice, expert);
  credit_ += std::clamp(expert_value + headroom - advised, 0.0, std::max(0.0, headroom));
}

}  // namespace evenkeel
