// The options that say what a run is judged on: weights, norms, bucket weights, the cost of shedding.
#pragma once

#include <vector>

#include "experiments/options/options.h"
#include "models/files/objective_text.h"

namespace evenkeel {

/// `--weight`, `--norm`, `--bucket-weight`, `--shed-cost`.
std::vector<OptionInfo> ObjectiveOptions();
ObjectiveText ReadObjective(const Options& options);

}  // namespace evenkeel
