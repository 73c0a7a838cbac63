#include "experiments/catalog/visit.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/base/suggest.h"

namespace evenkeel {
namespace {

std::optional<Kind> KindOfSpecs(const ParameterInfo& parameter) {
  if (parameter.kind == ParameterKind::kPolicy) return Kind::kPolicy;
  if (parameter.kind == ParameterKind::kForecast) return Kind::kPredictor;
  if (parameter.kind == ParameterKind::kRelease) return Kind::kRelease;
  return std::nullopt;
}

const ParameterInfo* FindParameter(const Entry& entry, const std::string& name) {
  for (const ParameterInfo& parameter : entry.parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

void CheckNames(const Entry& entry, const Spec& spec) {
  const std::string kind = KindName(entry.kind());
  for (const auto& [name, value] : spec.parameters) {
    if (FindParameter(entry, name) != nullptr) continue;
    if (entry.parameters.empty())
      throw InputError("{} \"{}\" has no parameters, but \"{}\" is given", kind, spec.name, name);
    std::vector<std::string> known;
    for (const ParameterInfo& parameter : entry.parameters) known.push_back(parameter.name);
    throw InputError("{} \"{}\": unknown parameter \"{}\"{} (known: {})", kind, spec.name, name,
                     DidYouMean(name, known), fmt::join(known, ", "));
  }
}

/// The parameter's value in the spec, or its default.
Spec ValueOf(const Entry& entry, const ParameterInfo& parameter, const Spec& spec) {
  const auto given = std::find_if(spec.parameters.begin(), spec.parameters.end(),
                                  [&](const auto& named) { return named.first == parameter.name; });
  if (given == spec.parameters.end() && parameter.default_value.empty()) {
    throw InputError("{} \"{}\": parameter \"{}\" ({}) must be given, a {}", KindName(entry.kind()), spec.name,
                     parameter.name, parameter.description, DescribeAllowed(parameter));
  }
  Spec value = given == spec.parameters.end() ? ParseSpec(parameter.default_value) : given->second;
  if (!IsAllowed(parameter, value)) {
    throw InputError("{} \"{}\": parameter \"{}\" is {}, allowed is a {}", KindName(entry.kind()), spec.name,
                     parameter.name, ToString(value), DescribeAllowed(parameter));
  }
  return value;
}

/// The spec alone; those in it are not looked into.
CheckedSpec CheckOne(const Registry& registry, Kind kind, const Spec& spec) {
  const Entry& entry = FindEntry(registry, kind, spec.name);
  CheckNames(entry, spec);
  CheckedSpec checked{&entry, {&registry, {}, spec.name}};
  for (const ParameterInfo& parameter : entry.parameters)
    checked.arguments.values[parameter.name] = ValueOf(entry, parameter, spec);
  if (entry.check) entry.check(checked.arguments);
  return checked;
}

/// All parameters of the entry: those given, as written, then the others.
std::vector<const ParameterInfo*> InOrder(const Entry& entry, const Spec& spec) {
  std::vector<const ParameterInfo*> parameters;
  for (const auto& [name, value] : spec.parameters) parameters.push_back(FindParameter(entry, name));
  for (const ParameterInfo& parameter : entry.parameters) {
    if (std::count(parameters.begin(), parameters.end(), &parameter) == 0) parameters.push_back(&parameter);
  }
  return parameters;
}

}  // namespace

CheckedSpec VisitSpec(const Registry& registry, Kind kind, const Spec& spec,
                      const std::function<void(const VisitedSpec&)>& visit) {
  CheckedSpec checked = CheckOne(registry, kind, spec);
  if (visit) visit({spec, *checked.entry, checked.arguments});
  for (const ParameterInfo* parameter : InOrder(*checked.entry, spec)) {
    if (const std::optional<Kind> nested = KindOfSpecs(*parameter))
      VisitSpec(registry, *nested, checked.arguments.at(parameter->name), visit);
  }
  return checked;
}

CheckedSpec CheckSpec(const Registry& registry, Kind kind, const Spec& spec) {
  return VisitSpec(registry, kind, spec, {});
}

void CheckSpans(const Registry& registry, Kind kind, const Spec& spec, double slot_hours) {
  VisitSpec(registry, kind, spec, [&](const VisitedSpec& visited) {
    for (const ParameterInfo& parameter : visited.entry.parameters) {
      if (parameter.kind == ParameterKind::kSpan) SlotsArgument(visited.arguments, parameter.name, slot_hours);
    }
  });
}

namespace {

bool HasAny(const Registry& registry, Kind kind, const Spec& spec, bool Entry::*mark) {
  bool any = false;
  VisitSpec(registry, kind, spec, [&](const VisitedSpec& visited) { any |= visited.entry.*mark; });
  return any;
}

}  // namespace

bool IsClairvoyant(const Registry& registry, Kind kind, const Spec& spec) {
  return HasAny(registry, kind, spec, &Entry::clairvoyant);
}

bool AsksAProgram(const Registry& registry, Kind kind, const Spec& spec) {
  return HasAny(registry, kind, spec, &Entry::asks_a_program);
}

bool RunsForeignCode(const Registry& registry, Kind kind, const Spec& spec) {
  return HasAny(registry, kind, spec, &Entry::foreign_code) || AsksAProgram(registry, kind, spec);
}

std::vector<std::string> FilesOf(const Registry& registry, Kind kind, const Spec& spec) {
  std::vector<std::string> files;
  VisitSpec(registry, kind, spec, [&](const VisitedSpec& visited) {
    for (const auto& [name, value] : visited.spec.parameters) {
      const ParameterInfo& parameter = *FindParameter(visited.entry, name);
      if (parameter.kind == ParameterKind::kPath && !IsWordOf(parameter, value.name)) files.push_back(value.name);
    }
  });
  return files;
}

std::vector<Arguments> FindSpecs(const Registry& registry, Kind kind, const Spec& spec, const std::string& name) {
  std::vector<Arguments> found;
  VisitSpec(registry, kind, spec, [&](const VisitedSpec& visited) {
    if (visited.entry.name == name) found.push_back(visited.arguments);
  });
  return found;
}

}  // namespace evenkeel
