// A TorchScript module as a program of its own: the other side of docs/process.md, locked down before it is loaded.
#pragma once

#include <string>

namespace evenkeel {

/// Loads LibTorch, gives up every right (predictors/process/lockdown.h), loads the module, and answers on standard
/// output what it is asked on standard input until that ends; a module that cannot be loaded answers the first line
/// with why. Standard input must be a socket, as it is for every own program. Throws InputError for what fails before
/// the module is loaded.
void ServeModule(const std::string& path, int window);

}  // namespace evenkeel
