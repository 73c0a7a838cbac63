// One walk through a spec and the specs in it; all that is to be known of nested specs is asked on the way.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "experiments/catalog/registry.h"

namespace evenkeel {

struct CheckedSpec {
  const Entry* entry = nullptr;  ///< of the registry
  Arguments arguments;
};

/// What the walk meets: a spec with its entry, and its arguments.
struct VisitedSpec {
  const Spec& spec;  ///< as written, or a parameter's default
  const Entry& entry;
  const Arguments& arguments;
};

/// Calls `visit` with the spec, then, depth first, with every policy and predictor in it: those given, as written, then
/// those that are defaults. Checks names, kinds and ranges of each before it is visited, and throws InputError.
CheckedSpec VisitSpec(const Registry& registry, Kind kind, const Spec& spec,
                      const std::function<void(const VisitedSpec&)>& visit);

/// The walk that only checks.
CheckedSpec CheckSpec(const Registry& registry, Kind kind, const Spec& spec);

/// Checks that every duration in it is a whole number of slots of `slot_hours`; throws InputError.
void CheckSpans(const Registry& registry, Kind kind, const Spec& spec, double slot_hours);

/// Whether it or one in it looks into the future.
bool IsClairvoyant(const Registry& registry, Kind kind, const Spec& spec);

/// Whether it or one in it runs what somebody has programmed, a module or a program.
bool RunsForeignCode(const Registry& registry, Kind kind, const Spec& spec);
/// Whether it or one in it asks a program of the user's.
bool AsksAProgram(const Registry& registry, Kind kind, const Spec& spec);

/// Files that parameters name.
std::vector<std::string> FilesOf(const Registry& registry, Kind kind, const Spec& spec);

/// Arguments of all specs of that name, in the order of the walk.
std::vector<Arguments> FindSpecs(const Registry& registry, Kind kind, const Spec& spec, const std::string& name);

}  // namespace evenkeel
