// The options that turn a share of a trace's demand into work that can wait.
#pragma once

#include <vector>

#include "experiments/options/options.h"
#include "models/slots/work_share.h"

namespace evenkeel {

/// `--work-share`, `--work-deadline`, `--work-home`.
std::vector<OptionInfo> WorkOptions();

/// What they say; without `--work-share` no work. Throws InputError, for a share without a deadline as well: how long
/// work may wait is for whoever has it to say.
WorkShare ReadWorkShare(const Options& options);

}  // namespace evenkeel
