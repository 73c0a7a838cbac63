// TorchScript modules of strangers as predictors: in a process of their own that has given up every right.
#pragma once

#include <memory>
#include <string>

#include "predictors/forecast/forecaster.h"
#include "predictors/learning/learned.h"
#include "predictors/process/program.h"

namespace evenkeel {

/// The forecasts of MakeTrustedScript, to the bit, made by the program `evenkeel module PATH` beside this one
/// (predictors/process/module_host.h). Whatever the module tries reaches nothing of the user's; an answer that takes
/// longer than the timeout of `program`, or more than 4 GiB, is none. Of `program` only times and restarts count.
/// Throws InputError now for a file that is none, a module that cannot be loaded, a program that is not there, and a
/// system that cannot lock it down; when asked, for what fails then.
std::unique_ptr<Forecaster> MakeModuleForecaster(const std::string& path, int window, const TraceIdentity& identity,
                                                 ProgramOptions program = {});

}  // namespace evenkeel
