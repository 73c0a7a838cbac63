// What networks see and what they are asked: windows of a history, made comparable across columns.
//
// A column c goes in as z = (y - o_c) / s_c, o_c any number and s_c the mean of |y[n + k] - m[k]| (below, of y) over
// the training part; z is float32, all else is made of it on the network's device, where its series is kept
// (predictors/torch/gather.cc, for training, validation and forecasts alike).
//
// With D slots a day, n slots seen, and the hourly means over 7 and 28 days at the time of day of slot n + k,
//
//   m[k] = mean of z[n + k - i D], i = 1 .. 7,      M[k] = mean of z[n + k - i D], i = 1 .. 28,      k = 0 .. D - 1,
//
// a column has the scale a = (1 + mean |z[n - 7 D + j] - m[j mod D]|) / 2 at this origin, in units of s_c. A network
// gets, each cut to [-10, 10],
//
//   own:       (z[n - 7 D + j] - m[j mod D]) / a, j = 0 .. 7 D - 1;    (M[k] - m[k]) / a, k = 0 .. D - 1;    log a
//   calendar:  sin, cos of the time of day of slot n and of twice it; for each of the next D slots whether it is on a
//              Saturday, a Sunday, a Monday (UTC)
//
// and forecasts, for k = 0 .. D - 1, in units of a and as the distance to m[k],
//
//   z[n + k];    the mean of z[n + k + i D], i = 1 .. 6;    the mean of z[n + k + i D], i = 7 .. 30:
//
// tomorrow slot by slot, and the level of every time of day in the rest of the week and in the rest of the month.
// Losses of an origin and column have the weight a. Independent of o_c but for rounding.
#pragma once

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

inline constexpr float kInputCut = 10.0F;

}  // namespace evenkeel
