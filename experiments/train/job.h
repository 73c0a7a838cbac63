// What `evenkeel train` can train: each kind of network reads its data and says how.
#pragma once

#include <functional>
#include <string>

#include "experiments/catalog/training_setup.h"
#include "experiments/specs/spec.h"
#include "models/files/objective_text.h"
#include "predictors/learning/checkpoint.h"
#include "predictors/learning/learned.h"
#include "predictors/learning/tensors.h"

namespace evenkeel {

/// What is to be trained, and on what.
struct TrainRequest {
  Spec predictor;            ///< the network
  std::string train, valid;  ///< paths of traces
  ObjectiveText objective;   ///< of a network that sets prices; empty for others
  TrainingSetup setup;
  std::string command;  ///< as typed, for the checkpoint
};

struct TrainJob {
  std::string name;                         ///< for people
  Checkpoint checkpoint;                    ///< before the first epoch
  int steps = 0;                            ///< of an epoch
  std::function<NetworkOutline()> outline;  ///< what the tensors of its network are
  /// Trains to the end, from where the checkpoint stands.
  std::function<void(Checkpoint*, const std::function<void(const Checkpoint&)>& save,
                     const std::function<void()>& step)>
      train;
};

/// Throw InputError.
TrainJob MakeForecastJob(const TrainRequest& request);
TrainJob MakePriceJob(const TrainRequest& request);

/// Network, names and units, and where it all comes from.
Checkpoint NewCheckpoint(const TrainRequest& request, const std::string& network, const TraceIdentity& identity);

/// Throws InputError, naming `path`, unless a validation part that begins at `first` comes after the training part,
/// which ends before `end`.
void CheckComesAfter(const std::string& path, std::int64_t first, const std::string& train_path, std::int64_t end);

}  // namespace evenkeel
