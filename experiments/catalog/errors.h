// Errors in signals, as specs: gaussian(level=0.1,seed=3), ar1(level=0.2,signals=carbon); models/world/signal_error.h
// says what each does. The same parameters, one by one, say the error of the predictor `noisy`.
#pragma once

#include <string>
#include <vector>

#include "experiments/specs/parameter.h"
#include "models/world/signal_error.h"

namespace evenkeel {

/// Parameters of an error beside its kind: level, seed, signals.
std::vector<ParameterInfo> ErrorParameters();

/// What checked parameters of that name say. Throws InputError for a level that the kind does not have.
SignalError MakeSignalError(const std::string& kind, const Arguments& arguments);

}  // namespace evenkeel
