// Inputs and targets that are gathered on the device: against values worked out by hand, against the formula one value
// at a time, and through trainings and forecasts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "experiments/catalog/catalog.h"
#include "models/base/random.h"
#include "predictors/learning/learned.h"
#include "predictors/learning/learned_inputs.h"
#include "tests/reference/one_by_one_inputs.h"

namespace evenkeel {
namespace {

/// One gateway, one region, `day` slots a day: demand value(t), the rest 1.
History MakeHistory(int day, int slots, const std::function<double(int)>& value) {
  History history;
  for (int t = 0; t < slots; ++t) {
    Slot slot;
    slot.time = std::int64_t{t} * 86400 / day;
    slot.demand = Vector::Constant(1, value(t));
    slot.price = slot.capacity = slot.carbon_intensity = slot.water_intensity = Vector::Ones(1);
    history.Append(slot);
  }
  return history;
}

/// Two gateways, three regions, levels and sizes of several magnitudes, a spike now and then, a column that never
/// changes.
History RandomHistory(std::uint32_t seed, int day, int slots) {
  const auto draw = [&](int t, int c) {
    const RandomStream stream{seed, RandomPurpose::kErrorInjection, static_cast<std::uint32_t>(t)};
    const double normal = Normal(stream, static_cast<std::uint64_t>(c));
    return normal > 2.5 ? 20.0 * normal : normal;
  };
  History history;
  for (int t = 0; t < slots; ++t) {
    const double hour = std::sin(6.28 * t / day);
    Slot slot;
    slot.time = 1609459200 + std::int64_t{t} * 86400 / day;
    slot.demand = Vector::NullaryExpr(2, [&](Eigen::Index i) { return 5.0 + hour + 0.2 * draw(t, int(i)); });
    slot.price = Vector::NullaryExpr(3, [&](Eigen::Index i) { return 50.0 + 20.0 * hour + 9.0 * draw(t, 2 + int(i)); });
    slot.carbon_intensity = Vector::NullaryExpr(3, [&](Eigen::Index i) { return 0.4 + 1e-3 * draw(t, 5 + int(i)); });
    slot.water_intensity = Vector::Constant(3, 1234.5);
    slot.capacity = Vector::Ones(3);
    history.Append(slot);
  }
  return history;
}

const char* const kNetworks[] = {"dlinear", "mlp(hidden=8,dropout=0)", "tcn(hidden=8,layers=3,dropout=0)",
                                 "gru(hidden=8,layers=2,dropout=0)", "patch(hidden=8,layers=2,dropout=0)"};

std::unique_ptr<Neural> Make(const std::string& network, const History& history) {
  const HistoryView view(history);
  return MakeNeural(ParseNetwork(ParseSpec(network)), ShapeOf(view.columns(), view.slots_per_day()), {});
}

// At n = 60 the window is y[46 .. 59], m is y[52], y[53]: distances -6 -6 -4 -4 -2 -2 0 0 2 2 4 4 6 6, mean size 24
// / 7. M is the mean of y 2, 4, .. 56 slots before: 14.5 days, 29 slots, so that M - m = -21.
TEST(Gather, Inputs) {
  const History history = MakeHistory(2, 60, [](int t) { return t; });
  const Vector scales = (Vector(4) << 8.0, 1.0, 1.0, 1.0).finished();
  const auto neural = Make("dlinear", history);
  const NeuralBatch batch =
      neural->Gather(*neural->Keep(SeriesOf(HistoryView(history), scales, {60}, false).series), {0});
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
TEST(Gather, TargetsAreWhatForecastsAreMadeOf) {
  const History history = MakeHistory(2, 60 + TargetSlots(2), [](int t) { return t; });
  const Vector scales = (Vector(4) << 8.0, 1.0, 1.0, 1.0).finished();
  const auto neural = Make("dlinear", history);
  const NeuralBatch batch =
      neural->Gather(*neural->Keep(SeriesOf(HistoryView(history), scales, {60}, true).series), {0});
  const double a = (8.0 + 24.0 / 7.0) / 2.0;
  ASSERT_EQ(batch.target.size(), 4u * 6u);
  for (std::size_t o = 0; o < 6; ++o) EXPECT_FLOAT_EQ(batch.target[o], float((o < 2 ? 8 : o < 4 ? 15 : 45) / a)) << o;
  EXPECT_FLOAT_EQ(batch.weight[0], float(a / 8.0));
  EXPECT_TRUE(
      neural->Gather(*neural->Keep(SeriesOf(HistoryView(history), scales, {60}, false).series), {0}).target.empty());
}

/// Which input of a column this is.
std::string InputName(const NeuralShape& shape, std::size_t index) {
  const int i = static_cast<int>(index % static_cast<std::size_t>(shape.inputs));
  return i < shape.window ? "window" : i < shape.window + shape.day ? "month" : "log of the scale";
}

/// To float32: z is held to 6e-8 of its size, up to a hundred here, and the scale a is at least 1/2.
void ExpectSame(const std::vector<float>& gathered, const std::vector<float>& expected,
                const std::function<std::string(std::size_t)>& name) {
  ASSERT_EQ(gathered.size(), expected.size()) << name(0);
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_NEAR(gathered[i], expected[i], 1e-5 * (1.0 + std::abs(expected[i]))) << name(i) << ", at " << i;
}

void ExpectSameBatch(const NeuralShape& shape, const NeuralBatch& gathered, const NeuralBatch& expected,
                     const std::string& where) {
  ASSERT_EQ(gathered.size, expected.size);
  ExpectSame(gathered.own, expected.own, [&](std::size_t i) { return where + InputName(shape, i); });
  ExpectSame(gathered.calendar, expected.calendar, [&](std::size_t) { return where + "calendar"; });
  ExpectSame(gathered.target, expected.target, [&](std::size_t) { return where + "target"; });
  ExpectSame(gathered.weight, expected.weight, [&](std::size_t) { return where + "weight"; });
}

// Training and inference agree: what a training gathers at random origins, and what a forecast from there is made of,
// is what the formula says, value by value, for every network, input and target.
TEST(Gather, IsTheFormulaAtRandomOriginsInTrainingAndInference) {
  for (const std::uint32_t seed : {1u, 2u, 3u}) {
    const int day = seed == 1 ? 24 : seed == 2 ? 4 : 7, slots = 75 * day;
    const History history = RandomHistory(seed, day, slots);
    const HistoryView view(history);
    const Vector scales = TrainingScales(view.Before(40 * day));
    const OneByOneInputs formula(scales);
    std::vector<int> origins(static_cast<std::size_t>(slots - (kLongDays + kFutureDays) * day + 1));
    std::iota(origins.begin(), origins.end(), kLongDays * day);
    const NeuralSeries training = SeriesOf(view, scales, origins, true).series;
    for (const char* network : kNetworks) {
      const auto neural = Make(network, history);
      const NeuralShape shape = ShapeOf(view.columns(), day);
      const auto data = neural->Keep(training);
      std::vector<int> which = {0, static_cast<int>(origins.size()) - 1};
      for (std::uint64_t i = 0; i < 10; ++i)
        which.push_back(static_cast<int>(RandomBits({seed, RandomPurpose::kTraining, 9}, i) % origins.size()));
      NeuralBatch examples;
      for (int index : which) formula.AddExample(view, origins[static_cast<std::size_t>(index)], &examples);
      const std::string where = std::string(network) + ", seed " + std::to_string(seed) + ": ";
      ExpectSameBatch(shape, neural->Gather(*data, which), examples, where + "training, ");
      for (int index : which) {
        const int n = origins[static_cast<std::size_t>(index)];
        NeuralBatch one;
        formula.AddInputs(view.Before(n), &one);
        const auto seen = neural->Keep(SeriesOf(view, scales, {n}, false).series);
        ExpectSameBatch(shape, neural->Gather(*seen, {0}), one, where + "inference, ");
      }
    }
  }
}

// As many steps over batches that are made one by one, from the same weights: nothing else goes into a training.
TEST(Gather, AnEpochIsItsStepsOneByOne) {
  const int day = 4;
  const History history = RandomHistory(5, day, 75 * day);
  const HistoryView view(history);
  const Vector scales = TrainingScales(view);
  const OneByOneInputs formula(scales);
  const std::vector<int> origins = {120, 125, 131, 140, 142, 160, 161, 170};
  const std::vector<int> order = {3, 1, 7, 0, 2, 6, 5};  // three batches of two, and one of one
  for (const char* network : kNetworks) {
    const auto gathered = Make(network, history), stepped = Make(network, history);
    const auto data = gathered->Keep(SeriesOf(view, scales, origins, true).series);
    int steps = 0;
    const double loss = gathered->TrainEpoch(*data, order, 2, {1e-3, 1e-2}, [&] { ++steps; });
    EXPECT_EQ(steps, 4) << network;
    double sum = 0.0;
    for (std::size_t first = 0; first < order.size(); first += 2) {
      NeuralBatch batch;
      for (std::size_t i = first; i < std::min(first + 2, order.size()); ++i)
        formula.AddExample(view, origins[static_cast<std::size_t>(order[i])], &batch);
      sum += batch.size * stepped->Step(batch, {1e-3, 1e-2});
    }
    EXPECT_NEAR(loss, sum / 7.0, 1e-5 * loss) << network;
    const std::vector<double> a = gathered->Weights(), b = stepped->Weights();
    double off = 0.0;  // AdamW moves a weight by up to the rate, whatever the size of its gradient
    for (std::size_t i = 0; i < a.size(); ++i) off += std::abs(a[i] - b[i]) / static_cast<double>(a.size());
    EXPECT_LT(off, 1e-6) << network;
    NeuralBatch all;
    for (int n : origins) formula.AddExample(view, n, &all);
    EXPECT_NEAR(gathered->MeanLoss(*data, 3), stepped->Loss(all), 1e-4 * loss) << network;
  }
}

// The forecast of a trained network is what its quantiles of inputs made one by one say.
TEST(Gather, ForecastsAreThoseOfInputsMadeOneByOne) {
  const int day = 24;
  const History history = RandomHistory(6, day, 70 * day);
  const HistoryView view(history);
  Checkpoint checkpoint;
  checkpoint.gateways = {"a", "b"};
  checkpoint.regions = {"c", "d", "e"};
  checkpoint.scales = TrainingScales(view);
  const OneByOneInputs formula(checkpoint.scales);
  for (const char* network : kNetworks) {
    const auto neural = Make(network, history);
    const auto data = neural->Keep(SeriesOf(view, checkpoint.scales, {28 * day, 30 * day, 39 * day}, true).series);
    neural->TrainEpoch(*data, {0, 1, 2}, 1, {1e-2, 0.0}, {});
    checkpoint.weights = neural->SaveWeights();
    const auto forecaster = MakeLearned(checkpoint, ParseNetwork(ParseSpec(network)), "m.h5");
    for (int n : {28 * day, 41 * day + 5, 70 * day}) {
      NeuralBatch inputs;
      formula.AddInputs(view.Before(n), &inputs);
      std::vector<float> quantiles;
      neural->Forward(inputs, &quantiles);
      RowMatrix expected(800, view.columns().size()), forecast = expected;
      formula.ToForecast(view.Before(n), quantiles, &expected);
      forecaster->Predict(view.Before(n), 800, &forecast);
      for (Eigen::Index c = 0; c < expected.cols(); ++c)
        EXPECT_LT((forecast.col(c) - expected.col(c)).cwiseAbs().maxCoeff(), 2e-5 * checkpoint.scales[c])
            << network << ", " << n << ", column " << c;
    }
  }
}

// Folded weights are kept for the medians alone or for all quantiles: either after the other, of the same weights.
TEST(Gather, WhatWasAskedBeforeCountsForNothing) {
  const int day = 4;
  const History history = RandomHistory(7, day, 75 * day);
  const HistoryView view(history);
  const NeuralSeries series = SeriesOf(view, TrainingScales(view), {120, 131, 170}, true).series;
  for (const char* network : kNetworks) {
    const auto neural = Make(network, history);
    const auto data = neural->Keep(series);
    neural->TrainEpoch(*data, {0, 1, 2}, 1, {1e-2, 0.0}, {});
    std::vector<float> first, second;
    neural->Forecast(*data, &first);
    const double loss = neural->MeanLoss(*data, 3);
    neural->Forecast(*data, &second);
    EXPECT_EQ(first, second) << network;
    EXPECT_EQ(neural->MeanLoss(*data, 3), loss) << network;
    const auto fresh = Make(network, history);
    fresh->LoadWeights(neural->SaveWeights());
    EXPECT_EQ(fresh->MeanLoss(*data, 3), loss) << network;
    neural->TrainEpoch(*data, {2}, 1, {1e-2, 0.0}, {});
    neural->Forecast(*data, &second);
    EXPECT_NE(first, second) << network;
  }
}

}  // namespace
}  // namespace evenkeel
