#include "experiments/sweep/spec_values.h"

namespace evenkeel {

const Spec* FindSpec(const Spec& spec, const std::string& name) {
  if (spec.name == name) return &spec;
  for (const auto& [key, value] : spec.parameters) {
    if (const Spec* found = FindSpec(value, name)) return found;
  }
  return nullptr;
}

std::string ParameterText(const Spec& spec, const std::string& name, const std::string& otherwise) {
  for (const auto& [key, value] : spec.parameters) {
    if (key == name) return ToString(value);
  }
  return otherwise;
}

}  // namespace evenkeel
