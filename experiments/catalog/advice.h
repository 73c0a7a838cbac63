// What a spec of `robust` says.
#pragma once

#include "experiments/specs/parameter.h"
#include "robustifiers/robust_policy.h"

namespace evenkeel {

/// What the checked arguments of `robust` say, except the advice timeout, which is none of them. Reads the log that
/// `spend` may name; throws InputError.
RobustOptions RobustOptionsOf(const Arguments& arguments);

}  // namespace evenkeel
