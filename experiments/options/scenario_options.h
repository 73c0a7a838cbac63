// What an experiment does to a trace, on a command line; experiments/catalog/{errors,events}.cc have the specs.
#pragma once

#include "experiments/options/options.h"

namespace evenkeel {

/// `--observe` and `--event`, for commands that run policies.
OptionInfo ObserveOption();
OptionInfo EventOption();

}  // namespace evenkeel
