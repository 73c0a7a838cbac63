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
  const double shed_price = problem_.shed_cost.value_or(0.0) + metered.shift;
  return cost_.dot(allocation.flow) + metered.shift * allocation.flow.sum() + shed_price * allocation.shed.sum();
}

void Trust::Observe(const Coefficients& metered, const Ledger& expert_ledger, const Allocation& advice,
                    const Allocation& expert) {
  if (!options_.adaptive) return;
  SmoothedPrices(problem_, expert_ledger.load, &prices_);
  PricedCost(problem_, metered, 1.0, prices_, &cost_);
  const double expert_value = PricedShiftedCost(metered, expert);
  const double headroom = options_.tolerance * expert_value;
  credit_ += std::clamp(expert_value + headroom - PricedShiftedCost(metered, advice), 0.0, headroom);
}

}  // namespace evenkeel
