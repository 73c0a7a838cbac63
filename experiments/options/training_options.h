// How a training goes, on a command line.
#pragma once

#include <vector>

#include "experiments/catalog/training_setup.h"
#include "experiments/options/options.h"

namespace evenkeel {

/// The options of `evenkeel train` that are read by ReadTraining.
std::vector<OptionInfo> TrainingOptionInfos();
/// Throws InputError.
TrainingSetup ReadTraining(const Options& options);

}  // namespace evenkeel
