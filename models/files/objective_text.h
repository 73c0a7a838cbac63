// What a run is judged on, as it is told: by the options of `run`, and by a sweep's file, whose keys have their names.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/world/network.h"
#include "models/world/objective.h"

namespace evenkeel {

struct ObjectiveText {
  std::vector<std::string> weights;         ///< GROUP=USD
  std::vector<std::string> norms;           ///< GROUP=Q
  std::vector<std::string> bucket_weights;  ///< GROUP:FILE.csv
  std::vector<std::string> shed_cost;       ///< USD; at most one
};

/// The texts by the names of the options.
std::vector<std::pair<std::string, std::vector<std::string>>> NamedValues(const ObjectiveText& text);

/// The published objective as changed by the texts. Throws InputError, which calls them by the names of the options.
Objective ParseObjective(const ObjectiveText& text, const Network& network);

/// Files of `bucket_weights`.
std::vector<std::string> BucketWeightFiles(const ObjectiveText& text);

}  // namespace evenkeel
