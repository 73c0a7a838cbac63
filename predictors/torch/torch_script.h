// TorchScript modules behind predictors/learning/script_module.h.
#pragma once

#include <memory>
#include <string>

#include "predictors/learning/script_module.h"

namespace evenkeel {

/// Throws InputError naming the file.
std::unique_ptr<Script> LoadScript(const std::string& bytes);

/// Everything that LibTorch opens, starts or looks up when a module runs for the first time.
void WarmUpScripts();

}  // namespace evenkeel
