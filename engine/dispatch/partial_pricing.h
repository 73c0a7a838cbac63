// Partial pricing of the dispatchers' simplex methods: which arc enters the basis next.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/dispatch/result.h"

namespace evenkeel {

inline constexpr double kRelativeOptimality = 1e-12;  // reduced costs, relative to the largest cost
inline constexpr double kRelativeRounding = 1e-15;    // of a basis that fits a slot, relative to demand and capacity

/// Keeps a list of the best arcs of some gateways, going round, and uses them until none of them improves any more.
/// `Entering` has a reduced_cost.
template <typename Entering>
class PartialPricing {
 public:
  PartialPricing(int num_gateways, int length)
      : num_gateways_(num_gateways), most_(length), length_(length), candidates_(length) {}

  /// Goes round from the first gateway on. From the last basis few arcs improve, and one pivot often settles what
  /// several gateways had to offer: there, a list is twice as long as the one before it was of use.
  void Restart(DispatchStart start) {
    next_gateway_ = num_gateways_ - 1;
    adapts_ = start == DispatchStart::kLastBasis;
    length_ = adapts_ ? std::min(most_, kFirstLength) : most_;
    used_ = most_;
  }
  void Clear() { count_ = 0; }

  /// An arc with a reduced cost below -tolerance. find_in_gateway(j, &entering) finds the best of a gateway, if one
  /// improves; reduced_cost(entering) is that of an arc at the present prices.
  template <typename FindInGateway, typename ReducedCost>
  bool Find(double tolerance, const FindInGateway& find_in_gateway, const ReducedCost& reduced_cost,
            Entering* entering) {
    int best = Reprice(tolerance, reduced_cost);
    if (count_ == 0) {
      if (adapts_ && used_ < most_) length_ = std::clamp(2 * used_, 1, most_);
      used_ = 0;
      for (int i = 0; i < num_gateways_ && count_ < length_; ++i) {
        if (++next_gateway_ >= num_gateways_) next_gateway_ = 0;
        Entering& candidate = candidates_[count_];
        if (!find_in_gateway(next_gateway_, &candidate)) continue;
        candidate.reduced_cost = reduced_cost(candidate);
        if (candidate.reduced_cost >= -tolerance) continue;
        if (candidate.reduced_cost < candidates_[best].reduced_cost) best = count_;
        ++count_;
      }
      if (count_ == 0) return false;
    }
    *entering = candidates_[best];
    ++used_;
    return true;
  }

 private:
  static constexpr int kFirstLength = 4;

  /// Which of the list is best; drops what no longer improves.
  template <typename ReducedCost>
  int Reprice(double tolerance, const ReducedCost& reduced_cost) {
    int kept = 0, best = 0;
    double least = 0.0;
    for (int c = 0; c < count_; ++c) {
      const Entering& candidate = candidates_[c];
      const double value = reduced_cost(candidate);
      if (value >= -tolerance) continue;
      if (kept != c) candidates_[kept] = candidate;
      candidates_[kept].reduced_cost = value;
      if (value < least) {
        least = value;
        best = kept;
      }
      ++kept;
    }
    count_ = kept;
    return best;
  }

  int num_gateways_, most_;
  int length_;  // of the present list, at most
  bool adapts_ = false;
  int used_ = 0;  // pivots of the present list
  int next_gateway_ = 0;
  std::vector<Entering> candidates_;  // [length], of which the first count_ are in the list
  int count_ = 0;
};

}  // namespace evenkeel
