// Parameters of all entries that start a program.
#pragma once

#include <vector>

#include "experiments/catalog/registry.h"
#include "predictors/process/program.h"

namespace evenkeel {

/// How long it is waited for: `timeout` and `start` in seconds, and `restarts`; defaults are those of ProgramOptions.
std::vector<ParameterInfo> PatienceParameters();
void SetPatience(const Arguments& arguments, ProgramOptions* options);

}  // namespace evenkeel
