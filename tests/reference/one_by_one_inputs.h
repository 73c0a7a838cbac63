// Inputs, targets and forecasts of networks in double precision and one value after another, straight from the formula
// (predictors/learning/input_formula.h): what the gathered ones are compared with.
#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>

#include "predictors/forecast/history.h"
#include "predictors/learning/input_formula.h"
#include "predictors/learning/neural.h"

namespace evenkeel {

class OneByOneInputs {
 public:
  explicit OneByOneInputs(Vector scales) : scales_(std::move(scales)) {}

  /// Adds the inputs at the end of the view to the batch.
  void AddInputs(const HistoryView& view, NeuralBatch* batch) const {
    const int day = view.slots_per_day(), n = view.num_slots(), window = kWindowDays * day;
    for (int c = 0; c < scales_.size(); ++c) {
      const Means means = MeansOf(view, n, c, day);
      const double scale = 0.5 * (scales_[c] + means.distance);
      for (int j = 0; j < window; ++j)
        batch->own.push_back(Cut((view.value(n - window + j, c) - means.week[j % day]) / scale));
      for (int k = 0; k < day; ++k) batch->own.push_back(Cut((means.month[k] - means.week[k]) / scale));
      batch->own.push_back(Cut(std::log(scale / scales_[c])));
    }
    AddCalendar(view.time(n - 1) + view.step(), view.step(), day, &batch->calendar);
    ++batch->size;
  }

  /// Adds inputs at origin n, targets and weights; the days of the outputs must be in the view.
  void AddExample(const HistoryView& view, int n, NeuralBatch* batch) const {
    const HistoryView seen = view.Before(n);
    const int day = view.slots_per_day();
    AddInputs(seen, batch);
    for (int c = 0; c < scales_.size(); ++c) {
      const Means means = MeansOf(seen, n, c, day);
      const double scale = 0.5 * (scales_[c] + means.distance);
      for (const DayBlock& days : kDayBlocks) {
        for (int k = 0; k < day; ++k)
          batch->target.push_back(static_cast<float>((MeanOfDays(view, c, n + k, days, day) - means.week[k]) / scale));
      }
      batch->weight.push_back(static_cast<float>(scale / scales_[c]));
    }
  }

  /// The first rows of a forecast from the medians among the quantiles of one origin.
  void ToForecast(const HistoryView& view, const std::vector<float>& quantiles, RowMatrix* forecast) const {
    const int day = view.slots_per_day(), outputs = kNumDayBlocks * day;
    for (int c = 0; c < scales_.size(); ++c) {
      const Means means = MeansOf(view, view.num_slots(), c, day);
      const double scale = 0.5 * (scales_[c] + means.distance);
      for (int k = 0; k < forecast->rows(); ++k) {
        int block = kNumDayBlocks - 1;
        while (block > 0 && k < kDayBlocks[block].first * day) --block;
        const int output = (c * outputs + block * day + k % day) * kNumNeuralQuantiles + kNumNeuralQuantiles / 2;
        (*forecast)(k, c) = means.week[k % day] + scale * static_cast<double>(quantiles[output]);
      }
    }
  }

 private:
  /// m and M of a column, and the mean distance to m in the window.
  struct Means {
    Vector week, month;  // [day]
    double distance = 0.0;
  };

  static float Cut(double value) { return static_cast<float>(std::clamp(value, -10.0, 10.0)); }

  static double MeanOfDays(const HistoryView& view, int column, int slot, DayBlock days, int day) {
    double sum = 0.0;
    for (int i = days.first; i < days.end; ++i) sum += view.value(slot + i * day, column);
    return sum / (days.end - days.first);
  }

  static Means MeansOf(const HistoryView& view, int n, int column, int day) {
    Means means{Vector(day), Vector(day)};
    for (int k = 0; k < day; ++k) {
      means.week[k] = MeanOfDays(view, column, n + k, {-kWindowDays, 0}, day);
      means.month[k] = MeanOfDays(view, column, n + k, {-kLongDays, 0}, day);
    }
    const int window = kWindowDays * day;
    for (int j = 0; j < window; ++j)
      means.distance += std::abs(view.value(n - window + j, column) - means.week[j % day]) / window;
    return means;
  }

  static void AddCalendar(std::int64_t time, std::int64_t step, int day, std::vector<float>* calendar) {
    constexpr std::int64_t kDaySeconds = 86400;
    const double angle = 6.283185307179586 * static_cast<double>(time % kDaySeconds) / kDaySeconds;
    for (double value : {std::sin(angle), std::cos(angle), std::sin(2.0 * angle), std::cos(2.0 * angle)})
      calendar->push_back(static_cast<float>(value));
    for (int weekday : {5, 6, 0}) {  // Saturday, Sunday, Monday; 1970-01-01 was a Thursday
      for (int k = 0; k < day; ++k)
        calendar->push_back(((time + k * step) / kDaySeconds + 3) % 7 == weekday ? 1.0F : 0.0F);
    }
  }

  Vector scales_;  // [columns]
};

}  // namespace evenkeel
