// Histories as the series that networks gather from, and their answers as forecasts
// (predictors/learning/input_formula.h).
#pragma once

#include "predictors/forecast/history.h"
#include "predictors/learning/input_formula.h"
#include "predictors/learning/neural.h"

namespace evenkeel {

NeuralShape ShapeOf(const SignalColumns& columns, int slots_per_day);

/// s_c of all columns from the origins n = 28 D, 28 D + 1, .. of a history that see a whole day behind them; 1 for a
/// column that never changes. Throws InputError for a history that is too short.
Vector TrainingScales(const HistoryView& history);

/// Whether a view is long enough to forecast from, and how many slots after its end an origin needs for its targets.
bool HasWindow(const HistoryView& history);
int TargetSlots(int slots_per_day);

/// Part of a history as a series, and how its z become values of the history again.
struct HistorySeries {
  NeuralSeries series;
  Vector offsets, scales;  ///< o_c and s_c, [columns]
};

/// The slots of the view from 28 days before the first of `origins` on, which are in order, to what the last one needs:
/// its targets where `has_targets`, else nothing from the last origin on.
HistorySeries SeriesOf(const HistoryView& view, const Vector& scales, const std::vector<int>& origins,
                       bool has_targets);

/// Rows [0, horizon) of a forecast from Neural::Forecast of the origin with this index; after the last block its level
/// goes on.
void ToForecast(const HistorySeries& from, const std::vector<float>& medians, int index, int slots_per_day,
                RowMatrix* forecast);

}  // namespace evenkeel
