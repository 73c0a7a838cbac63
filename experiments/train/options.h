// How a training goes, on a command line and in a checkpoint.
#pragma once

#include <string>

#include "experiments/program/options.h"
#include "predictors/learning/neural.h"
#include "predictors/learning/training.h"

namespace evenkeel {

/// All that decides on the result beside the network and the data.
struct TrainingSetup {
  TrainingOptions options;
  NeuralRuntime runtime;
};

/// The options of `evenkeel train` that are read by ReadTraining.
std::vector<OptionInfo> TrainingOptionInfos();
/// Throws InputError.
TrainingSetup ReadTraining(const Options& options);

/// `epochs=40,patience=6,..`, with all digits: what a checkpoint keeps.
std::string TrainingText(const TrainingSetup& setup);
/// ParseTraining(TrainingText(setup), ..) is the same again. Throws InputError naming the file `where`.
TrainingSetup ParseTraining(const std::string& text, const std::string& where);

}  // namespace evenkeel
