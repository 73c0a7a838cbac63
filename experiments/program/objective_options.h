// The options that say what a run is judged on: weights, norms, bucket weights, the cost of shedding.
#pragma once

#include <string>
#include <vector>

#include "experiments/program/options.h"
#include "models/world/objective.h"
#include "models/world/problem.h"

namespace evenkeel {

/// `--weight`, `--norm`, `--bucket-weight`, `--shed-cost`.
std::vector<OptionInfo> ObjectiveOptions();

/// The published objective as changed by the options. Throws InputError.
Objective ParseObjective(const Options& options, const Network& network);

/// Files named by `--bucket-weight`.
std::vector<std::string> BucketWeightFiles(const Options& options);

/// The objective as a formula: `energy cost + 1500 USD/t x max carbon + 60 USD/m3 x max water`.
std::string FormulaText(const Problem& problem);

}  // namespace evenkeel
