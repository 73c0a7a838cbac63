// Windows, targets and scales against values worked out by hand.
#include "predictors/learning/learned_inputs.h"

#include <gtest/gtest.h>

#include <cmath>
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

// At n = 60 the window is y[46 .. 59], m is y[52], y[53]: distances -6 -6 -4 -4 -2 -2 0 0 2 2 4 4 6 6, mean size 24
// / 7. M is the mean of y 2, 4, .. 56 slots before: 14.5 days, 29 slots, so that M - m = -21.
TEST(LearnedInputs, Inputs) {
  const History history = MakeHistory(60, [](int t) { return t; });
  NeuralBatch batch;
  InputMaker((Vector(4) << 8.0, 1.0, 1.0, 1.0).finished()).AddInputs(HistoryView(history), &batch);
  const double a = (8.0 + 24.0 / 7.0) / 2.0;
  ASSERT_EQ(batch.size, 1);
  ASSERT_EQ(batch.own.size(), 4u * 17u);
  for (std::size_t j = 0; j < 14; ++j) EXPECT_FLOAT_EQ(batch.own[j], float((2.0 * double(j / 2) - 6.0) / a)) << j;
  EXPECT_FLOAT_EQ(batch.own[14], float(-21.0 / a));
  EXPECT_FLOAT_EQ(batch.own[15], float(-21.0 / a));
  EXPECT_FLOAT_EQ(batch.own[16], float(std::log(a / 8.0)));
  // Slot 60 is at midnight of day 30, 1970-01-31, a Saturday.
  const std::vector<float> calendar = {0, 1, 0, 1, 1, 1, 0, 0, 0, 0};
  ASSERT_EQ(batch.calendar.size(), calendar.size());
  for (std::size_t i = 0; i < calendar.size(); ++i) EXPECT_NEAR(batch.calendar[i], calendar[i], 1e-6) << i;
}

// y[60 + k] is 8 above m; the mean of i = 1 .. 6 days later 7 more, that of i = 7 .. 30 days 37 more than it.
TEST(LearnedInputs, TargetsAreWhatForecastsAreMadeOf) {
  const History history = MakeHistory(60 + TargetSlots(2), [](int t) { return t; });
  const InputMaker inputs((Vector(4) << 8.0, 1.0, 1.0, 1.0).finished());
  NeuralBatch batch;
  inputs.AddExample(HistoryView(history), 60, &batch);
  const double a = (8.0 + 24.0 / 7.0) / 2.0;
  ASSERT_EQ(batch.target.size(), 4u * 6u);
  for (std::size_t o = 0; o < 6; ++o) EXPECT_FLOAT_EQ(batch.target[o], float((o < 2 ? 8 : o < 4 ? 15 : 45) / a)) << o;
  EXPECT_FLOAT_EQ(batch.weight[0], float(a / 8.0));
  // The targets as the forecast give the truth of the first day, and then the blocks' means.
  std::vector<float> quantiles;
  for (float target : batch.target) quantiles.insert(quantiles.end(), {0.0F, target, 0.0F});
  RowMatrix forecast(100, 4);
  inputs.ToForecast(HistoryView(history, 60), quantiles, 1, &forecast);
  EXPECT_NEAR(forecast(0, 0), 60.0, 1e-5);
  EXPECT_NEAR(forecast(1, 0), 61.0, 1e-5);
  EXPECT_NEAR(forecast(2, 0), 67.0, 1e-5);
  EXPECT_NEAR(forecast(13, 0), 68.0, 1e-5);
  EXPECT_NEAR(forecast(14, 0), 97.0, 1e-5);
  EXPECT_NEAR(forecast(98, 0), 97.0, 1e-5) << "the last block's level goes on";
}

}  // namespace
}  // namespace evenkeel
