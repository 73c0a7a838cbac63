// Training of networks: chronological, deterministic, and able to go on where it was interrupted.
#pragma once

#include <functional>

#include "predictors/learning/epochs.h"
#include "predictors/learning/learned_inputs.h"

namespace evenkeel {

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

/// RunEpochs over origins. `checkpoint->scales` must be those of the training part. A training that goes on has the
/// same bits as one that was never interrupted, on one thread. `step` is called after every step.
void Train(const TrainingData& data, const TrainingOptions& options, Neural* neural, Checkpoint* checkpoint,
           const std::function<void(const Checkpoint&)>& save, const std::function<void()>& step);

}  // namespace evenkeel
