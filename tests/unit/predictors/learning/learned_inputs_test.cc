// Windows, targets and scales against values worked out by hand.
#include "predictors/learning/learned_inputs.h"

#include <gtest/gtest.h>

#include <functional>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr int kStep = 12 * 3600;  // two slots a day

/// One gateway, one region: demand value(t), the rest 1.
History MakeHistory(int slots, const std::function<double(int)>& value) {
  History history;
  for (int t = 0; t < slots; ++t) {
    Slot slot;
    slot.time = std::int64_t{t} * kStep;
    slot.demand = Vector::Constant(1, value(t));
    slot.price = slot.capacity = slot.carbon_intensity = slot.water_intensity = Vector::Ones(1);
    history.Append(slot);
  }
  return history;
}

TEST(LearnedInputs, Shape) {
  const NeuralShape shape = ShapeOf({2, 3}, 24);
  EXPECT_EQ(shape.columns, (std::vector<int>{2, 3, 3, 3}));
  EXPECT_EQ(shape.num_columns(), 11);
  EXPECT_EQ(shape.window, 168);
  EXPECT_EQ(shape.inputs, 168 + 24 + 1);
  EXPECT_EQ(shape.outputs, 72);
  EXPECT_EQ(shape.calendar, 4 + 3 * 24);
}

// y rises by one a slot, two slots a day: m[k] is y four days before slot n + k, thus always 8 less; so the mean of
// |y - m| is 8. A column that never changes has the scale 1.
TEST(LearnedInputs, TrainingScales) {
  const Vector scales = TrainingScales(HistoryView(MakeHistory(100, [](int t) { return t; })));
  EXPECT_DOUBLE_EQ(scales[0], 8.0);
  EXPECT_EQ(scales[1], 1.0);
  EXPECT_THROW(TrainingScales(HistoryView(MakeHistory(58, [](int t) { return t; }))), InputError);
}

// From 28 days, 56 slots, before the first origin to the last one, or to the end of its targets; y of the first 56
// slots is 4 to 59, 31.5 in the mean.
TEST(LearnedInputs, SeriesHaveWhatTheirOriginsNeed) {
  const History history = MakeHistory(70 + TargetSlots(2), [](int t) { return t; });
  const Vector scales = (Vector(4) << 8.0, 1.0, 1.0, 1.0).finished();
  const HistorySeries seen = SeriesOf(HistoryView(history), scales, {60, 63}, false);
  EXPECT_EQ(seen.series.slots, 59);
  EXPECT_EQ(seen.series.origins, (std::vector<int>{56, 59}));
  EXPECT_FALSE(seen.series.has_targets);
  EXPECT_DOUBLE_EQ(seen.offsets[0], 31.5);
  ASSERT_EQ(seen.series.values.size(), 4u * 59u);
  EXPECT_FLOAT_EQ(seen.series.values[0], float((4 - 31.5) / 8.0));
  EXPECT_FLOAT_EQ(seen.series.values[58], float((62 - 31.5) / 8.0));
  EXPECT_EQ(seen.series.values[59], 0.0F) << "a column that never changes";
  EXPECT_EQ(SeriesOf(HistoryView(history), scales, {60, 63}, true).series.slots, 59 + TargetSlots(2));
  // Nothing behind the origins is needed for inputs, nor is it in the series.
  EXPECT_EQ(SeriesOf(HistoryView(history, 63), scales, {60, 63}, false).series.values, seen.series.values);
  EXPECT_THROW(SeriesOf(HistoryView(history), scales, {60, 63 + 8}, true), InternalError);
  EXPECT_THROW(SeriesOf(HistoryView(history), scales, {55}, false), InternalError);
  // Slot 60 is at midnight of day 30, 1970-01-31, a Saturday.
  const std::vector<float> calendar = {0, 1, 0, 1, 1, 1, 0, 0, 0, 0};
  ASSERT_EQ(seen.series.calendar.size(), 2 * calendar.size());
  for (std::size_t i = 0; i < calendar.size(); ++i) EXPECT_NEAR(seen.series.calendar[i], calendar[i], 1e-6) << i;
}

TEST(LearnedInputs, ForecastsGoThroughTheBlocksOfDays) {
  HistorySeries from;
  from.offsets = (Vector(1) << 100.0).finished();
  from.scales = (Vector(1) << 2.0).finished();
  RowMatrix forecast(100, 1);
  ToForecast(from, {9, 9, 9, 9, 9, 9, 0, 1, 2, 3, 4, 5}, 1, 2, &forecast);
  EXPECT_EQ(forecast(0, 0), 100.0);
  EXPECT_EQ(forecast(1, 0), 102.0);
  EXPECT_EQ(forecast(2, 0), 104.0);
  EXPECT_EQ(forecast(13, 0), 106.0);
  EXPECT_EQ(forecast(14, 0), 108.0);
  EXPECT_EQ(forecast(99, 0), 110.0) << "the last block's level goes on";
}

}  // namespace
}  // namespace evenkeel
