#include "engine/policies/leaning_prices.h"

#include <cmath>

namespace evenkeel {

void LeanOnLoads(const Problem& problem, const Loads& load, double exponent, double share, Prices* prices) {
  for (int k = 0; k < problem.num_groups(); ++k) {
    Vector& price = (*prices)[k];
    const double largest = load[k].maxCoeff();
    Vector w = Vector::Ones(price.size());
    if (largest > 0.0) w = (load[k].array() / largest).pow(exponent - 1.0);
    price = (1.0 - share) * price + share * problem.groups[k].weight / w.sum() * w;
  }
  ScaleIntoDualSet(problem, prices);
}

void RoundPrices(const Problem& problem, Prices* prices) {
  constexpr double kSteps = 1 << 30;
  for (int k = 0; k < problem.num_groups(); ++k) {
    const double step = problem.groups[k].weight / kSteps;
    if (step > 0.0) (*prices)[k] = ((*prices)[k].array() / step).round() * step;
  }
  ScaleIntoDualSet(problem, prices);
}

void BreakTies(const Problem& problem, const Loads& ahead, Prices* prices) {
  constexpr double kTieShare = 1e-7;
  for (std::size_t k = 0; k < prices->size(); ++k) {
    const double most = ahead[k].cwiseAbs().maxCoeff();
    if (most > 0.0) (*prices)[k].array() *= 1.0 + kTieShare / most * ahead[k].array();
  }
  ScaleIntoDualSet(problem, prices);
}

}  // namespace evenkeel
