#include "predictors/learning/learned_inputs.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kDaySeconds = 86400;
constexpr double kTurn = 6.283185307179586;
constexpr int kWeekdays[] = {5, 6, 0};  // Saturday, Sunday, Monday; 0 is Monday

float Cut(double value) { return static_cast<float>(std::clamp(value, -10.0, 10.0)); }

/// m and M of a column, and the mean distance to m in the window.
struct Means {
  Vector week, month;  // [day]
  double distance = 0.0;
};

double MeanOfDays(const HistoryView& view, int column, int slot, DayBlock days, int day) {
  double sum = 0.0;
  for (int i = days.first; i < days.end; ++i) sum += view.value(slot + i * day, column);
  return sum / (days.end - days.first);
}

Means MeansOf(const HistoryView& view, int n, int column, int day) {
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

double ScaleOf(const Means& means, double training_scale) { return 0.5 * (training_scale + means.distance); }

void AddCalendar(std::int64_t time, std::int64_t step, int day, std::vector<float>* calendar) {
  const double angle = kTurn * static_cast<double>(time % kDaySeconds) / kDaySeconds;
  for (double value : {std::sin(angle), std::cos(angle), std::sin(2.0 * angle), std::cos(2.0 * angle)})
    calendar->push_back(static_cast<float>(value));
  for (int weekday : kWeekdays) {
    for (int k = 0; k < day; ++k) {
      // 1970-01-01 was a Thursday.
      calendar->push_back(((time + k * step) / kDaySeconds + 3) % 7 == weekday ? 1.0F : 0.0F);
    }
  }
}

}  // namespace

NeuralShape ShapeOf(const SignalColumns& columns, int slots_per_day) {
  NeuralShape shape;
  for (Signal signal : kSignals) shape.columns.push_back(columns.count(signal));
  shape.day = slots_per_day;
  shape.window = kWindowDays * slots_per_day;
  shape.inputs = shape.window + slots_per_day + 1;
  shape.calendar = 4 + static_cast<int>(std::size(kWeekdays)) * slots_per_day;
  shape.outputs = kNumDayBlocks * slots_per_day;
  return shape;
}

bool HasWindow(const HistoryView& history) { return history.num_slots() >= kLongDays * history.slots_per_day(); }

int TargetSlots(int slots_per_day) { return kFutureDays * slots_per_day; }

Vector TrainingScales(const HistoryView& history) {
  const int day = history.slots_per_day(), n = history.num_slots();
  if (n <= (kLongDays + 1) * day)
    throw InputError("{} slots to train on, expected more than {} ({} days)", n, (kLongDays + 1) * day, kLongDays + 1);
  Vector scales(history.columns().size());
  for (int c = 0; c < scales.size(); ++c) {
    double sum = 0.0;
    for (int s = kLongDays * day; s < n; ++s)
      sum += std::abs(history.value(s, c) - MeanOfDays(history, c, s, {-kWindowDays, 0}, day));
    scales[c] = sum / (n - kLongDays * day);
    if (!(scales[c] > 0.0)) scales[c] = 1.0;
  }
  return scales;
}

void InputMaker::AddInputs(const HistoryView& view, NeuralBatch* batch) const {
  const int day = view.slots_per_day(), n = view.num_slots(), window = kWindowDays * day;
  for (int c = 0; c < scales_.size(); ++c) {
    const Means means = MeansOf(view, n, c, day);
    const double scale = ScaleOf(means, scales_[c]);
    for (int j = 0; j < window; ++j)
      batch->own.push_back(Cut((view.value(n - window + j, c) - means.week[j % day]) / scale));
    for (int k = 0; k < day; ++k) batch->own.push_back(Cut((means.month[k] - means.week[k]) / scale));
    batch->own.push_back(Cut(std::log(scale / scales_[c])));
  }
  AddCalendar(view.time(n - 1) + view.step(), view.step(), day, &batch->calendar);
  ++batch->size;
}

void InputMaker::AddExample(const HistoryView& view, int n, NeuralBatch* batch) const {
  const HistoryView seen = view.Before(n);
  const int day = view.slots_per_day();
  AddInputs(seen, batch);
  for (int c = 0; c < scales_.size(); ++c) {
    const Means means = MeansOf(seen, n, c, day);
    const double scale = ScaleOf(means, scales_[c]);
    for (const DayBlock& days : kDayBlocks) {
      for (int k = 0; k < day; ++k) {
        const double mean = MeanOfDays(view, c, n + k, days, day);
        batch->target.push_back(static_cast<float>((mean - means.week[k]) / scale));
      }
    }
    batch->weight.push_back(static_cast<float>(scale / scales_[c]));
  }
}

void InputMaker::ToForecast(const HistoryView& view, const std::vector<float>& quantiles, int q,
                            RowMatrix* forecast) const {
  const int day = view.slots_per_day(), outputs = kNumDayBlocks * day;
  for (int c = 0; c < scales_.size(); ++c) {
    const Means means = MeansOf(view, view.num_slots(), c, day);
    const double scale = ScaleOf(means, scales_[c]);
    for (int k = 0; k < forecast->rows(); ++k) {
      int block = kNumDayBlocks - 1;
      while (block > 0 && k < kDayBlocks[block].first * day) --block;
      const int output = (c * outputs + block * day + k % day) * kNumNeuralQuantiles + q;
      (*forecast)(k, c) = means.week[k % day] + scale * static_cast<double>(quantiles[output]);
    }
  }
}

}  // namespace evenkeel
