// Training of networks: chronological, deterministic, and able to go on where it was interrupted.
#pragma once

#include <functional>

#include "models/checkpoint_file.h"
#include "predictors/learned_inputs.h"

namespace evenkeel {

struct TrainingOptions {
  int epochs = 40;      ///< at most
  int patience = 6;     ///< epochs without a better loss on the validation part before it stops
  int samples = 4096;   ///< origins of an epoch, drawn without replacement until all have been used
  int batch = 32;       ///< origins of a step
  double rate = 1e-3;   ///< of AdamW; halved after every second epoch without a better loss
  double decay = 1e-2;  ///< of the weights
  std::uint64_t seed = 1;
};

/// Statistics and gradients come from `train` alone; the losses on origins of `valid` from slot `first_valid` on say
/// when to stop. What is before that slot is there for the inputs.
struct TrainingData {
  HistoryView train;
  HistoryView valid;
  int first_valid = 0;
};

/// Origins n whose inputs and targets lie in the training part; and every 7th one from `first_valid` on. Throws
/// InputError when there is none.
struct Origins {
  std::vector<int> train, valid;
};
Origins OriginsOf(const TrainingData& data);

/// The order of origins in epoch e = 1, 2, ..: the next `samples` of endless shuffles of all, a matter of the seed
/// alone.
std::vector<int> EpochOrigins(const std::vector<int>& origins, const TrainingOptions& options, int epoch);

/// Trains from checkpoint->training (epoch 0: from the start) to the end. `checkpoint->scales` must be those of the
/// training part. After every epoch `save` gets the checkpoint with all that is needed to go on; a training that goes
/// on has the same bits as one that was never interrupted, on one thread. `step` is called after every step. In the end
/// the weights are those of the best epoch and checkpoint->training.epoch is 0.
void Train(const TrainingData& data, const TrainingOptions& options, Neural* neural, Checkpoint* checkpoint,
           const std::function<void(const Checkpoint&)>& save, const std::function<void()>& step);

/// Steps of an epoch.
int StepsPerEpoch(const TrainingData& data, const TrainingOptions& options);

}  // namespace evenkeel
