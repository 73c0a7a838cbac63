// What an experiment does to a trace, as specs: errors in signals and events in the world.
//
//   gaussian(level=0.1,seed=3)        ar1(level=0.2,signals=carbon)       models/world/signal_error.h
//   outage(region=Texas,from=2022-09-25T00:00,to=2022-09-26T00:00)        models/world/scenario.h
//   surge(gateway=all,factor=1.5,from=2022-09-25T00:00,to=2022-09-26T00:00)
#pragma once

#include <string>
#include <vector>

#include "experiments/catalog/catalog.h"
#include "experiments/program/options.h"
#include "models/world/scenario.h"
#include "models/world/signal_error.h"

namespace evenkeel {

/// Parameters of an error beside its kind: level, seed, signals.
std::vector<ParameterInfo> ErrorParameters();
/// What checked parameters of that name say. Throws InputError for a level that the kind does not have.
SignalError MakeSignalError(const std::string& kind, const PolicyArguments& arguments);
/// An error in observations: a spec whose name is the kind. Throws InputError.
SignalError ParseSignalError(const Spec& spec);

/// Throws InputError, also for a region or gateway that the network does not have.
ScenarioEvent ParseEvent(const Spec& spec, const Network& network);

/// `--observe` and `--event`, for commands that run policies.
OptionInfo ObserveOption();
OptionInfo EventOption();

}  // namespace evenkeel
