#include "predictors/forecast/intervals.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr std::size_t kFewestResiduals = 10;

/// The residual of this rank, from 1, with ranks outside of 1 .. size moved to the nearest.
double OfRank(const std::vector<double>& sorted, double rank) {
  const double last = static_cast<double>(sorted.size());
  return sorted[static_cast<std::size_t>(std::clamp(rank, 1.0, last)) - 1];
}

}  // namespace

IntervalForecaster::IntervalForecaster(Forecaster& forecaster, const IntervalOptions& options)
    : forecaster_(forecaster), options_(options) {
  EVENKEEL_CHECK(options.coverage > 0.0 && options.coverage < 1.0 && options.origins >= 1);
}

const RowMatrix& IntervalForecaster::Earlier(const HistoryView& history, int horizon) {
  RowMatrix& forecast = earlier_[history.num_slots()];
  if (forecast.rows() < horizon) forecast = Forecast(forecaster_, history, horizon);
  return forecast;
}

IntervalForecast IntervalForecaster::Predict(const HistoryView& history, int horizon) {
  IntervalForecast result;
  result.mean = result.lower = result.upper = Forecast(forecaster_, history, horizon);
  const int n = history.num_slots(), day = history.slots_per_day();
  std::vector<std::pair<int, const RowMatrix*>> origins;
  for (int k = 1; k <= options_.origins && n - k * day >= 1; ++k)
    origins.emplace_back(n - k * day, &Earlier(history.Before(n - k * day), horizon));
  // Origins fall behind for good once they are too old.
  earlier_.erase(earlier_.begin(), earlier_.lower_bound(n - (options_.origins + 1) * day));
  std::vector<double> residuals, usable;
  for (int c = 0; c < history.columns().size(); ++c) {
    usable.clear();
    for (int k = 0; k < horizon; ++k) {
      residuals.clear();
      for (const auto& [origin, forecast] : origins)
        if (origin + k < n) residuals.push_back(history.value(origin + k, c) - (*forecast)(k, c));
      if (residuals.size() >= kFewestResiduals) {
        usable = residuals;
        std::sort(usable.begin(), usable.end());
      }
      if (usable.empty()) continue;
      const double ranks = static_cast<double>(usable.size()) + 1.0;
      result.lower(k, c) += OfRank(usable, std::floor(ranks * (1.0 - options_.coverage) / 2.0 + 1e-9));
      result.upper(k, c) += OfRank(usable, std::ceil(ranks * (1.0 + options_.coverage) / 2.0 - 1e-9));
    }
  }
  KeepPossible(history.columns(), &result.lower);
  KeepPossible(history.columns(), &result.upper);
  return result;
}

}  // namespace evenkeel
