// Networks that are trained anew as time goes on: `evenkeel train`, repeated every so often.
#pragma once

#include <memory>
#include <string>

#include "predictors/forecast/forecaster.h"
#include "predictors/learning/checkpoint.h"
#include "predictors/learning/neural.h"
#include "predictors/learning/training.h"

namespace evenkeel {

struct RetrainTimes {
  int first = 0;    ///< slots that the first forecast sees
  int every = 720;  ///< slots between two trainings
};

struct RetrainOptions {
  RetrainTimes times;
  TrainingOptions training;
  NeuralRuntime runtime;
};

/// Of what a training sees, the last days say when to stop, and the rest is trained on: a month of origins, and
/// kFutureDays behind the last of them.
inline constexpr int kRetrainValidDays = 61;

/// For views of fewer than first + every slots the checkpoint itself. For n slots or more a network with random weights
/// that was trained on the first
///
///   first + every * floor((n - first) / every)
///
/// slots of the view, when it is first asked for: a forecast depends on its view and on nothing else. Throws InputError
/// where the first training would see too few slots, and what MakeLearned and Train throw.
std::unique_ptr<Forecaster> MakeRetrained(const Checkpoint& checkpoint, const NeuralSpec& network,
                                          const std::string& where, const RetrainOptions& options);

}  // namespace evenkeel
