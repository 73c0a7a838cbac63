// TorchScript modules behind predictors/script.h.
#pragma once

#include <memory>
#include <string>

#include "predictors/script.h"

namespace evenkeel {

/// Throws InputError naming the file.
std::unique_ptr<Script> LoadScript(const std::string& path);

}  // namespace evenkeel
