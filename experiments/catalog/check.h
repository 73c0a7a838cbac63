// Checks of a spec against the catalog's entries.
#pragma once

#include <vector>

#include "experiments/catalog/catalog.h"

namespace evenkeel {

struct CheckedSpec {
  const PolicyInfo* info = nullptr;
  PolicyArguments arguments;
};

/// Throws InputError. Parameters that are policies are checked against the same catalog.
CheckedSpec CheckSpec(const std::vector<PolicyInfo>& catalog, const Spec& spec);

/// The checked parameters of a spec of one kind, "policy" or "predictor", with the defaults filled in; nested policies
/// are checked against `catalog`. Throws InputError.
PolicyArguments CheckParameters(const std::string& kind, const std::vector<ParameterInfo>& parameters, const Spec& spec,
                                const std::vector<PolicyInfo>& catalog = Catalog());

/// `number in [1, 64], default 8`: what a parameter takes.
std::string DescribeAllowed(const ParameterInfo& parameter);

/// An entry of a catalog for people, with its parameters, defaults and ranges.
std::string EntryText(const std::string& name, const std::string& description,
                      const std::vector<ParameterInfo>& parameters);

}  // namespace evenkeel
