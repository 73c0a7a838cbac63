// Partial pricing of the dispatchers' simplex methods: which arc enters the basis next.
#pragma once

#include <vector>

namespace evenkeel {

inline constexpr double kRelativeOptimality = 1e-12;  // reduced costs, relative to the largest cost

/// Keeps a list of the best arcs of some gateways, going round, and uses them until none of them improves any more.
/// `Entering` has a reduced_cost.
template <typename Entering>
class PartialPricing {
 public:
  PartialPricing(int num_gateways, int length) : num_gateways_(num_gateways), length_(length) {
    candidates_.reserve(length);
  }

  /// Goes round from the first gateway on.
  void Restart() { next_gateway_ = num_gateways_ - 1; }
  void Clear() { candidates_.clear(); }

  /// An arc with a reduced cost below -tolerance. find_in_gateway(j, &entering) finds the best of a gateway, if one
  /// improves; reduced_cost(entering) is that of an arc at the present prices.
  template <typename FindInGateway, typename ReducedCost>
  bool Find(double tolerance, const FindInGateway& find_in_gateway, const ReducedCost& reduced_cost,
            Entering* entering) {
    if (FindInList(tolerance, reduced_cost, entering)) return true;
    for (int i = 0; i < num_gateways_ && static_cast<int>(candidates_.size()) < length_; ++i) {
      if (++next_gateway_ >= num_gateways_) next_gateway_ = 0;
      Entering candidate;
      if (find_in_gateway(next_gateway_, &candidate)) candidates_.push_back(candidate);
    }
    return FindInList(tolerance, reduced_cost, entering);
  }

 private:
  /// The best of the list; drops what no longer improves.
  template <typename ReducedCost>
  bool FindInList(double tolerance, const ReducedCost& reduced_cost, Entering* entering) {
    std::size_t kept = 0, best = 0;
    for (Entering& candidate : candidates_) {
      candidate.reduced_cost = reduced_cost(candidate);
      if (candidate.reduced_cost >= -tolerance) continue;
      candidates_[kept] = candidate;
      if (candidate.reduced_cost < candidates_[best].reduced_cost) best = kept;
      ++kept;
    }
    candidates_.resize(kept);
    if (kept == 0) return false;
    *entering = candidates_[best];
    return true;
  }

  int num_gateways_, length_;
  int next_gateway_ = 0;
  std::vector<Entering> candidates_;
};

}  // namespace evenkeel
