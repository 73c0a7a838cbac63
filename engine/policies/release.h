// When work that can wait is done: rules that decide, slot by slot, how much of every class to release, around a policy
// that decides where (docs/waiting.md). The policy inside sees a class as a gateway with that much demand.
#pragma once

#include <memory>

#include "engine/policy.h"

namespace evenkeel {

enum class ReleaseRule {
  kImmediate,  ///< all that waits
  kSpread,     ///< every slot's arrivals in equal parts over the last share of their window
  kThreshold,  ///< the more of a slot's arrivals, the cheaper it has been since
  kHoard,      ///< what is due, and now and then all that waits: test advice
  kPlanned,    ///< what a plan says
};

struct ReleaseOptions {
  ReleaseRule rule = ReleaseRule::kImmediate;
  double last = 1.0;  ///< spread: share of the window, in [0, 1]; 0: in its last slot
  /// threshold: l > 0 and u > l, USD per unit, of v_t = min_a c_t[a] + sum_k mu_k h^k_t[a], the class's cheapest unit
  /// with its loads at full weight. All is released at l or below, nothing at u / alpha or above until it is due.
  double low = 0.0, high = 0.0;
  double dump = 0.1;               ///< hoard: share of the slots in which all is released, in [0, 1]
  std::uint64_t seed = 1;          ///< hoard: which slots those are
  RowMatrix done = {};             ///< planned: S, [slots x classes], work done by the end of every slot
  RowMatrix deferral_prices = {};  ///< planned: y, [slots x classes], USD per unit; empty: none are stated
};

/// alpha of theorem 10 for theta = u / l: (1 - 1/theta) / (1 - 1/alpha) = e^(1/alpha), in (1, theta).
double ThresholdRatio(double theta);

/// Share of a batch that theorem 10's rule has released once the cheapest price since its arrival is v:
/// z(v) = alpha ln((1 - v/u) / (1 - 1/alpha)), kept in [0, 1].
double ThresholdShare(double price, double high, double ratio);

/// `inner` on what the rule releases. Work whose window reaches beyond the period's end is released at once: what is
/// put off to the last slot piles up there. What the slot's capacity leaves no room for beside firm demand and due work
/// waits on; due work that does not fit is shed where the problem has a shed cost, and an InputError else. No
/// allocation per slot after the first ones; the time per slot grows with the longest deadline.
std::unique_ptr<Policy> MakeReleasing(const Problem& problem, std::unique_ptr<Policy> inner,
                                      const ReleaseOptions& options);

/// From what is wanted to be done to what is released.
class ReleaseFit {
 public:
  explicit ReleaseFit(const Problem& problem);
  ~ReleaseFit();

  /// `served` is the input's slot with a release as every class's demand: to where `target` [classes] wants S, the work
  /// done since the period's begin, to be, within the window, and of what is beyond the due work as much as fits beside
  /// firm demand and due work, class after class. Due work is released whether it fits or not.
  void Fit(const SlotInput& input, const Vector& target, Slot* served);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel
