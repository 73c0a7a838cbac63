// The parameter of policies that says when they do the work that can wait.
#pragma once

#include <string>

#include "experiments/specs/parameter.h"

namespace evenkeel {

inline constexpr const char* kReleaseParameter = "release";

/// `rule`: the default, a spec. MakePolicy (experiments/catalog/make.h) puts the rule around the policy where the
/// problem has work that can wait.
ParameterInfo ReleaseParameter(std::string rule = "immediate");

}  // namespace evenkeel
