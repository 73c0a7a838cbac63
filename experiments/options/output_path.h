// Files that a command is going to write, checked before the long work starts.
#pragma once

#include <string>
#include <vector>

#include "experiments/options/options.h"

namespace evenkeel {

/// Checks that every output could be written: its folder exists and takes a new file, it is not a folder or a device
/// itself, and it is none of the inputs, the config file included, no file that is already in a folder of inputs, and
/// no other output. Empty paths are skipped. Throws InputError.
void CheckOutputs(const Options& options, const std::vector<std::string>& outputs, std::vector<std::string> inputs);

}  // namespace evenkeel
