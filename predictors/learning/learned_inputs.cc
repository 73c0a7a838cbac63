#include "predictors/learning/learned_inputs.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr std::int64_t kDaySeconds = 86400;
constexpr double kTurn = 6.283185307179586;
constexpr int kSlotsAtOnce = 32;        // whose values stay in the cache while they are turned from rows into columns
constexpr int kWeekdays[] = {5, 6, 0};  // Saturday, Sunday, Monday; 0 is Monday

double MeanOfWeek(const HistoryView& view, int column, int slot, int day) {
  double sum = 0.0;
  for (int i = 1; i <= kWindowDays; ++i) sum += view.value(slot - i * day, column);
  return sum / kWindowDays;
}

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
    for (int s = kLongDays * day; s < n; ++s) sum += std::abs(history.value(s, c) - MeanOfWeek(history, c, s, day));
    scales[c] = sum / (n - kLongDays * day);
    if (!(scales[c] > 0.0)) scales[c] = 1.0;
  }
  return scales;
}

HistorySeries SeriesOf(const HistoryView& view, const Vector& scales, const std::vector<int>& origins,
                       bool has_targets) {
  EVENKEEL_CHECK(!origins.empty());
  const int day = view.slots_per_day(), columns = static_cast<int>(scales.size());
  const int seen = kLongDays * day, first = origins.front() - seen;
  const int end = origins.back() + (has_targets ? TargetSlots(day) : 0);
  EVENKEEL_CHECK(first >= 0 && end <= view.num_slots());
  HistorySeries made{{}, Vector::Zero(columns), scales};
  NeuralSeries& series = made.series;
  series.slots = end - first;
  series.has_targets = has_targets;
  series.values.resize(static_cast<std::size_t>(columns) * static_cast<std::size_t>(series.slots));
  // The mean of the first days, so that z is about 1 in size and loses nothing in float32.
  made.offsets = view.rows(first, first + seen).colwise().mean();
  const Vector factors = scales.cwiseInverse();
  Eigen::Map<Eigen::MatrixXf> by_slot(series.values.data(), series.slots, columns);
  for (int t = first; t < end; t += kSlotsAtOnce) {
    const auto rows = view.rows(t, std::min(end, t + kSlotsAtOnce));
    by_slot.middleRows(t - first, rows.rows()) =
        ((rows.rowwise() - made.offsets.transpose()) * factors.asDiagonal()).cast<float>();
  }
  for (int origin : origins) {
    series.origins.push_back(origin - first);
    AddCalendar(view.time(origin - 1) + view.step(), view.step(), day, &series.calendar);
  }
  return made;
}

void ToForecast(const HistorySeries& from, const std::vector<float>& medians, int index, int slots_per_day,
                RowMatrix* forecast) {
  const int day = slots_per_day, outputs = kNumDayBlocks * day, columns = static_cast<int>(from.scales.size());
  const int rows = static_cast<int>(forecast->rows());
  const float* z = medians.data() + static_cast<std::ptrdiff_t>(index) * columns * outputs;
  for (int block = 0; block < kNumDayBlocks; ++block) {
    const int first = kDayBlocks[block].first * day, second = std::min(rows, first + day);
    const int end = block + 1 < kNumDayBlocks ? std::min(rows, kDayBlocks[block + 1].first * day) : rows;
    for (int k = first; k < second; ++k) {
      for (int c = 0; c < columns; ++c) {
        const float level = z[c * outputs + block * day + k - first];
        (*forecast)(k, c) = from.offsets[c] + from.scales[c] * static_cast<double>(level);
      }
    }
    for (int k = second; k < end; k += day) {
      const int some = std::min(day, end - k);
      forecast->middleRows(k, some) = forecast->middleRows(k - day, some);
    }
  }
}

}  // namespace evenkeel
