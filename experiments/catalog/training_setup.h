// How a training goes, as a checkpoint keeps it.
#pragma once

#include <string>

#include "predictors/learning/neural.h"
#include "predictors/learning/training.h"

namespace evenkeel {

/// All that decides on the result beside the network and the data.
struct TrainingSetup {
  TrainingOptions options;
  NeuralRuntime runtime;
};

/// `epochs=40,patience=6,..`, with all digits.
std::string TrainingText(const TrainingSetup& setup);
/// ParseTraining(TrainingText(setup), ..) is the same again. Throws InputError naming the file `where`.
TrainingSetup ParseTraining(const std::string& text, const std::string& where);

}  // namespace evenkeel
