#include "engine/certificate.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

void CheckInDualSet(const Problem& problem, const Prices& prices) {
  EVENKEEL_CHECK_EQ(prices.size(), problem.groups.size());
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    EVENKEEL_CHECK_EQ(prices[k].size(), group.num_buckets());
    const double norm = Norm(prices[k], DualExponent(group.norm));
    if (!(norm <= group.weight * (1.0 + 1e-9)) || !(prices[k].minCoeff() >= 0.0)) {
      throw InputError(
          "prices of group '{}' have dual norm {} and smallest entry {}, allowed: at most the group's weight {}, and "
          "at least 0",
          group.name, norm, prices[k].minCoeff(), group.weight);
    }
  }
}

/// sum_j d[j] min_a (cost[a] + r[a] pi[i]) - sum_i pi[i] cap[i]: at most the slot's minimum for any pi >= 0 (weak
/// duality).
/// `gross` gets what the demand would cost at most, taken by size.
double SlotBound(const Problem& problem, const Slot& slot, const Vector& cost, const VectorRef& capacity_price,
                 double* gross) {
  double bound = -capacity_price.dot(slot.capacity);
  for (int j = 0; j < problem.network.num_gateways(); ++j) {
    double cheapest = problem.shed_cost.value_or(kInfinity), dearest = problem.shed_cost.value_or(0.0);
    for (int a = problem.arcs.first_of_gateway[j]; a < problem.arcs.first_of_gateway[j + 1]; ++a) {
      const Arc& arc = problem.arcs.arcs[a];
      cheapest = std::min(
          cheapest, cost[a] + arc.resource * capacity_price[arc.region]);
      dearest = std::max(dearest, std::abs(cost[a]));
    }
    bound += slot.demand[j] * cheapest;
    *gross += slot.demand[j] * dearest;
  }
  return bound;
}

/// Of the slot's demand. Where there is none, what is served is infeasible but for what is lost in the digits of the
/// capacity.
double RelativeInfeasibility(const Problem& problem, const Slot& slot, const Vector& work_done,
                             const Allocation& allocation, Vector* use) {
  const double violation = Infeasibility(problem, slot, work_done, allocation, use);
  return violation == 0.0 ? 0.0 : violation / std::max({slot.demand.sum() + slot.releasable, 1e-12 * slot.capacity.sum(), 1e-300});
}

}  // namespace

PrefixBound::PrefixBound(const Problem& problem, Prices prices)
    : problem_(problem), prices_(std::move(prices)), dispatcher_(problem), allocation_(MakeAllocation(problem)) {
  CheckInDualSet(problem_, prices_);
}

void PrefixBound::Add(const Slot& slot, const Coefficients& coefficients) {
  PricedCost(problem_, coefficients, 1.0, prices_, &cost_);
  DispatchOrThrow(problem_, cost_, slot, &dispatcher_, &allocation_);
  bound_ += SlotBound(problem_, slot, cost_, dispatcher_.capacity_price(), &gross_);
}

void PrefixBound::AddAt(const VectorRef& capacity_price, const Slot& slot, const Coefficients& coefficients) {
  EVENKEEL_CHECK(capacity_price.size() == 0 || capacity_price.minCoeff() >= 0.0);
  PricedCost(problem_, coefficients, 1.0, prices_, &cost_);
  bound_ += SlotBound(problem_, slot, cost_, capacity_price, &gross_);
}

double LowerBound(const Problem& problem, SlotSource& slots, const Prices& prices) {
  PrefixBound bound(problem, prices);
  Slot slot;
  Coefficients coefficients;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    bound.Add(slot, coefficients);
  }
  return bound.value();
}

Certificate CheckCertificate(const Problem& problem, SlotSource& slots,
                             const std::function<const Allocation&(int)>& allocation_of, const Prices& prices) {
  PrefixBound bound(problem, prices);
  Ledger ledger = MakeLedger(problem);
  Certificate certificate;
  Slot slot;
  Coefficients coefficients;
  Vector region_use;
  for (int t = 0; t < slots.num_slots(); ++t) {
    slots.Read(t, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    bound.Add(slot, coefficients);
    const Allocation& allocation = allocation_of(t);
    certificate.infeasibility =
        std::max(certificate.infeasibility, RelativeInfeasibility(problem, slot, ledger.work_done, allocation, &region_use));
    AddSlot(problem, coefficients, allocation, FirmDemand(problem, slot), &ledger);
  }
  certificate.objective = ObjectiveValue(problem, ledger);
  certificate.lower_bound = bound.value();
  certificate.shift = ledger.shift;
  certificate.gap = RelativeGap(certificate.objective, certificate.lower_bound, ledger.shift, bound.gross());
  return certificate;
}

double RelativeGap(double objective, double lower_bound, double shift, double gross) {
  if (objective == lower_bound) return 0.0;
  // An objective that the shift brings to next to nothing, or that is nothing beside what the demand might cost, must
  // not turn rounding into a gap.
  const double size = std::max(std::abs(objective) + shift, gross);
  const double scale = std::max(std::abs(objective + shift), 1e-6 * size);
  return (objective - lower_bound) / std::max(scale, 1e-300);
}

double Ratio(double shifted_objective, double shifted_reference) {
  if (shifted_reference > 0.0) return shifted_objective / shifted_reference;
  return shifted_objective > 0.0 ? kInfinity : 1.0;
}

}  // namespace evenkeel
