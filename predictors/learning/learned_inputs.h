// What networks see and what they are asked: windows of a history, made comparable across columns.
//
// With D slots a day, n slots seen, and the hourly means over 7 and 28 days at the time of day of slot n + k,
//
//   m[k] = mean of y[n + k - i D], i = 1 .. 7,      M[k] = mean of y[n + k - i D], i = 1 .. 28,      k = 0 .. D - 1,
//
// a column c has the scale a = (s_c + mean |y[n - 7 D + j] - m[j mod D]|) / 2 at this origin, where s_c is the mean of
// |y[n + k] - m[k]| over the training part. A network gets, each cut to [-10, 10],
//
//   own:       (y[n - 7 D + j] - m[j mod D]) / a, j = 0 .. 7 D - 1;    (M[k] - m[k]) / a, k = 0 .. D - 1;
//              log(a / s_c)
//   calendar:  sin, cos of the time of day of slot n and of twice it; for each of the next D slots whether it is on a
//              Saturday, a Sunday, a Monday (UTC)
//
// and forecasts, for k = 0 .. D - 1, in units of a and as the distance to m[k],
//
//   y[n + k];    the mean of y[n + k + i D], i = 1 .. 6;    the mean of y[n + k + i D], i = 7 .. 30:
//
// tomorrow slot by slot, and the level of every time of day in the rest of the week and in the rest of the month.
#pragma once

#include "predictors/forecast/history.h"
#include "predictors/learning/neural.h"

namespace evenkeel {

inline constexpr int kWindowDays = 7;   ///< of the window and of m
inline constexpr int kLongDays = 28;    ///< of M: what must have been seen before a network forecasts
inline constexpr int kFutureDays = 31;  ///< that the outputs speak of

/// Days (i above) from `first` to before `end`, over which an output takes the mean.
struct DayBlock {
  int first, end;
};
inline constexpr DayBlock kDayBlocks[] = {{0, 1}, {1, 7}, {7, kFutureDays}};
inline constexpr int kNumDayBlocks = 3;

NeuralShape ShapeOf(const SignalColumns& columns, int slots_per_day);

/// s_c of all columns from the origins n = 28 D, 28 D + 1, .. of a history that see a whole day behind them; 1 for a
/// column that never changes. Throws InputError for a history that is too short.
Vector TrainingScales(const HistoryView& history);

/// Whether a view is long enough to forecast from, and how many slots after its end an origin needs for its targets.
bool HasWindow(const HistoryView& history);
int TargetSlots(int slots_per_day);

/// Makes the inputs at origins of one history.
class InputMaker {
 public:
  explicit InputMaker(Vector scales) : scales_(std::move(scales)) {}

  /// Adds the inputs at the end of the view to the batch.
  void AddInputs(const HistoryView& view, NeuralBatch* batch) const;
  /// Adds inputs at origin n, targets, and weights a / s_c. TargetSlots after n must be in the view.
  void AddExample(const HistoryView& view, int n, NeuralBatch* batch) const;
  /// Rows [0, horizon) of a forecast from the quantile `q` of the outputs of one origin; after the last block its level
  /// goes on.
  void ToForecast(const HistoryView& view, const std::vector<float>& quantiles, int q, RowMatrix* forecast) const;

 private:
  Vector scales_;  // [columns]
};

}  // namespace evenkeel
