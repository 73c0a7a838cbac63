// TorchScript modules behind predictors/learning/script_module.h.
#pragma once

#include <memory>
#include <string>

#include "predictors/learning/script_module.h"

namespace evenkeel {

/// Throws InputError naming the file.
std::unique_ptr<Script> LoadScript(const std::string& path);

}  // namespace evenkeel
