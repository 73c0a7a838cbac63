// The options that say which period a command works on, and what all commands that judge policies on one begin with.
#pragma once

#include <string>
#include <vector>

#include "experiments/options/options.h"
#include "experiments/run/evaluate.h"
#include "experiments/run/period_text.h"
#include "experiments/specs/spec.h"

namespace evenkeel {

/// `--from` and `--to`, for commands that work on a part of a trace.
std::vector<OptionInfo> PeriodOptions();
/// Those, what a period is judged on, what policies see of it and how long they may take: for commands that run
/// policies.
std::vector<OptionInfo> RunOptions();

/// What the options say of the period, the trace as the first positional argument.
PeriodText ReadPeriod(const Options& options);
/// `--trust-modules`, of commands whose specs can name TorchScript modules.
OptionInfo TrustModulesOption();

/// What `--seed` and `--advice-timeout` say.
RunSettings ReadRunSettings(const Options& options);

/// Opens the period for policies, of which all are checked already, and sees that no output would overwrite what is
/// read. Throws InputError.
GivenPeriod OpenInputs(const Options& options, const std::vector<Spec>& policies,
                       const std::vector<std::string>& outputs);

}  // namespace evenkeel
