#include "predictors/training.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/error.h"
#include "models/random.h"

namespace evenkeel {
namespace {

constexpr int kValidEvery = 7;  // coprime to the slots of a day, so that every time of day comes
constexpr int kValidBatch = 64;

/// Fisher and Yates with the bits of one round.
std::vector<int> Shuffled(std::vector<int> values, std::uint64_t seed, int round) {
  const RandomStream stream{seed, RandomPurpose::kTraining, static_cast<std::uint32_t>(round)};
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[RandomBits(stream, i) % i]);
  return values;
}

class Trainer {
 public:
  Trainer(const TrainingData& data, const TrainingOptions& options, Neural* neural, Checkpoint* checkpoint)
      : train_(data.train),
        valid_(data.valid),
        options_(options),
        origins_(OriginsOf(data)),
        inputs_(checkpoint->scales),
        neural_(*neural),
        checkpoint_(*checkpoint) {}

  void Run(const std::function<void(const Checkpoint&)>& save, const std::function<void()>& step) {
    TrainingState& state = checkpoint_.training;
    Start();
    while (state.epoch < options_.epochs && state.waited < options_.patience) {
      Epoch(step);
      save(checkpoint_);
    }
    state = {0, 0, 0.0, state.losses, "", ""};
  }

 private:
  void Start() {
    TrainingState& state = checkpoint_.training;
    if (state.epoch == 0) {
      state.rate = options_.rate;
      return;
    }
    neural_.LoadWeights(state.weights);
    neural_.LoadOptimiser(state.optimiser);
  }

  void Epoch(const std::function<void()>& step) {
    TrainingState& state = checkpoint_.training;
    ++state.epoch;
    neural_.Reseed(options_.seed + static_cast<std::uint64_t>(state.epoch));
    const double rate = state.rate, train = TrainEpoch(step), valid = ValidLoss();
    if (!std::isfinite(valid))
      throw InputError("the training has diverged in epoch {}; expected a smaller --rate than {}", state.epoch,
                       options_.rate);
    state.losses.push_back({state.epoch, rate, train, valid});
    if (checkpoint_.best_epoch == 0 || valid < checkpoint_.best_loss) {
      checkpoint_.best_loss = valid;
      checkpoint_.best_epoch = state.epoch;
      checkpoint_.weights = neural_.SaveWeights();
      state.waited = 0;
    } else if (++state.waited % 2 == 0) {
      state.rate /= 2.0;
    }
    state.weights = neural_.SaveWeights();
    state.optimiser = neural_.SaveOptimiser();
  }

  double TrainEpoch(const std::function<void()>& step) {
    const std::vector<int> order = EpochOrigins(origins_.train, options_, checkpoint_.training.epoch);
    double sum = 0.0;
    for (std::size_t first = 0; first < order.size(); first += static_cast<std::size_t>(options_.batch)) {
      const NeuralBatch batch = BatchOf(train_, order, first, static_cast<std::size_t>(options_.batch));
      sum += batch.size * neural_.Step(batch, {checkpoint_.training.rate, options_.decay});
      if (step) step();
    }
    return sum / static_cast<double>(order.size());
  }

  double ValidLoss() {
    double sum = 0.0;
    for (std::size_t first = 0; first < origins_.valid.size(); first += kValidBatch) {
      const NeuralBatch batch = BatchOf(valid_, origins_.valid, first, kValidBatch);
      sum += batch.size * neural_.Loss(batch);
    }
    return sum / static_cast<double>(origins_.valid.size());
  }

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
  Checkpoint& checkpoint_;
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

std::vector<int> EpochOrigins(const std::vector<int>& origins, const TrainingOptions& options, int epoch) {
  const int size = static_cast<int>(origins.size()), count = std::min(options.samples, size);
  std::vector<int> order;
  long position = static_cast<long>(epoch - 1) * count;
  while (static_cast<int>(order.size()) < count) {
    const std::vector<int> shuffled = Shuffled(origins, options.seed, static_cast<int>(position / size));
    for (auto i = static_cast<std::size_t>(position % size);
         i < shuffled.size() && static_cast<int>(order.size()) < count; ++i, ++position)
      order.push_back(shuffled[i]);
  }
  return order;
}

int StepsPerEpoch(const TrainingData& data, const TrainingOptions& options) {
  const int count = std::min(options.samples, static_cast<int>(OriginsOf(data).train.size()));
  return (count + options.batch - 1) / options.batch;
}

void Train(const TrainingData& data, const TrainingOptions& options, Neural* neural, Checkpoint* checkpoint,
           const std::function<void(const Checkpoint&)>& save, const std::function<void()>& step) {
  EVENKEEL_CHECK(options.epochs >= 1 && options.patience >= 1 && options.samples >= 1 && options.batch >= 1);
  Trainer(data, options, neural, checkpoint).Run(save, step);
}

}  // namespace evenkeel
