// What a cell's policy says about itself, for the columns of a sweep's results.
#pragma once

#include <string>
#include <vector>

#include "experiments/catalog/spec.h"

namespace evenkeel {

/// The first spec of that name in `spec`, itself included, depth first as written; null where there is none.
const Spec* FindSpec(const Spec& spec, const std::string& name);

/// The value of a parameter as written, or `otherwise`.
std::string ParameterText(const Spec& spec, const std::string& name, const std::string& otherwise);

}  // namespace evenkeel
