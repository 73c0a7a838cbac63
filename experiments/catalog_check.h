// Checks of a spec against the catalog's entries.
#pragma once

#include <vector>

#include "experiments/catalog.h"

namespace evenkeel {

struct CheckedSpec {
  const PolicyInfo* info = nullptr;
  PolicyArguments arguments;
};

/// Throws InputError. Parameters that are policies are checked against the same catalog.
CheckedSpec CheckSpec(const std::vector<PolicyInfo>& catalog, const Spec& spec);

/// `number in [1, 64], default 8`: what a parameter takes.
std::string DescribeAllowed(const ParameterInfo& parameter);

}  // namespace evenkeel
