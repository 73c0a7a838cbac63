#include "engine/smoothed_prices.h"

#include <algorithm>

#include "models/base/norm.h"

namespace evenkeel {
namespace {

constexpr double kSmoothestNorm = 8.0;

}  // namespace

void SmoothedPrices(const Problem& problem, const Loads& load, Prices* prices) {
  for (int k = 0; k < problem.num_groups(); ++k) {
    const Group& group = problem.groups[k];
    NormGradient(load[k], std::min(group.norm, kSmoothestNorm), (*prices)[k]);
    (*prices)[k] *= group.weight;
  }
}

}  // namespace evenkeel
