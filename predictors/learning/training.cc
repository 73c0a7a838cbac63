#include "predictors/learning/training.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "models/base/error.h"

namespace evenkeel {
namespace {

constexpr int kValidEvery = 7;  // coprime to the slots of a day, so that every time of day comes
constexpr int kValidBatch = 64;

class Trainer {
 public:
  Trainer(const TrainingData& data, const TrainingOptions& options, Neural* neural, const Vector& scales,
          const std::function<void()>& step)
      : options_(options), neural_(*neural), step_(step) {
    const Origins origins = OriginsOf(data);
    train_ = neural->Keep(SeriesOf(data.train, scales, origins.train, true).series);
    valid_ = neural->Keep(SeriesOf(data.valid, scales, origins.valid, true).series);
    all_.resize(origins.train.size());
    std::iota(all_.begin(), all_.end(), 0);
  }

  double TrainEpoch(int epoch, const NeuralStep& settings) const {
    return neural_.TrainEpoch(*train_, EpochExamples(all_, options_, epoch), options_.batch, settings, step_);
  }

  double ValidLoss() const { return neural_.MeanLoss(*valid_, kValidBatch); }

 private:
  TrainingOptions options_;
  Neural& neural_;
  std::function<void()> step_;
  std::shared_ptr<const NeuralData> train_, valid_;
  std::vector<int> all_;  // indices of the origins to train on
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
