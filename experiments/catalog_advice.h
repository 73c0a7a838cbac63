// The catalog's robust policy and the advice to try it out with; part of the one list in experiments/catalog.cc.
#pragma once

#include <vector>

#include "experiments/catalog.h"

namespace evenkeel {

std::vector<PolicyInfo> AdvicePolicies();

}  // namespace evenkeel
