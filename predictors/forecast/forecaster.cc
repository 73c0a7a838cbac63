#include "predictors/forecast/forecaster.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {

namespace {

void CheckAndKeepPossible(const SignalColumns& columns, int horizon, RowMatrix* forecast) {
  EVENKEEL_CHECK_EQ(forecast->rows(), horizon);
  // 0 times what is not finite is not 0; unlike allFinite, this takes vectors of values.
  EVENKEEL_CHECK((forecast->array() * 0.0).sum() == 0.0);
  if (forecast->size() > 0 && forecast->minCoeff() < 0.0) KeepPossible(columns, forecast);
}

}  // namespace

void Forecaster::PredictEach(const HistoryView& history, const std::vector<int>& origins, int horizon,
                             std::vector<RowMatrix>* forecasts) {
  for (std::size_t i = 0; i < origins.size(); ++i) Predict(history.Before(origins[i]), horizon, &(*forecasts)[i]);
}

RowMatrix Forecast(Forecaster& forecaster, const HistoryView& history, int horizon) {
  RowMatrix forecast(horizon, history.columns().size());
  forecaster.Predict(history, horizon, &forecast);
  CheckAndKeepPossible(history.columns(), horizon, &forecast);
  return forecast;
}

std::vector<RowMatrix> ForecastEach(Forecaster& forecaster, const HistoryView& history, const std::vector<int>& origins,
                                    int horizon) {
  std::vector<RowMatrix> forecasts;
  for (std::size_t i = 0; i < origins.size(); ++i) forecasts.emplace_back(horizon, history.columns().size());
  forecaster.PredictEach(history, origins, horizon, &forecasts);
  for (RowMatrix& forecast : forecasts) CheckAndKeepPossible(history.columns(), horizon, &forecast);
  return forecasts;
}

void PredictHourlyMean(const HistoryView& history, int days, int horizon, RowMatrix* forecast) {
  const int n = history.num_slots(), day = history.slots_per_day();
  for (int k = 0; k < std::min(day, horizon); ++k) {
    RowVector sum = RowVector::Zero(history.columns().size());
    int seen = 0;
    for (int t = n + k - day; t >= 0 && seen < days; t -= day) {
      sum += history.row(t);
      ++seen;
    }
    forecast->row(k) = seen > 0 ? RowVector(sum / seen) : history.row(n - 1);
  }
  for (int k = day; k < horizon; ++k) forecast->row(k) = forecast->row(k - day);
}

void FadeIntoHourlyMean(const HistoryView& history, int days, int horizon_made_for, RowMatrix* forecast) {
  const auto horizon = static_cast<int>(forecast->rows());
  if (horizon <= horizon_made_for) return;
  RowMatrix mean(horizon, forecast->cols());
  PredictHourlyMean(history, days, horizon, &mean);
  const int last = horizon_made_for - 1;
  const RowVector distance = forecast->row(last) - mean.row(last);
  for (int k = horizon_made_for; k < horizon; ++k) {
    const double weight = std::exp(-static_cast<double>(k - last) / history.slots_per_day());
    forecast->row(k) = mean.row(k) + weight * distance;
  }
}

void PredictFromSteps(const HistoryView& history, const RowMatrix& steps, int horizon, RowMatrix* forecast) {
  constexpr int kDays = 7;
  PredictHourlyMean(history, kDays, horizon, forecast);
  const int made = static_cast<int>(steps.rows()), taken = std::min(made, horizon);
  if (taken == 0) return;
  forecast->topRows(taken) = steps.topRows(taken);
  FadeIntoHourlyMean(history, kDays, made, forecast);
}

}  // namespace evenkeel
