// Ridge regression, one model per column and step, fitted to the history again and again.
#pragma once

#include <memory>

#include "predictors/forecast/forecaster.h"

namespace evenkeel {

/// With D slots a day, M[s] = mean of y[s - D], .., y[s - 7 D], and t the last slot seen, slot s = t + h (h = 1 .. D)
/// is
///
///   y[s] ~ M[s] + w_h . ( 1, y[t] - M[t], y[t-1] - M[t-1], y[s-D] - M[s], y[s-7D] - M[s],
///                         mean of y[t-D+1 .. t] - mean of y[t-7D+1 .. t], sin, cos of the time of day of s, weekend )
///
/// w_h minimises the sum of squares over the last `days` days plus penalty * |w|^2, inputs at unit deviation, the first
/// weight free: a large penalty leaves the hourly mean plus a constant. Fitted with the slots before the last multiple
/// of `refit`, so that a view alone decides on it. Behind D steps: FadeIntoHourlyMean. As long as fewer than 10 days
/// have been seen: the hourly mean itself.
struct RidgeOptions {
  int days = 56;         ///< to fit on
  int refit = 168;       ///< slots between two fits
  double penalty = 100;  ///< on squared weights
};

std::unique_ptr<Forecaster> MakeRidge(const RidgeOptions& options);

}  // namespace evenkeel
