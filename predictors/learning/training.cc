#include "predictors/learning/training.h"

#include <algorithm>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr int kValidEvery = 7;  // coprime to the slots of a day, so that every time of day comes
constexpr int kValidBatch = 64;

class Trainer {
 public:
  Trainer(const TrainingData& data, const TrainingOptions& options, Neural* neural, const Vector& scales,
          const std::function<void()>& step)
      : train_(data.train),
        valid_(data.valid),
        options_(options),
        origins_(OriginsOf(data)),
        inputs_(scales),
        neural_(*neural),
        step_(step) {}

  double TrainEpoch(int epoch, const NeuralStep& settings) const {
    const std::vector<int> order = EpochExamples(origins_.train, options_, epoch);
    double sum = 0.0;
    for (std::size_t first = 0; first < order.size(); first += static_cast<std::size_t>(options_.batch)) {
      const NeuralBatch batch = BatchOf(train_, order, first, static_cast<std::size_t>(options_.batch));
      sum += batch.size * neural_.Step(batch, settings);
      if (step_) step_();
    }
    return sum / static_cast<double>(order.size());
  }

  double ValidLoss() const {
    double sum = 0.0;
    for (std::size_t first = 0; first < origins_.valid.size(); first += kValidBatch) {
      const NeuralBatch batch = BatchOf(valid_, origins_.valid, first, kValidBatch);
      sum += batch.size * neural_.Loss(batch);
    }
    return sum / static_cast<double>(origins_.valid.size());
  }

 private:
  NeuralBatch BatchOf(const HistoryView& view, const std::vector<int>& origins, std::size_t first,
                      std::size_t count) const {
    NeuralBatch batch;
    for (std::size_t i = first; i < std::min(first + count, origins.size()); ++i)
      inputs_.AddExample(view, origins[i], &batch);
    return batch;
  }

  HistoryView train_, valid_;
  TrainingOptions options_;
  Origins origins_;
  InputMaker inputs_;
  Neural& neural_;
  std::function<void()> step_;
};

}  // namespace

Origins OriginsOf(const TrainingData& data) {
  const int day = data.train.slots_per_day(), window = kLongDays * day, targets = TargetSlots(day);
  const int train = data.train.num_slots(), valid = data.valid.num_slots(), first = std::max(window, data.first_valid);
  Origins origins;
  for (int n = window; n + targets <= train; ++n) origins.train.push_back(n);
  for (int n = first; n + targets <= valid; n += kValidEvery) origins.valid.push_back(n);
  if (origins.train.empty())
    throw InputError("{} slots to train on, expected at least {}: {} days before a forecast and {} after it", train,
                     window + targets, kLongDays, kFutureDays);
  if (origins.valid.empty())
    throw InputError(
        "{} slots to validate on, expected at least {}: {} days after a forecast, and {} before it unless {}",
        valid - data.first_valid, first - data.first_valid + targets, kFutureDays, kLongDays,
        "they begin where the training part ends");
  return origins;
}

void Train(const TrainingData& data, const TrainingOptions& options, Neural* neural, Checkpoint* checkpoint,
           const std::function<void(const Checkpoint&)>& save, const std::function<void()>& step) {
  const Trainer trainer(data, options, neural, checkpoint->scales, step);
  const EpochWork work{[&](int epoch, const NeuralStep& settings) { return trainer.TrainEpoch(epoch, settings); },
                       [&] { return trainer.ValidLoss(); }};
  RunEpochs(work, options, neural, checkpoint, save);
}

}  // namespace evenkeel
