#include "engine/deferral_prices.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "engine/slot_minimum.h"

namespace evenkeel {
namespace {

/// The cheapest slot of every slot's window [s, last[s]], ascending, each once. `cheapest` has one more entry, for work
/// that is never done.
std::vector<int> CheapestSlots(const Vector& cheapest, const std::vector<int>& last) {
  std::vector<int> slots;
  std::deque<int> rising;  // of the window, those that none behind them undercuts
  int next = 0;
  for (std::size_t s = 0; s < last.size(); ++s) {
    for (; next <= last[s]; ++next) {
      while (!rising.empty() && cheapest[rising.back()] > cheapest[next]) rising.pop_back();
      rising.push_back(next);
    }
    while (rising.front() < static_cast<int>(s)) rising.pop_front();
    if (slots.empty() || slots.back() != rising.front()) slots.push_back(rising.front());
  }
  return slots;
}

}  // namespace

RowMatrix DeferralPricesAt(const Problem& problem, SlotSource& slots, const Prices& prices) {
  const int num_slots = slots.num_slots(), classes = problem.num_classes();
  RowMatrix deferral_prices(num_slots, classes);
  if (classes == 0) return deferral_prices;
  RowMatrix cheapest = RowMatrix::Zero(num_slots + 1, classes), arrived(num_slots, classes), due(num_slots, classes);
  SlotMinimum minimum(problem);
  const Vector none = Vector::Zero(classes);
  Slot slot;
  Coefficients coefficients;
  Vector cost;
  for (int t = 0; t < num_slots; ++t) {
    slots.Read(t, &slot);
    EstimateCoefficients(problem, slot, &coefficients);
    PricedCost(problem, coefficients, 1.0, prices, &cost);
    const Vector& capacity_price = minimum.CapacityPrices(cost, slot, none, none);
    for (int k = 0; k < classes; ++k)
      cheapest(t, k) = CheapestUnit(problem, cost, capacity_price, problem.network.num_firm() + k);
    arrived.row(t) = slot.arrived.transpose();
    due.row(t) = slot.due.transpose();
  }
  std::vector<int> last(num_slots);
  for (int k = 0; k < classes; ++k) {
    int end = 0;
    for (int s = 0; s < num_slots; ++s) {
      end = std::max(end, s);
      while (end < num_slots && due(end, k) < arrived(s, k)) ++end;
      last[s] = end;
    }
    const Vector cost_of_slot = cheapest.col(k);
    int t = 0;
    double before = -kInfinity;
    for (int chosen : CheapestSlots(cost_of_slot, last)) {
      for (; t < chosen; ++t) deferral_prices(t, k) = std::max(before, cost_of_slot[chosen]);
      before = cost_of_slot[chosen];
      if (t < num_slots) deferral_prices(t++, k) = before;
    }
  }
  return deferral_prices;
}

}  // namespace evenkeel
