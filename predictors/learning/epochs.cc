#include "predictors/learning/epochs.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/random.h"

namespace evenkeel {
namespace {

/// Fisher and Yates with the bits of one round.
std::vector<int> Shuffled(std::vector<int> values, std::uint64_t seed, int round) {
  const RandomStream stream{seed, RandomPurpose::kTraining, static_cast<std::uint32_t>(round)};
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[RandomBits(stream, i) % i]);
  return values;
}

void KeepIfBetter(double valid, const Trainable& network, Checkpoint* checkpoint) {
  TrainingState& state = checkpoint->training;
  if (checkpoint->best_epoch == 0 || valid < checkpoint->best_loss) {
    checkpoint->best_loss = valid;
    checkpoint->best_epoch = state.epoch;
    checkpoint->weights = network.SaveWeights();
    state.waited = 0;
  } else if (++state.waited % 2 == 0) {
    state.rate /= 2.0;
  }
}

void RunEpoch(const EpochWork& work, const TrainingOptions& options, Trainable* network, Checkpoint* checkpoint) {
  TrainingState& state = checkpoint->training;
  ++state.epoch;
  network->Reseed(options.seed + static_cast<std::uint64_t>(state.epoch));
  const double rate = state.rate, train = work.train(state.epoch, {rate, options.decay}), valid = work.valid();
  if (!std::isfinite(valid))
    throw InputError("the training has diverged in epoch {}; expected a smaller --rate than {}", state.epoch,
                     options.rate);
  state.losses.push_back({state.epoch, rate, train, valid});
  KeepIfBetter(valid, *network, checkpoint);
  state.weights = network->SaveWeights();
  state.optimiser = network->SaveOptimiser();
}

}  // namespace

std::vector<int> EpochExamples(const std::vector<int>& examples, const TrainingOptions& options, int epoch) {
  const int size = static_cast<int>(examples.size()), count = std::min(options.samples, size);
  std::vector<int> order;
  long position = static_cast<long>(epoch - 1) * count;
  while (static_cast<int>(order.size()) < count) {
    const std::vector<int> shuffled = Shuffled(examples, options.seed, static_cast<int>(position / size));
    for (auto i = static_cast<std::size_t>(position % size);
         i < shuffled.size() && static_cast<int>(order.size()) < count; ++i, ++position)
      order.push_back(shuffled[i]);
  }
  return order;
}

int StepsPerEpoch(int examples, const TrainingOptions& options) {
  return (std::min(options.samples, examples) + options.batch - 1) / options.batch;
}

void RunEpochs(const EpochWork& work, const TrainingOptions& options, Trainable* network, Checkpoint* checkpoint,
               const std::function<void(const Checkpoint&)>& save) {
  EVENKEEL_CHECK(options.epochs >= 1 && options.patience >= 1 && options.samples >= 1 && options.batch >= 1);
  TrainingState& state = checkpoint->training;
  if (state.epoch == 0) {
    state.rate = options.rate;
  } else {
    network->LoadWeights(state.weights);
    network->LoadOptimiser(state.optimiser);
  }
  while (state.epoch < options.epochs && state.waited < options.patience) {
    RunEpoch(work, options, network, checkpoint);
    save(*checkpoint);
  }
  state = {0, 0, 0.0, state.losses, {}, {}};
}

}  // namespace evenkeel
