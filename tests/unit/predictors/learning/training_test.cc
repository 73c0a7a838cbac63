// The course of a training, with a network whose losses are given.
#include "predictors/learning/training.h"

#include <gtest/gtest.h>

#include <set>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr int kDay = 2;

History MakeHistory(int slots) {
  History history;
  for (int t = 0; t < slots; ++t) {
    Slot slot;
    slot.time = std::int64_t{t} * 86400 / kDay;
    slot.demand = slot.price = slot.capacity = slot.carbon_intensity = slot.water_intensity =
        Vector::Constant(1, t % 5);
    history.Append(slot);
  }
  return history;
}

NamedTensors StepsTaken(int steps) { return {{{"steps", TensorType::kInt64, {1}}, {static_cast<double>(steps)}}}; }

/// Its validation loss after epoch e is losses[e - 1]; its weights are the number of steps taken.
class Scripted : public Neural {
 public:
  explicit Scripted(std::vector<double> losses) : losses_(std::move(losses)) {}
  std::shared_ptr<const NeuralData> Keep(const NeuralSeries&) const override { return std::make_shared<NeuralData>(); }
  NeuralBatch Gather(const NeuralData&, const std::vector<int>&) const override { return {}; }
  void Forecast(const NeuralData&, std::vector<float>*) override {}
  double TrainEpoch(const NeuralData&, const std::vector<int>& which, int batch, const NeuralStep& settings,
                    const std::function<void()>&) override {
    for (std::size_t first = 0; first < which.size(); first += static_cast<std::size_t>(batch)) {
      rates.push_back(settings.rate);
      ++steps_;
    }
    return steps_;
  }
  double MeanLoss(const NeuralData&, int) override { return losses_[epoch_ - 1]; }
  void Forward(const NeuralBatch&, std::vector<float>*) override {}
  double Loss(const NeuralBatch&) override { return 0.0; }
  double Step(const NeuralBatch&, const NeuralStep&) override { return 0.0; }
  std::vector<double> Gradient(const NeuralBatch&) override { return {}; }
  std::vector<double> Weights() const override { return {}; }
  void SetWeights(const std::vector<double>&) override {}
  void Reseed(std::uint64_t seed) override { epoch_ = seed - 1; }
  NamedTensors SaveWeights() const override { return StepsTaken(steps_); }
  void LoadWeights(const NamedTensors& weights) override { steps_ = static_cast<int>(weights[0].values[0]); }
  NamedTensors SaveOptimiser() const override { return StepsTaken(-steps_); }
  void LoadOptimiser(const NamedTensors& state) override { EXPECT_EQ(state, StepsTaken(-steps_)); }

  std::vector<double> rates;

 private:
  std::vector<double> losses_;
  std::size_t epoch_ = 0;
  int steps_ = 0;
};

struct Case {
  History train = MakeHistory(150), valid = MakeHistory(150);
  TrainingData data{HistoryView(train), HistoryView(valid), 60};
  TrainingOptions options;
  Checkpoint checkpoint;
  Case() {
    options.batch = 8;
    options.patience = 3;
    options.epochs = 10;
    checkpoint.scales = TrainingScales(HistoryView(train));
  }
};

// Inputs need 28 days, 56 slots; targets 31 days, 62 slots.
TEST(Training, OriginsStayInTheirParts) {
  const Case c;
  const Origins origins = OriginsOf(c.data);
  EXPECT_EQ(origins.train.front(), 56);
  EXPECT_EQ(origins.train.back(), 150 - 62);
  EXPECT_EQ(origins.valid, (std::vector<int>{60, 67, 74, 81, 88}));
  const History shorter = MakeHistory(117), enough = MakeHistory(118);
  EXPECT_THROW(OriginsOf({HistoryView(shorter), c.data.valid, 60}), InputError);
  EXPECT_EQ(OriginsOf({HistoryView(enough), c.data.valid, 60}).train.size(), 1u);
  EXPECT_THROW(OriginsOf({c.data.train, HistoryView(shorter), 56}), InputError);
}

TEST(Training, EpochsGoThroughAllOriginsBeforeOneComesAgain) {
  std::vector<int> all(10);
  for (int i = 0; i < 10; ++i) all[i] = i;
  TrainingOptions options;
  options.samples = 4;
  std::vector<int> drawn;
  for (int epoch : {1, 2, 3, 4, 5}) {
    const std::vector<int> some = EpochExamples(all, options, epoch);
    EXPECT_EQ(some.size(), 4u);
    EXPECT_EQ(some, EpochExamples(all, options, epoch));
    drawn.insert(drawn.end(), some.begin(), some.end());
  }
  EXPECT_EQ(std::set<int>(drawn.begin(), drawn.begin() + 10).size(), 10u);
  EXPECT_EQ(std::set<int>(drawn.begin() + 10, drawn.end()).size(), 10u);
  EXPECT_NE(std::vector<int>(drawn.begin(), drawn.begin() + 10), all);
  options.seed = 2;
  EXPECT_NE(EpochExamples(all, options, 1), std::vector<int>(drawn.begin(), drawn.begin() + 4));
}

// 33 origins in batches of 8 are 5 steps an epoch. The best is epoch 2; after 3 more it stops.
TEST(Training, KeepsTheBestAndStopsEarly) {
  Case c;
  Scripted neural({0.5, 0.3, 0.4, 0.35, 0.3, 0.1});
  int saved = 0;
  Train(c.data, c.options, &neural, &c.checkpoint, [&](const Checkpoint&) { ++saved; }, {});
  EXPECT_EQ(saved, 5);
  EXPECT_EQ(c.checkpoint.best_epoch, 2);
  EXPECT_EQ(c.checkpoint.best_loss, 0.3);
  EXPECT_EQ(c.checkpoint.weights, StepsTaken(10));
  EXPECT_EQ(c.checkpoint.training.epoch, 0);
  ASSERT_EQ(c.checkpoint.training.losses.size(), 5u);
  EXPECT_EQ(c.checkpoint.training.losses[3].valid, 0.35);
  // Two epochs without a better loss halve the rate.
  EXPECT_EQ(neural.rates[19], c.options.rate);
  EXPECT_EQ(neural.rates[20], c.options.rate / 2.0);
}

TEST(Training, GoesOnWhereItWasInterrupted) {
  const std::vector<double> losses = {0.5, 0.3, 0.4, 0.35, 0.3, 0.1};
  Case whole, parts;
  Scripted unbroken(losses), before(losses), after(losses);
  Train(whole.data, whole.options, &unbroken, &whole.checkpoint, [](const Checkpoint&) {}, {});
  struct Killed {};
  Checkpoint kept;
  const auto save = [&](const Checkpoint& now) {
    kept = now;
    if (now.training.epoch == 3) throw Killed();
  };
  EXPECT_THROW(Train(parts.data, parts.options, &before, &parts.checkpoint, save, {}), Killed);
  Train(parts.data, parts.options, &after, &kept, [](const Checkpoint&) {}, {});
  EXPECT_EQ(kept.weights, whole.checkpoint.weights);
  EXPECT_EQ(kept.best_epoch, 2);
  EXPECT_EQ(kept.training.losses.size(), 5u);
  EXPECT_EQ(after.rates, std::vector<double>(unbroken.rates.begin() + 15, unbroken.rates.end()));
}

TEST(Training, SaysSoWhenItDiverges) {
  Case c;
  Scripted neural({0.5, std::numeric_limits<double>::quiet_NaN()});
  EXPECT_THROW(Train(c.data, c.options, &neural, &c.checkpoint, [](const Checkpoint&) {}, {}), InputError);
}

}  // namespace
}  // namespace evenkeel
