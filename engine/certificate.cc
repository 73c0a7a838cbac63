#include "engine/certificate.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/deferral_prices.h"
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

/// What a unit of a gateway's workload costs at most, taken by size.
double DearestUnit(const Problem& problem, const Vector& cost, int gateway) {
  double dearest = problem.shed_cost.value_or(0.0);
  for (int a = problem.arcs.first_of_gateway[gateway]; a < problem.arcs.first_of_gateway[gateway + 1]; ++a)
    dearest = std::max(dearest, std::abs(cost[a]));
  return dearest;
}

/// Of the slot's demand and work. Where there is none, what is served is infeasible but for what is lost in the digits
/// of the capacity and of the work done so far.
double RelativeInfeasibility(const Problem& problem, const Slot& slot, const Vector& work_done,
                             const Allocation& allocation, Vector* use) {
  const double violation = Infeasibility(problem, slot, work_done, allocation, use);
  if (violation == 0.0) return 0.0;
  const double so_far = slot.arrived.size() > 0 ? slot.arrived.sum() : 0.0;
  return violation /
         std::max({slot.demand.sum() + slot.releasable, 1e-12 * slot.capacity.sum(), 1e-8 * so_far, 1e-300});
}

}  // namespace

PrefixBound::PrefixBound(const Problem& problem, Prices prices, RowMatrix deferral_prices)
    : problem_(problem),
      prices_(std::move(prices)),
      deferral_prices_(std::move(deferral_prices)),
      minimum_(problem),
      due_(Vector::Zero(problem.num_classes())),
      room_(due_),
      deferral_price_(due_) {
  CheckInDualSet(problem_, prices_);
  EVENKEEL_CHECK_EQ(deferral_prices_.cols(), problem.num_classes());
  if (!deferral_prices_.allFinite()) throw InputError("the deferral prices are not all finite, allowed are numbers");
}

Vector PrefixBound::DeferralPrices() const {
  if (problem_.num_classes() == 0) return Vector();
  EVENKEEL_CHECK(slots_ < deferral_prices_.rows());
  return deferral_prices_.row(slots_);
}

Vector PrefixBound::MostWork(const Slot& slot) const {
  return problem_.num_classes() == 0 ? Vector() : Vector((slot.arrived - due_).cwiseMax(0.0));
}

void PrefixBound::Add(const Slot& slot, const Coefficients& coefficients) {
  PricedCost(problem_, coefficients, 1.0, prices_, &cost_);
  AddSlot(minimum_.CapacityPrices(cost_, slot, DeferralPrices(), MostWork(slot)), slot);
}

void PrefixBound::AddAt(const VectorRef& capacity_price, const Slot& slot, const Coefficients& coefficients) {
  EVENKEEL_CHECK(capacity_price.size() == 0 || capacity_price.minCoeff() >= 0.0);
  PricedCost(problem_, coefficients, 1.0, prices_, &cost_);
  AddSlot(capacity_price, slot);
}

/// At most the slot's minimum for any capacity prices >= 0 (weak duality).
void PrefixBound::AddSlot(const VectorRef& capacity_price, const Slot& slot) {
  double bound = -capacity_price.dot(slot.capacity);
  for (int j = 0; j < problem_.network.num_firm(); ++j) {
    bound += slot.demand[j] * CheapestUnit(problem_, cost_, capacity_price, j);
    gross_ += slot.demand[j] * DearestUnit(problem_, cost_, j);
  }
  bound_ += bound;
  if (problem_.num_classes() > 0) AddWork(capacity_price, slot);
  ++slots_;
}

void PrefixBound::AddWork(const VectorRef& capacity_price, const Slot& slot) {
  const Vector y = DeferralPrices(), most = MostWork(slot);
  for (int k = 0; k < problem_.num_classes(); ++k) {
    const int gateway = problem_.network.num_firm() + k;
    const double cheapest = CheapestUnit(problem_, cost_, capacity_price, gateway);
    bound_ += slot.demand[gateway] * y[k] + most[k] * std::min(0.0, cheapest - y[k]);
    bound_ -= room_[k] * std::max(0.0, deferral_price_[k] - y[k]);
    gross_ += slot.demand[gateway] * DearestUnit(problem_, cost_, gateway);
  }
  deferral_price_ = y;
  due_ = slot.due;
  room_ = (slot.arrived - slot.due).cwiseMax(0.0);
}

double PrefixBound::value() const {
  double bound = bound_;
  for (Eigen::Index k = 0; k < room_.size(); ++k) bound -= room_[k] * std::max(0.0, deferral_price_[k]);
  return bound;
}

double LowerBound(const Problem& problem, SlotSource& slots, const Prices& prices, const RowMatrix& deferral_prices) {
  PrefixBound bound(problem, prices,
                    deferral_prices.size() > 0 ? deferral_prices : DeferralPricesAt(problem, slots, prices));
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
                             const std::function<const Allocation&(int)>& allocation_of, const Prices& prices,
                             const RowMatrix& deferral_prices) {
  PrefixBound bound(problem, prices,
                    deferral_prices.size() > 0 ? deferral_prices : DeferralPricesAt(problem, slots, prices));
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
    certificate.infeasibility = std::max(
        certificate.infeasibility, RelativeInfeasibility(problem, slot, ledger.work_done, allocation, &region_use));
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
