// What a network of prices sees of a slot, the same in training and in use.
//
// Everything is measured at even play, which needs no decision of anyone: each gateway's demand over all its ways in
// proportion to what their regions can serve, all buckets of a group k at the same price mu_k / n_k. With c and h^k as
// in models/world/footprint.h, means over the arcs of a bucket b,
//
//   own[b]   = mean of (mu_k / n_k) h^k[a]                            what a unit of workload loads on b, in USD
//   other[b] = mean of c[a] + sum_l!=k (mu_l / n_l) h^l[a]            what it costs beside that
//
// and E^k[b] the load of even play over the period: as seen so far, and as forecast for the rest. Forecasts of the rest
// are means over the next 24 h, or what is left of the period if that is less. The inputs of a bucket:
//
//   own and other in the rest; own and other now        divided by the mean of own + other in the rest
//   E^k[b]                                              divided by unit[k], the mean of E^k over b
//   demand now                                          divided by that of the rest, minus 1
//   share of the period that is left, this slot included
//   sin and cos of the time of day
#pragma once

#include "models/world/problem.h"
#include "predictors/forecast/forecaster.h"
#include "predictors/learning/price_network.h"

namespace evenkeel {

inline constexpr int kPriceInputs = 9;  ///< per bucket

/// The problem's groups.
PriceShape PriceShapeOf(const Problem& problem);

/// The prices mu_k / n_k of all n_k buckets of group k.
Prices EvenPrices(const Problem& problem);

/// Prices from all buckets in a row, as a network says them.
Prices PricesOf(const Problem& problem, const double* values);

/// For one period, slots in order.
class PriceInputMaker {
 public:
  /// Keeps references to both.
  PriceInputMaker(const Problem& problem, Forecaster& forecaster);
  /// `history` ends with `slot`. Fills the inputs of one period.
  void Next(const HistoryView& history, const Slot& slot, PriceInputs* inputs);

 private:
  const Problem& problem_;
  Forecaster& forecaster_;
  Vector even_load_;  // [buckets] of the slots so far
};

}  // namespace evenkeel
