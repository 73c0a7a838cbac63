#include "engine/policies/dual_mirror_descent.h"

#include <algorithm>
#include <cmath>

#include "engine/dispatch/dispatch.h"

namespace evenkeel {
namespace {

class DualMirrorDescent : public Policy {
 public:
  DualMirrorDescent(const Problem& problem, const DualMirrorDescentOptions& options)
      : problem_(problem),
        options_(options),
        dispatcher_(problem),
        kappa_(ZeroPrices(problem)),
        prices_(kappa_),
        load_(kappa_),
        target_(kappa_),
        cap_(problem.num_groups(), 0.0) {}

  void Decide(const SlotInput& input, Allocation* allocation) override {
    for (int k = 0; k < problem_.num_groups(); ++k) {
      const double weight = problem_.groups[k].weight;
      prices_[k] = weight * kappa_[k];
      cap_[k] = std::max(cap_[k], weight * input.coefficients.load[k].maxCoeff());
      load_[k].setZero();
    }
    PricedCost(problem_, input.coefficients, 1.0, prices_, &cost_);
    DispatchOrThrow(problem_, cost_, input.slot, &dispatcher_, allocation);
    AddLoads(problem_, input.coefficients, allocation->flow, &load_);
    for (int k = 0; k < problem_.num_groups(); ++k) {
      SetTarget(k);
      kappa_[k] = (kappa_[k] + options_.step * (problem_.groups[k].weight * load_[k] - target_[k])).cwiseMax(0.0);
    }
  }

  const Prices* StatedPrices() const override { return &prices_; }

 private:
  /// argmin of ||z||_q - <kappa, z> over the ball: its dual point once kappa leaves the unit ball of the dual norm.
  void SetTarget(int k) {
    const double q = problem_.groups[k].norm, dual = DualExponent(q);
    const double norm = Norm(kappa_[k], dual);
    const double radius = cap_[k] * std::pow(static_cast<double>(kappa_[k].size()), 1.0 / q);
    target_[k].setZero();
    if (norm <= 1.0) return;
    if (std::isinf(q)) {
      target_[k].setConstant(radius);  // radius = cap: every bucket at its bound
    } else {
      NormGradient(kappa_[k], dual, target_[k]);
      target_[k] *= radius;
    }
  }

  const Problem& problem_;
  DualMirrorDescentOptions options_;
  Dispatcher dispatcher_;
  Prices kappa_;             ///< per USD of weighted footprint
  Prices prices_;            ///< mu kappa, per unit of load
  Loads load_;               ///< of this slot
  Loads target_;             ///< z, USD
  std::vector<double> cap_;  ///< largest weighted coefficient so far, USD
  Vector cost_;
};

}  // namespace

std::unique_ptr<Policy> MakeDualMirrorDescent(const Problem& problem, const DualMirrorDescentOptions& options) {
  return std::make_unique<DualMirrorDescent>(problem, options);
}

}  // namespace evenkeel
