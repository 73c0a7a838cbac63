// What the program says of itself for other programs: a manual page and completion for bash, made from the tables of
// options, so that they can't fall behind.
#pragma once

#include <string>
#include <vector>

#include "experiments/program/command.h"

namespace evenkeel {

/// The program in a line, and what its exit codes mean.
inline constexpr char kProgramSummary[] =
    "routes AI inference across data centers at low cost, with carbon and water shared evenly";
inline constexpr char kExitCodes[] = "0 success, 1 a run that failed, 2 bad usage or bad input";

/// evenkeel.1, for man.
std::string ManualPage(const std::vector<Command>& commands);

/// A script for bash-completion: commands, options, files by what their options expect.
std::string BashCompletion(const std::vector<Command>& commands);

}  // namespace evenkeel
