#include "engine/policies/virtual_loads.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/norm.h"

namespace evenkeel {

double ShareLeft(int slot, int num_slots) { return static_cast<double>(num_slots - slot - 1) / num_slots; }

VirtualLoads FadingLoads(Loads start, int num_slots) {
  EVENKEEL_CHECK(num_slots >= 1);
  return [start = std::move(start), num_slots](const Slot& slot, Loads* load) {
    const double left = ShareLeft(slot.index, num_slots);
    EVENKEEL_CHECK_EQ(load->size(), start.size());
    for (std::size_t k = 0; k < start.size(); ++k) (*load)[k] = left * start[k];
  };
}

double VirtualCharge(const Problem& problem, const Loads& load, double q) {
  double charge = 0.0;
  for (int k = 0; k < problem.num_groups(); ++k) charge += problem.groups[k].weight * Norm(load[k], q);
  return charge;
}

Loads LoadsBehindPrices(const Loads& load, const Prices& prices, double q) {
  constexpr double kLeast = 0.01;  // of the largest price: a bucket that is never dear still has loads
  EVENKEEL_CHECK(q > 1.0);
  Loads result = load;
  for (std::size_t k = 0; k < load.size(); ++k) {
    const double dearest = prices[k].maxCoeff();
    if (!(dearest > 0.0)) continue;
    const double largest = load[k].maxCoeff();
    for (Eigen::Index b = 0; b < load[k].size(); ++b)
      result[k][b] = largest * std::pow(std::max(prices[k][b] / dearest, kLeast), 1.0 / (q - 1.0));
  }
  return result;
}

}  // namespace evenkeel
