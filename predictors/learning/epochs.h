// The course of a training, whatever is trained: epochs, early stopping, and going on after an interruption.
#pragma once

#include <functional>

#include "predictors/learning/checkpoint.h"
#include "predictors/learning/trainable.h"

namespace evenkeel {

struct TrainingOptions {
  int epochs = 40;      ///< at most
  int patience = 6;     ///< epochs without a better loss on the validation part before it stops
  int samples = 4096;   ///< examples of an epoch, drawn without replacement until all have been used
  int batch = 32;       ///< examples of a step
  double rate = 1e-3;   ///< of AdamW; halved after every second epoch without a better loss
  double decay = 1e-2;  ///< of the weights
  std::uint64_t seed = 1;
};

/// The examples of epoch e = 1, 2, ..: the next `samples` of endless shuffles of all, a matter of the seed alone.
std::vector<int> EpochExamples(const std::vector<int>& examples, const TrainingOptions& options, int epoch);

/// Steps of an epoch over so many examples.
int StepsPerEpoch(int examples, const TrainingOptions& options);

struct EpochWork {
  /// All steps of epoch e with these settings; returns the mean loss.
  std::function<double(int epoch, const NeuralStep& settings)> train;
  /// The loss on the validation part.
  std::function<double()> valid;
};

/// Trains from checkpoint->training (epoch 0: from the start) to the end. After every epoch `save` gets the checkpoint
/// with all that is needed to go on. In the end the weights are those of the best epoch and checkpoint->training.epoch
/// is 0. Throws InputError when the validation loss is not finite.
void RunEpochs(const EpochWork& work, const TrainingOptions& options, Trainable* network, Checkpoint* checkpoint,
               const std::function<void(const Checkpoint&)>& save);

}  // namespace evenkeel
