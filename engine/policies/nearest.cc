#include "engine/policies/nearest.h"

#include "engine/dispatch/dispatch.h"

namespace evenkeel {
namespace {

class Nearest : public Policy {
 public:
  explicit Nearest(const Problem& problem) : problem_(problem), dispatcher_(problem), cost_(problem.num_arcs()) {
    // Among the variants of a region the least quality loss wins: a tie-break too small to outweigh a metre.
    const Network& network = problem.network;
    for (int a = 0; a < problem.num_arcs(); ++a) {
      const Arc& arc = problem.arcs.arcs[a];
      cost_[a] = network.distance(arc.gateway, arc.region) + 1e-4 * network.variants[arc.variant].quality_loss;
    }
  }

  void Decide(const SlotInput& input, Allocation* allocation) override {
    DispatchOrThrow(problem_, cost_, input.slot, &dispatcher_, allocation);
  }

 private:
  const Problem& problem_;
  Dispatcher dispatcher_;
  Vector cost_;
};

}  // namespace

std::unique_ptr<Policy> MakeNearest(const Problem& problem) { return std::make_unique<Nearest>(problem); }

}  // namespace evenkeel
