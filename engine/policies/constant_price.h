// Equity-oblivious balancing: dispatch at the same prices in every slot. Covers `cost`, `carbon`, `water`, `c2`, `all`,
// `l1-greedy` and `fixed-price`.
#pragma once

#include <memory>
#include <string>

#include "engine/policy.h"

namespace evenkeel {

struct ConstantPriceOptions {
  double cost_scale = 1.0;  ///< 1 pays for energy and network, 0 ignores them
  Prices prices;            ///< USD per unit of load, per group [buckets], >= 0; theta applies to the loads
  /// Whether the policy minimises a plain linear objective of its own, reported as PolicyReport::own_objective.
  bool report_own_objective = false;
  /// For prices that a solver found: they are rounded, and ties are broken by the loads rather than by the last bits
  /// (engine/policies/leaning_prices.h), which are ahead of `planned_load`, or of nothing where that is empty.
  bool break_ties = false;
  std::vector<Loads> planned_load = {};  ///< before every slot, [slots], per group [buckets]
};

/// x_t = argmin over X_t of (cost_scale c_t + sum_k prices^k h^k_t) . x
std::unique_ptr<Policy> MakeConstantPrice(const Problem& problem, const ConstantPriceOptions& options);

/// The same price per physical unit of a footprint in every bucket (theta divided out), zero for other footprints. USD
/// per t, m3, or unit of mean quality lost.
void SetUniformPrice(const Problem& problem, Footprint footprint, double price, Prices* prices);

/// Prices mu_k on every bucket: the gradient of the norms with q = 1, whatever the objective's norms are.
Prices L1Prices(const Problem& problem);

/// Prices as CSV with the header `group,bucket,price`, one row per bucket of every group.
Prices ReadPrices(const Problem& problem, const std::string& path);
void WritePrices(const Problem& problem, const Prices& prices, const std::string& path);

}  // namespace evenkeel
