// How long programs are waited for: parameters of all entries that start one.
#pragma once

#include <vector>

#include "experiments/catalog/registry.h"
#include "predictors/process/program.h"

namespace evenkeel {

/// `timeout` and `start` in seconds, and `restarts`; defaults are those of ProgramOptions.
std::vector<ParameterInfo> PatienceParameters();
void SetPatience(const Arguments& arguments, ProgramOptions* options);

}  // namespace evenkeel
