// The catalog's robust policy and the advice to try it out with; part of the one list in experiments/catalog/catalog.cc.
#pragma once

#include <vector>

#include "experiments/catalog/catalog.h"
#include "robustifiers/robust_policy.h"

namespace evenkeel {

std::vector<PolicyInfo> AdvicePolicies();

/// What the checked arguments of `robust` say, except the advice timeout, which is none of them. Reads the log that
/// `spend` may name; throws InputError.
RobustOptions RobustOptionsOf(const PolicyArguments& arguments);

}  // namespace evenkeel
